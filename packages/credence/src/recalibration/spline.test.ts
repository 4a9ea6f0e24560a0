import { expect, test } from "vitest";
import { excessLogLoss, overconfident, simulate } from "./simulate.test-support.js";
import { splineCalibration } from "./spline.js";

test("a straight cumulative has a straight slope", () => {
  const scores = Array.from({ length: 400 }, (_, i) => i / 400);
  const { predict } = splineCalibration.fit(
    scores,
    scores.map((_, i) => i % 4 === 0),
  );
  for (const p of predict([0.1, 0.5, 0.9])) expect(p).toBeCloseTo(0.25, 2);
});

test("the fit minimises the squared distance to the cumulative among natural splines with the same knots", () => {
  // With three knots a natural spline is 1, t and one cubic piece; perturbing any must not help.
  const { scores, outcomes } = simulate(200, 1);
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  let hits = 0;
  const heights = order.map((i) => {
    hits += outcomes[i];
    return hits / 200;
  });
  const slopes = splineCalibration.fit(scores, outcomes, { knots: 3 }).predict(order.map((i) => scores[i]));
  const curve = [0];
  slopes.forEach((slope, i) => {
    curve.push(curve[i] + slope / 200);
  });
  const cube = (t: number) => t ** 3 - 2 * Math.max(0, t - 0.5) ** 3;
  const start = (a: number, b: number, c: number) =>
    heights.reduce((sum, h, i) => {
      const t = (i + 1) / 200;
      return sum + (curve[i + 1] + offset + a + b * t + c * cube(t) - h) ** 2;
    }, offset ** 2);
  // The slopes fix the curve up to its height at 0; the best height is the mean residual.
  const gaps = [0 - curve[0], ...heights.map((h, i) => h - curve[i + 1])];
  const offset = gaps.reduce((a, b) => a + b) / gaps.length;
  const best = start(0, 0, 0);
  for (const [b, c] of [
    [1e-3, 0],
    [-1e-3, 0],
    [0, 1e-3],
    [0, -1e-3],
  ])
    expect(start(0, b, c)).toBeGreaterThan(best - 1e-6);
});

test("repairs overconfident scores, ties or not", () => {
  for (const digits of [12, 2]) {
    const round = (p: number) => Number(overconfident(2.5)(p).toFixed(digits));
    const { scores, outcomes } = simulate(6000, 2, round);
    const fresh = simulate(6000, 3, round);
    const after = excessLogLoss(splineCalibration.fit(scores, outcomes).predict(fresh.scores), fresh.truth);
    expect(after).toBeLessThan(0.05);
    expect(after).toBeLessThan(excessLogLoss(fresh.scores, fresh.truth) / 3);
  }
});

test("fewer distinct scores than knots: says so", () => {
  const { status, notes, predict } = splineCalibration.fit([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 0]);
  expect(status).toBe("too-few");
  expect(notes[0]).toContain("2 distinct scores");
  expect(predict([0])[0]).toBeCloseTo(1 / 3, 1);
});
