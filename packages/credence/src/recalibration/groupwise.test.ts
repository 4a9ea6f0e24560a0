import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { groupwise } from "./groupwise.js";
import { plattScaling } from "./platt.js";
import { excessLogLoss, overconfident, simulate } from "./simulate.test-support.js";

/** Parts "a" and "b" err in opposite directions. */
function twoParts(n: number, seed: number) {
  const random = createRandom(seed);
  const a = simulate(n, random, overconfident(1, 1.2));
  const b = simulate(n, random, overconfident(1, -1.2));
  return {
    scores: [...a.scores, ...b.scores],
    outcomes: [...a.outcomes, ...b.outcomes],
    truth: [...a.truth, ...b.truth],
    by: [...new Array(n).fill("a"), ...new Array(n).fill("b")] as string[],
  };
}

test("without pooling each part has its own fit; with infinite pooling all share the parent", () => {
  const { scores, outcomes, by } = twoParts(200, 1);
  const queries = { scores: [0.3, 0.3, 0.3], by: ["a", "b", "never seen"] };
  const own = (part: string) => {
    const mine = [...by.keys()].filter((i) => part === "" || by[i] === part);
    const fit = plattScaling.fit(
      mine.map((i) => scores[i]),
      mine.map((i) => outcomes[i]),
      { input: "probabilities" },
    );
    return fit.predict([0.3])[0];
  };
  const separate = groupwise.fit(scores, outcomes, { by, pooling: 0 }).predict(queries);
  expect([...separate]).toEqual([own("a"), own("b"), own("")]);
  const together = groupwise.fit(scores, outcomes, { by, pooling: Infinity }).predict(queries);
  expect([...together]).toEqual([own(""), own(""), own("")]);
  const half = groupwise.fit(scores, outcomes, { by, pooling: 200 }).predict(queries);
  expect(half[0]).toBeCloseTo((own("a") + own("")) / 2, 12);
});

test("chooses little pooling where parts differ and much where they do not", () => {
  const different = twoParts(500, 2);
  const fresh = twoParts(1000, 3);
  const calibrator = groupwise.fit(different.scores, different.outcomes, { by: different.by });
  expect(calibrator.parameters.pooling).toBeLessThan(300);
  const after = excessLogLoss(calibrator.predict(fresh), fresh.truth);
  expect(after).toBeLessThan(excessLogLoss(fresh.scores, fresh.truth) / 5);
  const same = simulate(300, 4, overconfident(2));
  const by = Array.from({ length: 300 }, (_, i) => i % 6);
  const { pooling } = groupwise.fit(same.scores, same.outcomes, { by }).parameters;
  expect(pooling ?? Infinity).toBeGreaterThanOrEqual(100);
});

test("a part too small, of one outcome, or of one row uses the parent and says so", () => {
  const { scores, outcomes } = simulate(300, 5);
  const by = Array.from({ length: 300 }, (_, i) => (i === 0 ? "single" : i < 20 ? "small" : "large"));
  const { notes, parameters, predict } = groupwise.fit(scores, outcomes, { by, pooling: 0 });
  expect(notes).toEqual([
    '"single" uses the calibrator of all rows: 1 row is fewer than 30.',
    '"small" uses the calibrator of all rows: 19 rows are fewer than 30.',
  ]);
  expect(parameters.parts.map(({ share }) => share)).toEqual([0, 0, 1]);
  const [a, b] = predict({ scores: [0.4, 0.4], by: ["small", "unheard of"] });
  expect(a).toBe(b);
  const ones = groupwise.fit(
    scores,
    outcomes.map(() => 1),
    { by },
  );
  expect(ones.notes.at(-1)).toContain("outcomes are all equal");
});

test("rows without weight count for nothing, not even for the pooling", () => {
  const { scores, outcomes, by } = twoParts(200, 7);
  const weights = scores.map((_, i) => Number(i % 2 === 0));
  const kept = [...scores.keys()].filter((i) => weights[i]);
  const groups = scores.map((_, i) => Math.floor(i / 2));
  const weighted = groupwise.fit(scores, outcomes, { by, weights, groups, pooling: 50 });
  const plain = groupwise.fit(
    kept.map((i) => scores[i]),
    kept.map((i) => outcomes[i]),
    { by: kept.map((i) => by[i]), pooling: 50 },
  );
  const query = { scores: [0.3, 0.3], by: ["a", "b"] };
  const expected = plain.predict(query);
  weighted.predict(query).forEach((p, i) => {
    expect(p).toBeCloseTo(expected[i], 9);
  });
  const single = scores.map((_, i) => Number(i === 3));
  expect(groupwise.fit(scores, outcomes, { by, weights: single }).parameters.pooling).toBeNull();
});

test("survives JSON exactly and refuses bad input", () => {
  const { scores, outcomes, by } = twoParts(100, 6);
  for (const pooling of [50, Infinity]) {
    const calibrator = groupwise.fit(scores, outcomes, { by, method: "isotonic", pooling });
    const text = JSON.stringify(calibrator);
    const back = groupwise.fromJSON(text);
    expect(JSON.stringify(back)).toBe(text);
    expect([...back.predict({ scores, by })]).toEqual([...calibrator.predict({ scores, by })]);
  }
  const json = JSON.parse(JSON.stringify(groupwise.fit(scores, outcomes, { by, pooling: 1 })));
  json.parameters.parts[0].share = 2;
  expect(() => groupwise.fromJSON(json)).toThrow("parameters.parts[0].share");
  expect(() => groupwise.fit(scores, outcomes, { by: ["a"] })).toThrow("by");
  expect(() => groupwise.fit(scores, outcomes, { by, pooling: -1 })).toThrow("pooling");
});
