import {
  type CmmdOptions,
  drawSubsets,
  gaussianRate,
  type KernelDistanceOptions,
  type KernelSums,
  polynomialOf,
} from "credence/fidelity";
import { checkSameColumns, columnMeans, type Matrix } from "credence/numeric";
import { encodeModel } from "../onnx/encode.js";
import type { OnnxNode } from "../onnx/model.js";
import type { Runtime, Session } from "../runtime.js";
import { type TensorData, tensorData } from "../tensor.js";
import { type Block, forEachBlock } from "./blocks.js";
import type { Rows } from "./float32.js";
import type { KernelSettings } from "./kernelSettings.js";
import { nearInputs, nearNode } from "./near.js";

/** Sums of the kernel (scale · xᵀy + offset)^degree over all pairs, and over those of random subsets. */
export async function kernelDistanceSumsOn(
  runtime: Runtime,
  real: Matrix,
  generated: Matrix,
  options: KernelSettings & Pick<KernelDistanceOptions, "degree" | "scale" | "offset" | "subsets" | "seed">,
): Promise<KernelSums> {
  const fn = "kernelDistanceSums";
  checkSameColumns(fn, ["real", "generated"], real, generated);
  const polynomial = polynomialOf(real.columns, options);
  const { degree } = polynomial;
  const unit = unitOf(polynomial, Math.max(largestSquare(real), largestSquare(generated)));
  const [scale, offset] = [polynomial.scale / unit, polynomial.offset / unit];
  const { subsets = false, seed } = options;
  const draws = subsets ? drawSubsets([real.rows, generated.rows], subsets, seed) : [];
  const sums = await sumsOf(runtime, real, generated, options, {
    fn,
    name: `polynomial ${degree} ${scale} ${offset}`,
    nodes: [
      { op: "Gemm", inputs: ["a", "b"], outputs: ["product"], attributes: { transB: 1 } },
      { op: "Mul", inputs: ["product", "scale"], outputs: ["scaled"] },
      { op: "Add", inputs: ["scaled", "offset"], outputs: ["base"] },
      { op: "Pow", inputs: ["base", "degree"], outputs: ["kernel"] },
    ],
    parameters: { scale, offset, degree },
    ofSelf: (norm) => (scale * norm + offset) ** degree,
    subsets: [draws.map(([rows]) => rows), draws.map(([, rows]) => rows)],
  });
  const factor = unit ** degree;
  const times = (values: Float64Array) => values.map((value) => factor * value);
  const [ofReal, ofGenerated, cross] = sums.ofSubsets.map(times);
  return {
    real: times(sums.all.real),
    generated: times(sums.all.generated),
    realToGenerated: times(sums.all.realToGenerated),
    generatedToReal: times(sums.all.generatedToReal),
    allReal: factor * sums.all.allReal,
    allGenerated: factor * sums.all.allGenerated,
    ...(subsets && { subsets: { size: subsets.size, real: ofReal, generated: ofGenerated, cross } }),
  };
}

/**
 * What scale · xᵀy + offset is divided by so that float32 holds its power: 1 where it does, else a power of two, which
 * leaves the digits as they are.
 */
function unitOf(
  { degree, scale, offset }: { degree: number; scale: number; offset: number },
  largestSquare: number,
): number {
  const largest = Math.abs(scale) * largestSquare + Math.abs(offset);
  return largest ** degree <= 1e30 ? 1 : 2 ** Math.ceil(Math.log2(largest));
}

/** The largest ‖x‖². */
function largestSquare({ data, rows, columns }: Matrix): number {
  let largest = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++, at++) sum += data[at] * data[at];
    if (sum > largest) largest = sum;
  }
  return largest;
}

/** Sums of the kernel exp(−‖x − y‖² / 2σ²) over all pairs. */
export async function cmmdSumsOn(
  runtime: Runtime,
  real: Matrix,
  generated: Matrix,
  options: KernelSettings & Pick<CmmdOptions, "sigma">,
): Promise<KernelSums> {
  const fn = "cmmdSums";
  checkSameColumns(fn, ["real", "generated"], real, generated);
  const rate = gaussianRate(options);
  const { all } = await sumsOf(runtime, real, generated, options, {
    fn,
    name: `gaussian ${rate}`,
    center: columnMeans(real),
    nodes: [
      nearNode,
      { op: "Add", inputs: ["near", "own norms"], outputs: ["rounded"] },
      { op: "Relu", inputs: ["rounded"], outputs: ["square"] },
      { op: "Mul", inputs: ["square", "exponent"], outputs: ["power"] },
      { op: "Exp", inputs: ["power"], outputs: ["kernel"] },
    ],
    parameters: { exponent: -rate },
    ofSelf: () => 1,
    subsets: [[], []],
  });
  return all;
}

interface Kernel {
  /** The function that errors name. */
  readonly fn: string;
  /** Of the session: another for other parameters. */
  readonly name: string;
  readonly center?: ArrayLike<number>;
  /** Operators that make `kernel` of `a`, `b`, their norms, and the parameters. */
  readonly nodes: readonly OnnxNode[];
  readonly parameters: { readonly [name: string]: number };
  /** The kernel of a row with itself, whose squared norm is given. */
  readonly ofSelf: (norm: number) => number;
  /** Rows of the subsets of either sample. */
  readonly subsets: readonly [readonly Int32Array[], readonly Int32Array[]];
}

