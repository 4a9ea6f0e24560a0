import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { online } from "./online.js";
import { plattScaling } from "./platt.js";
import { overconfident, simulate } from "./simulate.test-support.js";

const logLoss = (p: ArrayLike<number>, y: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum -= Math.log(Math.max(y[i] ? p[i] : 1 - p[i], 2 ** -52));
  return sum;
};

test("the mixture loses at most ln 2 to identity in total, on any sequence", () => {
  const random = createRandom(1);
  const calibrated = simulate(800, random);
  const adversarial = Array.from({ length: 800 }, (_, i) => Number(i % 3 === 0));
  const edges = calibrated.scores.map((p) => Math.round(4 * p) / 4);
  for (const [scores, outcomes] of [
    [calibrated.scores, calibrated.outcomes],
    [calibrated.scores, adversarial],
    [edges, calibrated.outcomes],
    [edges, edges.map((p) => Number(p > 0.5))],
  ] as const) {
    const { prequential } = online.fit(scores, outcomes);
    expect(logLoss(prequential, outcomes)).toBeLessThanOrEqual(logLoss(scores, outcomes) + Math.LN2 + 1e-6);
  }
});

test("and at most ln 1186 to the best Platt map of the grid", () => {
  const { scores, outcomes } = simulate(1500, 2, overconfident(2, 1));
  const { prequential } = online.fit(scores, outcomes);
  const undone = scores.map((s) => 1 / (1 + Math.exp(-(0.5 * Math.log(s / (1 - s)) - 0.5))));
  expect(logLoss(prequential, outcomes)).toBeLessThanOrEqual(logLoss(undone, outcomes) + Math.log(1186));
  expect(logLoss(prequential, outcomes)).toBeLessThan(logLoss(scores, outcomes) - 50);
});

test("forgetting follows a change", () => {
  const random = createRandom(3);
  const before = simulate(1500, random);
  const after = simulate(1500, random, (p) => 1 - p);
  const scores = [...before.scores, ...after.scores];
  const outcomes = [...before.outcomes, ...after.outcomes];
  const tail = (p: Float64Array) => logLoss(p.slice(1500), after.outcomes);
  const rigid = tail(online.fit(scores, outcomes).prequential);
  const nimble = tail(online.fit(scores, outcomes, { forget: 0.005 }).prequential);
  expect(nimble).toBeLessThan(rigid - 100);
});

test("the window refits to the last rows only", () => {
  const { scores, outcomes } = simulate(400, 4, overconfident(2));
  const calibrator = online.fit(scores, outcomes, { strategy: "window", window: 100, refitEvery: 40 });
  const last = plattScaling.fit(scores.slice(300), outcomes.slice(300), { input: "probabilities" });
  expect([...calibrator.predict([0.1, 0.8])]).toEqual([...last.predict([0.1, 0.8])]);
  expect([...calibrator.prequential.slice(0, 40)]).toEqual([...scores.slice(0, 40)]);
});

test.each(["mixture", "window"] as const)("%s goes on from JSON as if never stopped", (strategy) => {
  const { scores, outcomes } = simulate(300, 5, overconfident(2));
  const whole = online.fit(scores, outcomes, { strategy, forget: 0.001, window: 60, refitEvery: 25 });
  const first = online.fit(scores.slice(0, 130), outcomes.slice(0, 130), {
    strategy,
    forget: 0.001,
    window: 60,
    refitEvery: 25,
  });
  const text = JSON.stringify(first);
  const back = online.fromJSON(text);
  expect(JSON.stringify(back)).toBe(text);
  for (let i = 130; i < 300; i++) back.update(scores[i], outcomes[i]);
  expect(back.parameters).toEqual(whole.parameters);
  expect([...back.predict([0.2, 0.9])]).toEqual([...whole.predict([0.2, 0.9])]);
  expect(back.parameters.seen).toBe(300);
});

test("refuses bad input", () => {
  const calibrator = online.fit([0.5], [1]);
  expect(() => calibrator.update(1.5, 1)).toThrow("scores[0] is 1.5");
  expect(() => calibrator.update(0.5, 2)).toThrow("outcomes[0] is 2");
  expect(() => calibrator.predict([-1])).toThrow("scores[0]");
  expect(() => online.fit([0.5], [1], { forget: 1 })).toThrow("forget");
  expect(() => online.fit([0.5], [1], { strategy: "none" as never })).toThrow("strategy");
  const json = JSON.parse(JSON.stringify(calibrator));
  json.parameters.logWeights = [1];
  expect(() => online.fromJSON(json)).toThrow("parameters.logWeights");
});
