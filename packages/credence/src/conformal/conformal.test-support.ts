import { expect } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Random } from "../numeric/random.js";

/** The error that an expression throws. */
export function refusal(act: () => unknown): CredenceError {
  try {
    act();
  } catch (error) {
    if (error instanceof CredenceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** n standard normals. */
export function normals(random: Random, n: number): Float64Array {
  return Float64Array.from({ length: n }, () => sampleNormal(random));
}

/** Softmax of random logits, and labels drawn from the probabilities after sharpening by `sharpness`. */
export function classRows(
  random: Random,
  rows: number,
  columns: number,
  sharpness = 1,
): { probabilities: Matrix & { readonly data: Float64Array }; labels: number[] } {
  const data = new Float64Array(rows * columns);
  const labels: number[] = [];
  for (let i = 0; i < rows; i++) {
    const logits = Array.from({ length: columns }, () => 2 * sampleNormal(random));
    const softmax = (scale: number) => {
      const weights = logits.map((x) => Math.exp(scale * x));
      const total = weights.reduce((a, b) => a + b, 0);
      return weights.map((w) => w / total);
    };
    softmax(1).forEach((p, j) => {
      data[i * columns + j] = p;
    });
    let u = random.uniform();
    const truth = softmax(sharpness).findIndex((p) => {
      u -= p;
      return u < 0;
    });
    labels.push(truth < 0 ? columns - 1 : truth);
  }
  return { probabilities: { data, rows, columns }, labels };
}

/**
 * Expects the mean of independent replicates to agree with `truth` within `z` standard errors (taken from the
 * replicates): z = 5 fails by chance less than once in a million.
 */
export function expectMean(values: ArrayLike<number>, truth: number, z = 5): void {
  const { mean, error } = meanAndError(values);
  expect(Math.abs(mean - truth)).toBeLessThanOrEqual(z * error + 1e-12);
}

/** Expects the mean of independent replicates to be at least `floor`, up to `z` standard errors. */
export function expectMeanAtLeast(values: ArrayLike<number>, floor: number, z = 5): void {
  const { mean, error } = meanAndError(values);
  expect(mean).toBeGreaterThanOrEqual(floor - z * error - 1e-12);
}

function meanAndError(values: ArrayLike<number>): { mean: number; error: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { mean, error: Math.sqrt(squares / (n * (n - 1))) };
}
