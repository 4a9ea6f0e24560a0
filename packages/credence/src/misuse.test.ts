import { describe, expect, it } from "vitest";
import * as fidelity from "./fidelity/index.js";
import * as credence from "./index.js";

/*
 * Whatever is passed to a public function or to a method of what it returns: it answers or refuses with a CredenceError,
 * never with the TypeError or RangeError of whatever line the value happened to reach. `numeric` is left out: its
 * functions are inner loops that take their arguments as checked.
 */

/** Parts of fidelity that faster kernels put together, in loops: they, too, take their arguments as checked. */
const PARTS = new Set([
  "coverRadius",
  "drawSubsets",
  "gaussianRate",
  "missedShares",
  "polynomialOf",
  "prdOfHistograms",
]);

const matrix = { data: [0.5, 0.5, 0.2, 0.8], rows: 2, columns: 2 };
const GOOD: readonly unknown[] = [[0.2, 0.7], [0, 1], matrix];
const JUNK: readonly unknown[] = [undefined, null, 3, "abc", [], {}, [0.2, null], () => 0];
/** What options are not. */
const NO_OPTIONS: readonly unknown[] = [null, 3, "abc", [], () => 0];

/** @param pairs Whether two good arguments may come together: in fidelity the work itself would then be done. */
function* argumentLists(pairs = true): Iterable<unknown[]> {
  yield [];
  for (const a of JUNK) {
    yield [a];
    for (const b of JUNK) yield [a, b];
  }
  for (const a of GOOD) {
    for (const b of JUNK) {
      yield [a, b];
      yield [b, a];
    }
    for (const b of pairs ? GOOD : [])
      for (const c of NO_OPTIONS) {
        yield [a, b, c];
        // A third matrix would pass for options, and the work would be done.
        if (a !== matrix || b !== matrix) yield [a, b, a, c];
      }
  }
}

type Callable = (...values: unknown[]) => unknown;

/** Every public function, and every method of the public objects, by name. */
function* publicFunctions(room: object): Iterable<[string, Callable]> {
  for (const [name, value] of Object.entries(room)) {
    if (name === "CredenceError" || PARTS.has(name)) continue;
    if (typeof value === "function") yield [name, value];
    else if (typeof value === "object" && value !== null)
      for (const [method, inner] of Object.entries(value))
        if (typeof inner === "function")
          yield [`${name}.${method}`, (...values) => inner.apply(value, values)];
  }
}

/** Computations in steps check their arguments at the first of them. */
function startSteps(made: unknown): void {
  if (typeof made === "object" && made !== null && Symbol.iterator in made && "next" in made)
    (made as Iterator<unknown>).next();
}

/** What a call throws that is no CredenceError, as text; null where all is well. */
function misbehaviour(act: () => unknown): string | null {
  try {
    startSteps(act());
    return null;
  } catch (error) {
    return error instanceof credence.CredenceError ? null : String(error);
  }
}

const show = (values: readonly unknown[]) =>
  values.map((value) =>
    typeof value === "function" ? "a function" : (JSON.stringify(value) ?? "undefined"),
  );

describe.each(Object.entries({ credence, fidelity }))("%s", (_, room) => {
  it.each([...publicFunctions(room)])("%s refuses what it cannot take", (_name, call) => {
    const found: string[] = [];
    for (const values of argumentLists(room !== fidelity)) {
      const problem = misbehaviour(() => call(...values));
      if (problem) found.push(`(${show(values).join(", ")}) → ${problem}`);
    }
    expect(found.slice(0, 3)).toEqual([]);
  });
});

const scores = Array.from({ length: 40 }, (_, i) => ((i * 17) % 40) / 41);
const outcomes = scores.map((score, i) => Number((i * 7) % 10 < 10 * score));
const cells = scores.map((_, i) => i % 2);
const probabilities = { data: scores.flatMap((p) => [p, 1 - p]), rows: 40, columns: 2 };
const alpha = 0.2;

