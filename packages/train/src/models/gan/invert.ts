import { initializersOf, startRuntime, type TensorData, tensorData } from "@credence/runtime";
import { CredenceError, checkCount, createRandom, type Matrix, sampleNormal } from "credence/numeric";
import {
  abs,
  add,
  compile,
  compileSteps,
  constant,
  div,
  type Feeds,
  gradients,
  input,
  mul,
  parameter,
  sub,
  sum,
  type Tensor,
} from "../../graph/index.js";
import { createWeights } from "../../nn/index.js";
import { adam } from "../../optim/index.js";
import { classRows } from "../bodies.js";
import type { SampleOptions } from "../capabilities.js";
import type { ModelFiles } from "../card.js";
import type { FloatMatrix } from "../rows.js";
import type { GanFacts } from "./ganCard.js";
import { DISCRIMINATOR, GENERATOR, generated, judged } from "./ganNet.js";

/** Options of looking for the latents of rows. */
export interface InversionOptions extends SampleOptions {
  /** Steps of gradient descent. Default 100. */
  steps?: number;
  /** Step size of Adam. Default 0.05. */
  learningRate?: number;
  /** Random latents tried for each row, the best of which is where the descent starts. Default 32. */
  starts?: number;
  /** Weight of the discriminator's features against the values themselves, in [0, 1). Default 0.1, as in the paper. */
  featureWeight?: number;
}

/** The samples that come nearest to rows. */
export interface Inversion {
  /** rows × latent. */
  readonly latents: Matrix;
  /** rows × columns, in the units of the data. */
  readonly samples: Matrix;
  /** How far each row is from its sample: what was made small, in standardised units. */
  readonly distances: Float64Array;
}

/** Rows searched for together. */
const TOGETHER = 128;

/**
 * (1 − λ) Σ |x − G(z)| + λ Σ |f(x) − f(G(z))| is made small for each row, with the discriminator's features f (Schlegl et
 * al. 2017, eq. 5), by Adam on z; all of the descent is one graph.
 */
export async function invertRows(
  fn: string,
  files: ModelFiles,
  facts: GanFacts,
  x: FloatMatrix,
  given: { classes: Int32Array; count: number } | null,
  options: InversionOptions,
): Promise<Inversion> {
  const { steps = 100, learningRate = 0.05, starts = 32, featureWeight = 0.1, seed = 0, signal } = options;
  checkCount(fn, "steps", steps);
  checkCount(fn, "starts", starts);
  if (!(featureWeight >= 0 && featureWeight < 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "featureWeight", value: featureWeight },
      "must lie in [0, 1).",
    );
  const { latent, features: columns, scale } = facts;
  const batch = Math.min(TOGETHER, x.rows);
  const span = columns / scale.mean.length;
  const [shift, factor] = [scale.mean, scale.deviation].map((list) =>
    constant(
      Float32Array.from({ length: columns }, (_, j) => list[Math.floor(j / span)]),
      [columns],
    ),
  );

  // The networks as graphs again, over the weights that were saved.
  const scope = createWeights().scope({ training: false });
  const z = parameter("z", [batch, latent], new Float32Array(batch * latent));
  const target = input("target", [batch, columns]);
  const classes = given && input("classes", [batch], "int64");
  const side = classes && given ? { labels: classes, classes: given.count } : undefined;
  const beside = side && classRows(side.labels, side.classes);
  const sample = generated(scope, z, facts.options, columns, beside);
  const wanted = div(sub(target, shift), factor);
  const featuresOf = (of: Tensor) => judged(scope, of, facts.options, side).features;
  const apart = (a: Tensor, b: Tensor) => sum(abs(sub(a, b)), { axes: 1 });
  const distance = add(
    mul(1 - featureWeight, apart(wanted, sample)),
    featureWeight > 0 ? mul(featureWeight, apart(featuresOf(wanted), featuresOf(sample))) : 0,
  );
  // Rows do not meet in the sum, nor in Adam, which works place by place.
  const optimiser = adam();
  const updates = optimiser.updates([z], gradients(sum(distance), [z]));

  const runtime = startRuntime();
  try {
    const descent = await compileSteps({ outputs: { total: sum(distance) }, updates }, { runtime });
    const look = await compile({ distance, sample: add(mul(sample, factor), shift) }, { runtime });
    await runtime.set({ ...initializersOf(files[GENERATOR]), ...initializersOf(files[DISCRIMINATOR]) });
    const moments = Object.fromEntries(
      [...updates.keys()].flatMap(({ source, shape }) =>
        source.kind === "parameter" && source.name !== "z"
          ? [[source.name, tensorData("float32", shape, source.initial.data)]]
          : [],
      ),
    );
    const found = {
      latents: new Float32Array(x.rows * latent),
      samples: new Float32Array(x.rows * columns),
      distances: new Float64Array(x.rows),
    };
    const random = createRandom(seed);
    for (let from = 0; from < x.rows; from += batch) {
      signal?.throwIfAborted();
      const count = Math.min(batch, x.rows - from);
      // The last batch is filled up with its first row.
      const row = (i: number) => from + (i < count ? i : 0);
      const feeds = feedsOf(x, given?.classes ?? null, batch, row);
      const best = await bestStarts();
      await descent.assign({ ...moments, z: best });
      const each = Array.from({ length: steps }, (_, step) => ({
        ...feeds,
        ...optimiser.scalars(step, learningRate),
      }));
      for (let step = 0; step < steps; step += 25)
        await descent.run(each.slice(step, step + 25), { step, signal });
      const { distance: distances, sample: samples } = await look.run(feeds, { signal });
      const { z: latents } = await descent.parameters();
      found.latents.set((latents.data as Float32Array).subarray(0, count * latent), from * latent);
      found.samples.set((samples.data as Float32Array).subarray(0, count * columns), from * columns);
      found.distances.set((distances.data as Float32Array).subarray(0, count), from);

      /** Of some random latents, for each row that whose sample is nearest. */
      async function bestStarts(): Promise<TensorData> {
        const chosen = new Float32Array(batch * latent);
        const least = new Float64Array(batch).fill(Number.POSITIVE_INFINITY);
        for (let start = 0; start < starts; start++) {
          const tried = Float32Array.from(chosen, () => sampleNormal(random));
          await descent.assign({ z: tensorData("float32", [batch, latent], tried) });
          const { data } = (await look.run(feeds, { signal })).distance;
          for (let i = 0; i < batch; i++) {
            if (Number(data[i]) >= least[i]) continue;
            least[i] = Number(data[i]);
            chosen.set(tried.subarray(i * latent, (i + 1) * latent), i * latent);
          }
        }
        return tensorData("float32", [batch, latent], chosen);
      }
    }
    return {
      latents: { data: found.latents, rows: x.rows, columns: latent },
      samples: { data: found.samples, rows: x.rows, columns },
      distances: found.distances,
    };
  } finally {
    await runtime.close();
  }
}

function feedsOf(
  { data, columns }: FloatMatrix,
  classes: Int32Array | null,
  batch: number,
  row: (i: number) => number,
): Feeds {
  const target = new Float32Array(batch * columns);
  for (let i = 0; i < batch; i++)
    target.set(data.subarray(row(i) * columns, (row(i) + 1) * columns), i * columns);
  return {
    target: tensorData("float32", [batch, columns], target),
    ...(classes && {
      classes: tensorData(
        "int64",
        [batch],
        Int32Array.from({ length: batch }, (_, i) => classes[row(i)]),
      ),
    }),
  };
}
