import { combine, type Factor } from "./factor.js";

/** A variable that was eliminated, and the factors that spoke of it at that time. */
export interface Bucket {
  readonly variable: number;
  readonly size: number;
  readonly factors: readonly Factor[];
}

/** What elimination leaves. */
export interface Elimination {
  /** In the order of elimination: the variables of a bucket's factors are eliminated later, or kept. */
  readonly buckets: readonly Bucket[];
  /** Over the variables that were kept. */
  readonly rest: readonly Factor[];
}

/** Variable elimination (Zhang & Poole 1994): sums, or maximises, over all variables but those to keep. */
export function eliminate(
  fn: string,
  factors: readonly Factor[],
  keep: readonly number[],
  mode: "sum" | "max" = "sum",
): Elimination {
  const buckets: Bucket[] = [];
  let rest = [...factors];
  for (const variable of minFillOrder(factors, keep)) {
    const own = rest.filter(({ variables }) => variables.includes(variable));
    const size = own[0].sizes[own[0].variables.indexOf(variable)];
    const neighbours = [...new Set(own.flatMap(({ variables }) => variables))].filter((v) => v !== variable);
    rest = rest.filter((factor) => !own.includes(factor));
    rest.push(combine(fn, own, neighbours, mode));
    buckets.push({ variable, size, factors: own });
  }
  return { buckets, rest };
}

/** Next comes the variable whose elimination would link the fewest pairs of its neighbours; ties go to the first. */
function minFillOrder(factors: readonly Factor[], keep: readonly number[]): number[] {
  const neighbours = new Map<number, Set<number>>();
  for (const { variables } of factors)
    for (const v of variables) {
      const own = neighbours.get(v) ?? new Set<number>();
      for (const other of variables) if (other !== v) own.add(other);
      neighbours.set(v, own);
    }
  const left = new Set([...neighbours.keys()].filter((v) => !keep.includes(v)).sort((a, b) => a - b));
  const order: number[] = [];
  while (left.size > 0) {
    let best = -1;
    let fewest = Infinity;
    for (const v of left) {
      const around = [...(neighbours.get(v) as Set<number>)];
      let fill = 0;
      for (let a = 0; a < around.length && fill < fewest; a++)
        for (let b = a + 1; b < around.length; b++) if (!neighbours.get(around[a])?.has(around[b])) fill++;
      if (fill < fewest) {
        fewest = fill;
        best = v;
      }
    }
    const around = neighbours.get(best) as Set<number>;
    for (const a of around) {
      const own = neighbours.get(a) as Set<number>;
      for (const b of around) if (b !== a) own.add(b);
      own.delete(best);
    }
    left.delete(best);
    order.push(best);
  }
  return order;
}
