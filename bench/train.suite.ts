/**
 * One optimiser step (Adam) of four models, against PyTorch on the same shapes. The whole step is timed: taking the
 * samples, drawing the noise, forward, backward, update.
 */

import { sizeOf } from "@credence/runtime";
import {
  add,
  compileSteps,
  constant,
  exp,
  flatten,
  gather,
  gelu,
  gradients,
  input,
  mul,
  noise,
  parameter,
  relu,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
} from "@credence/train/graph";
import { crossEntropy } from "@credence/train/loss";
import {
  conv,
  createWeights,
  dense,
  dropout,
  embedding,
  layerNorm,
  type Scope,
  selfAttention,
} from "@credence/train/nn";
import { adam } from "@credence/train/optim";
import { createRandom } from "credence/numeric";
import type { Row, Suite } from "./bench.js";

const STEPS = 40;

interface Job {
  readonly name: string;
  readonly work: string;
  loss(scope: Scope): Tensor;
}

const random = createRandom(1);
const uniform = (n: number) => Float32Array.from({ length: n }, () => random.uniform());
const integers = (n: number, below: number) =>
  Array.from({ length: n }, () => Math.floor(random.uniform() * below));

/** Samples stay in the worker, as in the classifier's training; each step takes some of them. */
const SAMPLES = 1024;
const images = (shape: readonly number[], rows: Tensor) =>
  gather(parameter("images", [SAMPLES, ...shape], uniform(SAMPLES * 784)), rows);
const whole = (name: string, shape: readonly number[], below: number, rows: Tensor) => {
  const values = integers(SAMPLES * sizeOf(shape), below);
  return gather(parameter(name, [SAMPLES, ...shape], values, "int64"), rows);
};
const rowsOf = (batch: number) => input("rows", [batch], "int64");

const jobs: readonly Job[] = [
  {
    name: "mlp",
    work: "MLP 784-256-256-10, batch 128, dropout",
    loss(scope) {
      const rows = rowsOf(128);
      let h = images([784], rows);
      for (const name of ["a", "b"]) h = dropout(scope, relu(dense(scope, name, h, 256)), 0.2);
      return crossEntropy(dense(scope, "c", h, 10), whole("labels", [], 10, rows));
    },
  },
  {
    name: "vae",
    work: "VAE 784-400-20, batch 128",
    loss(scope) {
      const x = images([784], rowsOf(128));
      const h = relu(dense(scope, "encoder", x, 400));
      const center = dense(scope, "center", h, 20);
      const logVariance = dense(scope, "log-variance", h, 20);
      const z = add(center, mul(exp(mul(logVariance, 0.5)), noise([128, 20], { kind: "normal" })));
      const logits = dense(scope, "pixels", relu(dense(scope, "decoder", z, 400)), 784);
      const distortion = sum(sub(softplus(logits), mul(logits, x)));
      const rate = mul(0.5, sum(sub(add(square(center), exp(logVariance)), add(logVariance, 1))));
      return mul(add(distortion, rate), 1 / 128);
    },
  },
  {
    name: "cnn",
    work: "conv net 28×28 (16, 32 channels, stride 2), batch 128",
    loss(scope) {
      const rows = rowsOf(128);
      let h = images([1, 28, 28], rows);
      h = relu(conv(scope, "a", h, 16, 3, { stride: 2, padding: 1 }));
      h = relu(conv(scope, "b", h, 32, 3, { stride: 2, padding: 1 }));
      return crossEntropy(dense(scope, "c", flatten(h), 10), whole("labels", [], 10, rows));
    },
  },
  {
    name: "transformer",
    work: "causal transformer, 4 layers, width 128, context 64, batch 16",
    loss(scope) {
      const [batch, places, width, vocabulary] = [16, 64, 128, 96];
      const rows = rowsOf(batch);
      let h = embedding(scope, "tokens", whole("texts", [places], vocabulary, rows), vocabulary, width);
      const order = constant(
        Array.from({ length: places }, (_, i) => i),
        [places],
        "int64",
      );
      h = add(h, embedding(scope, "places", order, places, width));
      for (let layer = 0; layer < 4; layer++) {
        const own = scope.within(`layer ${layer}`);
        h = add(h, selfAttention(own, "attention", layerNorm(own, "norm 1", h), { heads: 4, causal: true }));
        h = add(h, dense(own, "down", gelu(dense(own, "up", layerNorm(own, "norm 2", h), 4 * width)), width));
      }
      const logits = dense(scope, "logits", layerNorm(scope, "norm", h), vocabulary);
      return crossEntropy(logits, whole("next", [places], vocabulary, rows));
    },
  },
];

const CHUNK = 10;

/** Compiles a job's step; the function returned runs {@link STEPS} of them, {@link CHUNK} at a time. */
async function prepare({ name, loss: lossOf }: Job): Promise<() => Promise<void>> {
  const weights = createWeights(1);
  const loss = lossOf(weights.scope({ training: true }));
  const parameters = weights.parameters();
  const optimiser = adam();
  const updates = optimiser.updates(parameters, gradients(loss, parameters));
  const stepper = await compileSteps({ outputs: { loss }, updates, finite: ["loss"] });
  let step = 0;
  return async () => {
    for (const until = step + STEPS; step < until; step += CHUNK) {
      const feeds = Array.from({ length: CHUNK }, (_, i) => ({
        rows: integers(name === "transformer" ? 16 : 128, SAMPLES),
        ...optimiser.scalars(step + i, 1e-3),
      }));
      await stepper.run(feeds, { step });
    }
  };
}

export const suite: Suite = {
  name: "train",
  async *rows(): AsyncGenerator<Row> {
    for (const job of jobs) {
      let steps: Promise<() => Promise<void>> | undefined;
      yield {
        work: `${job.work}: ${STEPS} steps`,
        bar: "≤ 1.3 × torch; geometric mean ≤ 1.05 ×",
        ours: async () => {
          steps ??= prepare(job);
          return (await steps)();
        },
        peers: { torch: job.name },
      };
    }
  },
};
