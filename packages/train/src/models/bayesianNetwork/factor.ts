import { CredenceError } from "credence/numeric";

/** A table over discrete variables, the last of them fastest; true values are data · exp(logScale). */
export interface Factor {
  readonly variables: readonly number[];
  readonly sizes: readonly number[];
  readonly data: Float64Array;
  readonly logScale: number;
}

/** The largest table that is made: 128 MB. */
const MOST_CELLS = 2 ** 24;

/** Cells of a table of these sizes. */
export function cellsOf(fn: string, sizes: readonly number[]): number {
  const cells = sizes.reduce((product, size) => product * size, 1);
  if (cells > MOST_CELLS)
    throw new CredenceError(
      "too-large",
      { function: fn, argument: "structure" },
      `needs a table of ${cells} cells, and the limit is ${MOST_CELLS}; use fewer parents, levels or queried variables.`,
    );
  return cells;
}

/** The slice of a factor that agrees with the evidence (NaN where nothing is known). */
export function reduceFactor(factor: Factor, evidence: Float64Array): Factor {
  const { variables, sizes, data, logScale } = factor;
  const kept = variables.flatMap((v, k) => (Number.isNaN(evidence[v]) ? [k] : []));
  if (kept.length === variables.length) return factor;
  const steps = stepsOf(sizes);
  let from = 0;
  variables.forEach((v, k) => {
    if (!Number.isNaN(evidence[v])) from += evidence[v] * steps[k];
  });
  const keptSizes = kept.map((k) => sizes[k]);
  const result = new Float64Array(keptSizes.reduce((a, b) => a * b, 1));
  const at = odometer(keptSizes, [kept.map((k) => steps[k])]);
  for (let i = 0; i < result.length; i++, at.next()) result[i] = data[from + at.offsets[0]];
  return rescaled({ variables: kept.map((k) => variables[k]), sizes: keptSizes, data: result, logScale });
}

/** The same with a largest entry between 1 and 2: long products of small numbers must not vanish. Changes the data in place. */
function rescaled(factor: Factor): Factor {
  const { data, logScale } = factor;
  let largest = 0;
  for (let i = 0; i < data.length; i++) if (data[i] > largest) largest = data[i];
  if (!(largest > 0)) return factor;
  // A power of two, by which division is exact.
  const exponent = Math.floor(Math.log2(largest));
  if (exponent === 0) return factor;
  for (let i = 0; i < data.length; i++) data[i] /= 2 ** exponent;
  return { ...factor, logScale: logScale + exponent * Math.LN2 };
}

/** The product of factors, summed (or maximised) over the variables that are not kept. */
export function combine(
  fn: string,
  factors: readonly Factor[],
  keep: readonly number[],
  mode: "sum" | "max" = "sum",
): Factor {
  const sizeOf = new Map(factors.flatMap(({ variables, sizes }) => variables.map((v, k) => [v, sizes[k]])));
  const out = [...sizeOf.keys()].filter((v) => !keep.includes(v));
  const all = [...keep, ...out];
  const sizes = all.map((v) => sizeOf.get(v) as number);
  const keptSizes = sizes.slice(0, keep.length);
  const result = new Float64Array(cellsOf(fn, keptSizes));
  const inner = sizes.slice(keep.length).reduce((a, b) => a * b, 1);
  const tables = factors.map(({ data }) => data);
  const at = odometer(
    sizes,
    factors.map(({ variables, sizes: own }) => {
      const steps = stepsOf(own);
      return all.map((v) => steps[variables.indexOf(v)] ?? 0);
    }),
  );
  for (let i = 0; i < result.length; i++) {
    let total = 0;
    for (let k = 0; k < inner; k++, at.next()) {
      let product = 1;
      for (let f = 0; f < tables.length; f++) product *= tables[f][at.offsets[f]];
      if (mode === "sum") total += product;
      else if (product > total) total = product;
    }
    result[i] = total;
  }
  const logScale = factors.reduce((sum, factor) => sum + factor.logScale, 0);
  return rescaled({ variables: keep, sizes: keptSizes, data: result, logScale });
}

/** How far apart in a table the neighbours along each variable lie. */
export function stepsOf(sizes: readonly number[]): number[] {
  const steps = new Array<number>(sizes.length);
  let step = 1;
  for (let k = sizes.length - 1; k >= 0; k--) {
    steps[k] = step;
    step *= sizes[k];
  }
  return steps;
}

/** Walks through all combinations, the last variable fastest, and keeps the offset into several tables. */
function odometer(sizes: readonly number[], steps: readonly (readonly number[])[]) {
  const digits = new Int32Array(sizes.length);
  const offsets = new Int32Array(steps.length);
  return {
    offsets,
    next() {
      for (let k = sizes.length - 1; k >= 0; k--) {
        if (++digits[k] < sizes[k]) {
          for (let f = 0; f < offsets.length; f++) offsets[f] += steps[f][k];
          return;
        }
        digits[k] = 0;
        for (let f = 0; f < offsets.length; f++) offsets[f] -= steps[f][k] * (sizes[k] - 1);
      }
    },
  };
}
