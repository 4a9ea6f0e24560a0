import { type Runtime, sizeOf } from "@credence/runtime";
import { createRandom } from "credence/numeric";
import { compile } from "./compile.js";
import { gradients } from "./gradients.js";
import { add, constant, input, mul, type Shape, sum, type Tensor } from "./index.js";

export interface Check {
  runtime: Runtime;
  /** The function, in one output. */
  of: (...x: Tensor[]) => Tensor;
  shapes: readonly Shape[];
  type?: "float32" | "float64";
  /** Order of the derivative that is checked. Default 1. */
  order?: 1 | 2;
  /** Where to differentiate: from a uniform number on (−1, 1). */
  at?: (u: number, i: number) => number;
  seed?: number;
}

/**
 * The largest relative error, ‖analytic − numeric‖ / ‖numeric‖, of the gradients of Σ r · f(x) for random weights r, by
 * central differences; with order 2, of the gradients of Σ s · ∇ Σ r · f(x).
 */
export async function gradientError({
  runtime,
  of,
  shapes,
  type = "float64",
  order = 1,
  at = (u) => u,
  seed = 1,
}: Check) {
  const random = createRandom(seed);
  const uniform = (shape: Shape) =>
    Float64Array.from({ length: sizeOf(shape) }, () => 2 * random.uniform() - 1);
  const weigh = (y: Tensor) => sum(mul(y, constant(uniform(y.shape), y.shape, type)));
  const x = shapes.map((shape, i) => input(`x${i}`, shape, type));

  let loss = weigh(of(...x));
  if (order === 2)
    loss = gradients(loss, x)
      .map(weigh)
      .reduce((a, b) => add(a, b));
  const outputs = Object.fromEntries(gradients(loss, x).map((g, i) => [`g${i}`, g]));
  const program = await compile<string>({ loss, ...outputs }, { runtime, optimise: "disabled" });

  const values = shapes.map((shape) => uniform(shape).map(at));
  const feeds = () => Object.fromEntries(values.map((v, i) => [`x${i}`, v]));
  const analytic = await program.run(feeds());
  const h = type === "float64" ? 1e-5 : 1e-2;
  let worst = 0;
  for (let i = 0; i < x.length; i++) {
    const numeric: number[] = [];
    for (let j = 0; j < values[i].length; j++) {
      const center = values[i][j];
      const losses: number[] = [];
      for (const step of [h, -h]) {
        values[i][j] = center + step;
        losses.push(Number((await program.run(feeds())).loss.data[0]));
      }
      values[i][j] = center;
      numeric.push((losses[0] - losses[1]) / (2 * h));
    }
    const ours = Array.from(analytic[`g${i}`].data, Number);
    const difference = norm(ours.map((v, j) => v - numeric[j]));
    worst = Math.max(worst, difference / Math.max(norm(numeric), norm(ours), 1e-3));
  }
  await program.release();
  return worst;
}

const norm = (v: readonly number[]) => Math.sqrt(v.reduce((total, a) => total + a * a, 0));