async function sumsOf(
  runtime: Runtime,
  real: Matrix,
  generated: Matrix,
  { threads, signal }: KernelSettings,
  kernel: Kernel,
): Promise<{ all: KernelSums; ofSubsets: readonly [Float64Array, Float64Array, Float64Array] }> {
  const session = await runtime.cached(`sums ${kernel.name} ${threads}`, () =>
    runtime.open(modelOf(kernel), { threads }),
  );
  const [a, b]: Side[] = [
    { name: "real", matrix: real, chosen: membership(real.rows, kernel.subsets[0]) },
    { name: "generated", matrix: generated, chosen: membership(generated.rows, kernel.subsets[1]) },
  ];
  const within = await pairSums(runtime, session, a, null, kernel, signal);
  const other = await pairSums(runtime, session, b, null, kernel, signal);
  const across = await pairSums(runtime, session, a, b, kernel, signal);
  return {
    all: {
      real: within.left,
      generated: other.left,
      realToGenerated: across.left,
      generatedToReal: across.right,
      allReal: within.all,
      allGenerated: other.all,
    },
    ofSubsets: [within.subsets, other.subsets, across.subsets],
  };
}

interface Side {
  readonly name: string;
  readonly matrix: Matrix;
  /** For each row a 1, and then whether it is in each of the subsets. */
  readonly chosen: Float32Array<ArrayBuffer>;
}

function membership(rows: number, subsets: readonly Int32Array[]): Float32Array<ArrayBuffer> {
  const width = subsets.length + 1;
  const chosen = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) chosen[i * width] = 1;
  subsets.forEach((list, s) => {
    for (const row of list) chosen[row * width + s + 1] = 1;
  });
  return chosen;
}

interface PairSums {
  /** For each row of the left its sum over the rows of the right, and the reverse. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** Over all pairs, a row with itself included. */
  all: number;
  readonly subsets: Float64Array;
}

/** Sums over the pairs of two samples, or (`b` null) of two different rows of one. */
async function pairSums(
  runtime: Runtime,
  session: Session,
  a: Side,
  b: Side | null,
  { fn, center, ofSelf }: Kernel,
  signal: AbortSignal | undefined,
): Promise<PairSums> {
  const other = b ?? a;
  const width = a.chosen.length / a.matrix.rows;
  const left = new Float64Array(a.matrix.rows);
  const sums: PairSums = {
    left,
    right: b ? new Float64Array(other.matrix.rows) : left,
    all: 0,
    subsets: new Float64Array(width - 1),
  };
  // Rows of two samples are never the same.
  const numbers = ({ norms, first }: Rows, same: boolean) => norms.map((_, i) => (same ? first + i : -1));
  await forEachBlock(runtime, session, a.matrix, b?.matrix ?? null, {
    fn,
    names: [a.name, other.name],
    center,
    ofRight(rows) {
      const count = rows.end - rows.first;
      const some = other.chosen.slice(rows.first * width, rows.end * width);
      return {
        norms: tensorData("float32", [count], rows.norms),
        number: tensorData("float32", [count], numbers(rows, !b)),
        chosen: tensorData("float32", [count, width], some),
      };
    },
    ofLeft(rows) {
      const shape = [rows.end - rows.first, 1];
      return {
        "own norms": tensorData("float32", shape, rows.norms),
        "own number": tensorData("float32", shape, numbers(rows, true)),
      };
    },
    visit(block, { rows, columns }) {
      add(sums, block, rows, columns, a.chosen, !b);
      if (!b && block.left.first === block.second)
        for (const norm of block.left.norms) sums.all += ofSelf(norm);
    },
    signal,
  });
  for (const sum of left) sums.all += sum;
  return sums;
}

/** @param rows Sums over the block's columns, of all and of those in each subset. @param columns Sums over its rows. */
function add(
  sums: PairSums,
  { left: { first, norms }, second, secondEnd }: Block,
  rows: TensorData,
  columns: TensorData,
  chosen: Float32Array,
  symmetric: boolean,
): void {
  const bySubset = rows.data as Float32Array;
  const byColumn = columns.data as Float32Array;
  const width = sums.subsets.length + 1;
  // On the diagonal each pair is there from both its sides, elsewhere in a symmetric matrix from one.
  const diagonal = symmetric && first === second;
  const sides = symmetric && !diagonal ? 2 : 1;
  for (let i = 0; i < norms.length; i++) {
    sums.left[first + i] += bySubset[i * width];
    const own = (first + i) * width;
    for (let s = 1; s < width; s++) sums.subsets[s - 1] += sides * chosen[own + s] * bySubset[i * width + s];
  }
  if (diagonal) return;
  for (let j = second; j < secondEnd; j++) sums.right[j] += byColumn[j - second];
}

const modelOf = ({ nodes, parameters }: Kernel): Uint8Array =>
  encodeModel({
    nodes: [
      ...nodes,
      { op: "Equal", inputs: ["own number", "number"], outputs: ["same"] },
      { op: "Where", inputs: ["same", "nothing", "kernel"], outputs: ["counted"] },
      { op: "MatMul", inputs: ["counted", "chosen"], outputs: ["rows"] },
      {
        op: "ReduceSum",
        inputs: ["counted", "first axis"],
        outputs: ["columns"],
        attributes: { keepdims: 0 },
      },
    ],
    inputs: [
      ...nearInputs,
      { name: "number", type: "float32", shape: ["others"] },
      { name: "chosen", type: "float32", shape: ["others", "subsets"] },
      { name: "own norms", type: "float32", shape: ["rows", 1] },
      { name: "own number", type: "float32", shape: ["rows", 1] },
    ],
    outputs: [
      { name: "rows", type: "float32", shape: ["rows", "subsets"] },
      { name: "columns", type: "float32", shape: ["others"] },
    ],
    initializers: {
      nothing: tensorData("float32", [], [0]),
      "first axis": tensorData("int64", [1], [0]),
      ...Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name, tensorData("float32", [], [value])]),
      ),
    },
  });
