import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { automatic } from "./automatic.js";
import { plattScaling } from "./platt.js";
import { excessLogLoss, overconfident, simulate } from "./simulate.test-support.js";

/** How often identity is kept on samples of n rows, and the mean excess log loss on fresh rows. */
function simulateChoices(runs: number, n: number, distort: (p: number) => number, seed: number) {
  const random = createRandom(seed);
  let kept = 0;
  let excess = 0;
  let alone = 0;
  for (let run = 0; run < runs; run++) {
    const { scores, outcomes } = simulate(n, random, distort);
    const fresh = simulate(1000, random, distort);
    const calibrator = automatic.fit(scores, outcomes, { seed: run });
    if (calibrator.parameters.chosen === "identity") kept++;
    excess += excessLogLoss(calibrator.predict(fresh.scores), fresh.truth) / runs;
    alone += excessLogLoss(fresh.scores, fresh.truth) / runs;
  }
  return { kept, excess, alone };
}

test("keeps identity on calibrated data of 500 rows", () => {
  const runs = 30;
  const { kept, excess } = simulateChoices(runs, 500, (p) => p, 1);
  expect(runs - kept).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, runs, 0.05));
  expect(excess).toBeLessThan(0.002);
});

test.each([
  ["twice too confident", overconfident(2)],
  ["shifted by one log-odd", overconfident(1, 1)],
  ["squared", (p: number) => p ** 2],
])("wins where the scores are %s", (_, distort) => {
  const { kept, excess, alone } = simulateChoices(8, 800, distort, 2);
  expect(kept).toBeLessThan(4);
  expect(excess).toBeLessThan(alone / 2);
});

test("the table is paired, starts with identity, and names the winner", () => {
  const { scores, outcomes } = simulate(1000, 3, overconfident(2));
  const seen: number[] = [];
  const { parameters, method, fitted } = automatic.fit(scores, outcomes, {
    candidates: ["temperature", "isotonic"],
    folds: 5,
    onProgress: (done, total) => {
      expect(total).toBe(5);
      seen.push(done);
    },
  });
  expect(method).toBe("automatic");
  expect(fitted.n).toBe(1000);
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  expect(parameters.candidates.map((row) => row.method)).toEqual(["identity", "temperature", "isotonic"]);
  const [identity, temperature] = parameters.candidates;
  expect(identity.improvement.value).toBe(0);
  expect(temperature.improvement.value).toBeCloseTo(identity.logLoss - temperature.logLoss, 12);
  expect(temperature.improvement.method).toBe("nadeau-bengio");
  expect(parameters.chosen).toBe("temperature");
  expect(parameters.calibrator.method).toBe("temperature");
});

test("rows that only repeat their group count once", () => {
  // 20 groups of 50 equal rows: by row the gain looks certain, by group it is noise.
  const random = createRandom(12);
  let byRow = 0;
  let byGroup = 0;
  for (let run = 0; run < 6; run++) {
    const heads = simulate(20, random, overconfident(1.3));
    const groups = Array.from({ length: 1000 }, (_, i) => i % 20);
    const scores = groups.map((g) => heads.scores[g]);
    const outcomes = groups.map((g) => heads.outcomes[g]);
    if (automatic.fit(scores, outcomes, { candidates: ["isotonic"] }).parameters.chosen !== "identity")
      byRow++;
    if (
      automatic.fit(scores, outcomes, { groups, candidates: ["isotonic"] }).parameters.chosen !== "identity"
    )
      byGroup++;
  }
  expect(byRow).toBeGreaterThan(4);
  expect(byGroup).toBeLessThan(3);
});

test("too few groups: identity, and it says so", () => {
  const { scores, outcomes } = simulate(90, 4);
  const groups = Array.from({ length: 90 }, (_, i) => i % 3);
  const { status, notes, parameters } = automatic.fit(scores, outcomes, { groups });
  expect(status).toBe("too-few");
  expect(notes[0]).toContain("3 independent groups");
  expect(parameters).toMatchObject({ chosen: "identity", improvement: null, candidates: [] });
});

test("compares on a part of many rows, but fits to all", () => {
  const { scores, outcomes } = simulate(3000, 5, overconfident(2));
  const { notes, parameters } = automatic.fit(scores, outcomes, { comparedRows: 1000 });
  expect(notes.join()).toContain("1000 of 3000 rows");
  expect(parameters.calibrator.fitted.n).toBe(3000);
});

test("the part compared consists of whole groups, and of rows with weight", () => {
  const { scores, outcomes } = simulate(3000, 7, overconfident(2));
  const groups = Array.from({ length: 3000 }, (_, i) => i % 300);
  const grouped = automatic.fit(scores, outcomes, { groups, comparedRows: 995, candidates: ["platt"] });
  expect(grouped.notes.join()).toContain("1000 of 3000 rows");
  expect(grouped.parameters.improvement).toMatchObject({ n: 1000, groups: 100 });
  const weights = scores.map((_, i) => Number(i < 1500));
  const weighted = automatic.fit(scores, outcomes, { weights, comparedRows: 500, candidates: ["platt"] });
  const half = automatic.fit(scores.slice(0, 1500), outcomes.slice(0, 1500), {
    comparedRows: 500,
    candidates: ["platt"],
  });
  expect(weighted.parameters.improvement?.value).toBeCloseTo(half.parameters.improvement?.value ?? 0, 9);
  expect([...weighted.predict([0.3])][0]).toBeCloseTo(half.predict([0.3])[0], 9);
});

test("takes candidates from outside, and can be stopped", () => {
  const { scores, outcomes } = simulate(400, 6, overconfident(2.5));
  const mine = { ...plattScaling, method: "mine" };
  const { parameters, predict } = automatic.fit(scores, outcomes, { candidates: [mine], folds: 3 });
  expect(parameters.chosen).toBe("mine");
  expect([...predict([0.7])]).toEqual([...plattScaling.fit(scores, outcomes).predict([0.7])]);
  const stop = () => {
    throw new Error("stopped");
  };
  expect(() => automatic.fit(scores, outcomes, { onProgress: stop })).toThrow("stopped");
  expect(() => automatic.fit(scores, outcomes, { candidates: ["identity"] })).toThrow("besides identity");
  expect(() => automatic.fit(scores, outcomes, { candidates: ["mystery" as never] })).toThrow("mystery");
});
