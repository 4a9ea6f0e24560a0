import { logSoftmaxRow } from "./generate.js";
import type { Decoder, Logits, Network } from "./network.js";

/**
 * Several networks as one, whose probability of a next token is the mean of theirs. Each remembers its own keys and values.
 * It does not own them: releasing it does nothing.
 */
export function averageNetworks(networks: readonly Network[]): Network {
  return {
    logits: async (rows, options) =>
      averageLogits(await Promise.all(networks.map((network) => network.logits(rows, options)))),
    async decode(use) {
      let finish = () => {};
      const finished = new Promise<void>((done) => {
        finish = done;
      });
      // All are asked for at once: if two ensembles share members, none waits for one that the other holds.
      const decoders = networks.map(
        (network) =>
          new Promise<Decoder>((ready) => {
            network.decode((decoder) => {
              ready(decoder);
              return finished;
            });
          }),
      );
      try {
        return await use(averageDecoders(await Promise.all(decoders)));
      } finally {
        finish();
      }
    },
    release: async () => {},
  };
}

const averageDecoders = (decoders: readonly Decoder[]): Decoder => ({
  read: async (...given) =>
    averageLogits(await Promise.all(decoders.map((decoder) => decoder.read(...given)))),
  step: async (...given) =>
    averageLogits(await Promise.all(decoders.map((decoder) => decoder.step(...given)))),
});

/** The logarithm of the mean probability, row by row. */
function averageLogits(all: readonly Logits[]): Logits {
  const { data: like, columns } = all[0];
  const data = new Float32Array(like.length);
  for (let row = 0; row * columns < data.length; row++) {
    const known = all.map((logits) => logSoftmaxRow(logits, row));
    for (let token = 0; token < columns; token++) {
      const most = Math.max(...known.map((logP) => logP[token]));
      let sum = 0;
      for (const logP of known) sum += Math.exp(logP[token] - most);
      data[row * columns + token] = most + Math.log(sum / known.length);
    }
  }
  return { data, columns };
}
