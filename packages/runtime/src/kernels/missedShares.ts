import { checkSameColumns, columnMeans, type Matrix } from "credence/numeric";
import type { Runtime } from "../runtime.js";
import { type Block, forEachBlock } from "./blocks.js";
import { errorOfSquares, squareOf } from "./distance.js";
import type { KernelSettings } from "./kernelSettings.js";
import { normsOfRight, openNear } from "./near.js";

/** Squared distances less than this many times their possible error are computed again in float64. */
const DOUBTFUL = 1e4;

const fn = "missedShares";

/** For each row of `b` the product of min(1, d / radiusOfA) over the rows of `a`, and the reverse: as in credence. */
export async function missedSharesOn(
  runtime: Runtime,
  a: Matrix,
  b: Matrix,
  radiusOfA: number,
  radiusOfB: number,
  { threads, signal }: KernelSettings,
): Promise<readonly [Float64Array, Float64Array]> {
  checkSameColumns(fn, ["a", "b"], a, b);
  const shares = {
    squareOfA: radiusOfA ** 2,
    squareOfB: radiusOfB ** 2,
    // Squares of the products, whose roots are taken at the end.
    ofA: new Float64Array(a.rows).fill(1),
    ofB: new Float64Array(b.rows).fill(1),
  };
  await forEachBlock(runtime, await openNear(runtime, threads), a, b, {
    fn,
    names: ["a", "b"],
    center: columnMeans(a),
    ofRight: normsOfRight,
    visit: (block, { near }) => multiply(shares, a, b, block, near.data as Float32Array),
    signal,
  });
  return [shares.ofB.map(Math.sqrt), shares.ofA.map(Math.sqrt)];
}

interface Shares {
  readonly squareOfA: number;
  readonly squareOfB: number;
  readonly ofA: Float64Array;
  readonly ofB: Float64Array;
}

/** @param near Squared distances less ‖a‖². */
function multiply(
  { squareOfA, squareOfB, ofA, ofB }: Shares,
  a: Matrix,
  b: Matrix,
  { left, right, second, secondEnd }: Block,
  near: Float32Array,
): void {
  const widest = Math.max(squareOfA, squareOfB);
  for (let i = 0, at = 0; i < left.norms.length; i++) {
    const row = left.first + i;
    const norm = left.norms[i];
    const error = errorOfSquares(a.columns, norm, right.reach);
    const doubtful = DOUBTFUL * error;
    let missed = ofA[row];
    for (let j = second; j < secondEnd; j++, at++) {
      let square = near[at] + norm;
      if (square > widest + error) continue;
      if (square < doubtful) square = squareOf(a, row, b, j);
      // A radius of 0 covers what coincides.
      if (square <= squareOfA) ofB[j] *= square > 0 ? square / squareOfA : 0;
      if (square <= squareOfB) missed *= square > 0 ? square / squareOfB : 0;
    }
    ofA[row] = missed;
  }
}