const FITTED: Record<string, () => object> = {
  aps: () => credence.aps.fit(probabilities, outcomes, { alpha }),
  raps: () => credence.raps.fit(probabilities, outcomes, { alpha, lambda: 0.1, kReg: 1 }),
  splitConformal: () => credence.splitConformal.fit(scores, { alpha }),
  conformalPredictiveSystem: () => credence.conformalPredictiveSystem.fit(scores),
  distribution: () => credence.conformalPredictiveSystem.fit(scores).predict(1),
  cqr: () => credence.cqr.fit(scores, scores, outcomes, { alpha }),
  jackknifePlus: () => credence.jackknifePlus.fit(scores, { alpha }),
  cvPlus: () => credence.cvPlus.fit(scores, cells, { alpha }),
  crossCqr: () => credence.crossCqr.fit(scores, scores, outcomes, cells, { alpha }),
  mondrian: () => credence.mondrian.fit(scores, cells, { alpha }),
  weightedConformal: () => credence.weightedConformal.fit(scores, scores, { alpha }),
  adaptiveConformal: () => credence.adaptiveConformal({ alpha }),
  conformalPid: () => credence.conformalPid({ alpha }),
  onlineConformal: () => credence.onlineConformal({ alpha }),
  stronglyAdaptiveConformal: () => credence.stronglyAdaptiveConformal({ alpha, largestScore: 1 }),
  mahalanobis: () => credence.mahalanobis.fit(probabilities, outcomes, { shrinkage: 0.1 }),
  nearestNeighbour: () => credence.nearestNeighbour.fit(probabilities, { k: 3, normalise: false }),
  vim: () => credence.vim.fit(probabilities, probabilities, { dimension: 1 }),
  plattScaling: () => credence.plattScaling.fit(scores, outcomes),
  isotonicRegression: () => credence.isotonicRegression.fit(scores, outcomes),
  temperatureScaling: () => credence.temperatureScaling.fit(scores, outcomes),
  vennAbers: () => credence.vennAbers.fit(scores, outcomes),
  vennAbersMulticlass: () => credence.vennAbersMulticlass.fit(probabilities, outcomes),
  dirichletCalibration: () => credence.dirichletCalibration.fit(probabilities, outcomes),
  groupwise: () => credence.groupwise.fit(scores, outcomes, { by: cells }),
  online: () => credence.online.fit(scores, outcomes),
};

describe("what was fitted", () => {
  it.each(Object.entries(FITTED))("%s refuses what it cannot take", (_name, fit) => {
    const fitted = fit();
    const found: string[] = [];
    for (const [method, call] of publicFunctions({ fitted }))
      for (const values of argumentLists()) {
        const problem = misbehaviour(() => call(...values));
        if (problem) found.push(`${method}(${show(values).join(", ")}) → ${problem}`);
      }
    expect(found.slice(0, 3)).toEqual([]);
  });
});

it("an option without a default is named where there are no options", () => {
  const without = (call: unknown, ...values: unknown[]) => {
    try {
      (call as Callable)(...values);
    } catch (error) {
      return (error as Error).message;
    }
    return "accepted";
  };
  expect(without(credence.adaptiveConformal)).toContain("adaptiveConformal: alpha is undefined: is needed");
  expect(without(credence.lac.fit, probabilities, outcomes)).toContain("lac: alpha is undefined: is needed");
  expect(without(credence.groupwise.fit, scores, outcomes)).toContain("by is undefined: is needed");
  expect(without(credence.lac.fit, probabilities, outcomes, null)).toContain("options is null");
});

it("errors show what was found, not [object Object]", () => {
  const shown = (value: unknown) =>
    new credence.CredenceError("shape-mismatch", { function: "f", argument: "x", value }, "no.").message;
  expect(shown({ data: [1], rows: 1 })).toBe("f: x is an object of data, rows: no.");
  expect(shown({})).toBe("f: x is an object without fields: no.");
  expect(shown([1, "a", {}, 4])).toBe('f: x is [1, "a", …, … 4 values]: no.');
  expect(shown(Float64Array.of(1, 2))).toBe("f: x is [1, 2]: no.");
  expect(shown(() => 0)).toBe("f: x is a function: no.");
  expect(shown(Object.create(null))).toBe("f: x is an object without fields: no.");
  expect(shown(null)).toBe("f: x is null: no.");
  expect(shown(Symbol("s"))).toBe("f: x is Symbol(s): no.");
});
