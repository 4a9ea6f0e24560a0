import { encodeModel } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import { checkCount } from "credence/numeric";
import {
  abs,
  add,
  constant,
  div,
  emit,
  gather,
  input,
  mean,
  mul,
  parameter,
  sub,
  sum,
  type Tensor,
} from "../../graph/index.js";
import { nonSaturating, squaredError } from "../../loss/index.js";
import { createWeights, dense, type Scope, scaled } from "../../nn/index.js";
import { checkBody, narrow, widen } from "../bodies.js";
import { judged } from "../gan/ganNet.js";
import { type Rows, scaleOf, standardise, toMatrix } from "../rows.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import type { GanomalyOptions } from "./ganomalyCard.js";
import { type Ganomaly, MODEL, openGanomaly } from "./ganomalyModel.js";

/** A GANomaly that is not trained yet. */
export interface GanomalyDefinition {
  /**
   * Trains on rows without anomalies.
   * @throws CredenceError for data that is not finite, shapes that do not match; "diverged". An aborted signal rejects with
   * its reason.
   */
  train(data: Rows, options?: EpochOptions): Promise<Ganomaly>;
}

const fn = "ganomaly.train";

/**
 * GANomaly (Akçay, Atapour-Abarghouei & Breckon 2018): an encoder, a decoder and a second encoder, trained to rebuild rows
 * without anomalies and to find the same code again, against a discriminator. A row whose two codes differ is unlike the
 * data.
 * @example
 * ```ts
 * import { ganomaly } from "@credence/train/models";
 * const data = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i >> 1) + (i % 2));
 * const model = await ganomaly({ latent: 1, hidden: [8] }).train({ data, rows: 200, columns: 2 }, { epochs: 5, seed: 1 });
 * const scores = await model.score([[0.5, 1.5], [9, 9]]);
 * await model.release();
 * scores.length; // → 2
 * ```
 */
export function ganomaly(options: GanomalyOptions): GanomalyDefinition {
  return { train: (data, training = {}) => train(options, data, training) };
}

async function train(options: GanomalyOptions, givenData: Rows, training: EpochOptions): Promise<Ganomaly> {
  const { latent, reconstructionWeight = 50, adversarialWeight = 1, codeWeight = 1 } = options;
  const { seed = 0 } = training;
  checkCount(fn, "latent", latent);
  const data = toMatrix(fn, "data", givenData);
  const { columns } = data;
  checkBody(fn, options, columns);
  const identity = fingerprint([data.data, []]);
  const scale = scaleOf(data, options.shape ? columns / options.shape[0] : 1);
  standardise(data, scale);

  const weights = { own: createWeights(seed), discriminator: createWeights(seed + 0.5) };
  const scope = weights.own.scope({ training: true });
  const code = (name: string, x: Tensor) => codeOf(scope.within(name), x, options);
  const rebuild = (z: Tensor) => widen(scope.within("decoder"), z, options, columns);
  const judge = (x: Tensor) => judged(weights.discriminator.scope({ training: true }), x, options);
  let discriminatorLoss: Tensor;
  const fitted = await trainEpochs(
    {
      fn,
      rows: data.rows,
      weights: weights.own,
      loss(rows) {
        // The data go to the worker once; each step is told which rows to take.
        const x = gather(parameter("data", [data.rows, columns], data.data), rows);
        const z = code("encoder", x);
        const rebuilt = rebuild(z);
        const [real, fake] = [judge(x), judge(rebuilt)];
        discriminatorLoss = nonSaturating(real.logits, fake.logits).discriminator;
        const adversarial = squaredError(fake.features, real.features);
        const reconstruction = mean(abs(sub(x, rebuilt)));
        const codes = squaredError(code("second encoder", rebuilt), z);
        return add(
          mul(adversarialWeight, adversarial),
          add(mul(reconstructionWeight, reconstruction), mul(codeWeight, codes)),
        );
      },
      players: () => ({
        discriminator: { loss: discriminatorLoss, parameters: weights.discriminator.parameters() },
      }),
      adam: { beta1: 0.5 },
      identity: [identity, options],
    },
    training,
    30,
  );

  const [shift, factor] = [scale.mean, scale.deviation].map((list) => constant(list, [columns]));
  const z = code("encoder", div(sub(input("x", [1, columns]), shift), factor));
  const rebuilt = rebuild(z);
  const distance = sum(abs(sub(z, code("second encoder", rebuilt))), { axes: 1, keep: true });
  const outputs = { distance, reconstruction: add(mul(rebuilt, factor), shift) };
  const { model } = emit(outputs, { batch: "rows", values: fitted.values });
  return openGanomaly(
    { [MODEL]: encodeModel(model) },
    {
      kind: "ganomaly",
      features: columns,
      options,
      training: { data: identity, ...fitted.facts },
      history: fitted.history,
    },
  );
}

const codeOf = (scope: Scope, x: Tensor, options: GanomalyOptions): Tensor =>
  dense(scope, "code", narrow(scope, x, options), options.latent, { initialise: scaled(1) });
