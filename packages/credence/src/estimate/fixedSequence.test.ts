import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialCdf } from "../numeric/special.js";
import { fixedSequenceTest } from "./fixedSequence.js";
import { binomialRiskPValue, hoeffdingBentkusPValue } from "./riskPValue.js";
import { atMost } from "./simulation.test-support.js";

describe("fixedSequenceTest", () => {
  const p = fc.double({ min: 0, max: 1, noNaN: true });

  it("with one start is: reject until the first p above δ", () => {
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 12 }), (pValues) => {
        const budgets = [0.3, ...new Array(pValues.length - 1).fill(0)];
        const stop = pValues.findIndex((value) => value > 0.3);
        const expected = pValues.map((_, i) => stop < 0 || i < stop);
        expect(fixedSequenceTest((i) => pValues[i], budgets).map((s) => s.rejected)).toEqual(expected);
      }),
    );
  });

  it("never loses to separate walks from each start", () => {
    const row = fc.record({ p, budget: fc.constantFrom(0, 0.01, 0.02) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const steps = fixedSequenceTest(
          (i) => rows[i].p,
          rows.map((r) => r.budget),
        );
        rows.forEach((start, s) => {
          for (let i = s; i < rows.length && start.budget > 0 && rows[i].p <= start.budget; i++)
            expect(steps[i].rejected).toBe(true);
        });
        for (const step of steps)
          expect(step.budget).toBeLessThanOrEqual(rows.reduce((a, r) => a + r.budget, 0) + 1e-15);
      }),
    );
  });

  it("asks for p-values only where there is a budget", () => {
    const asked: number[] = [];
    fixedSequenceTest(
      (i) => {
        asked.push(i);
        return i === 2 ? 1 : 0;
      },
      [0, 0.05, 0, 0, 0],
    );
    expect(asked).toEqual([1, 2]);
  });

  it("rejects any true hypothesis with probability at most the sum of the budgets, dependent p-values included", () => {
    const random = createRandom(5);
    const runs = 4000;
    let wrong = 0;
    for (let run = 0; run < runs; run++) {
      const shared = random.uniform();
      // Every second hypothesis is false (p = 0); the true ones have uniform p-values, half of them all the same one.
      const pValue = (i: number) => (i % 2 ? 0 : i % 4 ? shared : random.uniform());
      const steps = fixedSequenceTest(pValue, [0.05, 0, 0.03, 0, 0.02, 0]);
      if (steps.some((step, i) => step.rejected && i % 2 === 0)) wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(atMost(0.1, runs));
  });

  it("refuses a negative budget", () => {
    expect(() => fixedSequenceTest(() => 0, [0.05, -1])).toThrowError(
      expect.objectContaining({ code: "out-of-range" }),
    );
    expect(() => fixedSequenceTest(() => 0, [Number.NaN])).toThrowError(
      expect.objectContaining({ code: "out-of-range" }),
    );
  });
});

describe("p-values of a risk above r", () => {
  // SciPy 1.17: min(1, exp(−n h), [e ·] binom.cdf(⌈n R̂⌉, n, r)); the last column says whether losses are binary.
  it.each([
    [0.02, 500, 0.05, false, 0.0012504290884050974],
    [0.02, 500, 0.05, true, 0.0004600071542669833],
    [0, 59, 0.05, true, 0.04849452524942322],
    [0.1, 100, 0.05, false, 1],
    [0.013, 777, 0.03, false, 0.0076187928250685275],
    [0.5, 10, 0.6, true, 0.3668967424000001],
  ])("Hoeffding–Bentkus at mean loss %d, n = %d, r = %d (binary: %s)", (loss, n, r, binary, truth) => {
    expect(hoeffdingBentkusPValue(loss, n, r, binary)).toBeCloseTo(truth, 12);
  });

  it("a mean that is k/n up to rounding counts k, not k + 1", () => {
    for (const [k, n] of [
      [7, 100],
      [29, 100],
      [57, 1000],
    ])
      expect(hoeffdingBentkusPValue((k / n) * (1 + 1e-15), n, 0.6, true)).toBeLessThanOrEqual(
        binomialCdf(k, n, 0.6) + 1e-15,
      );
  });

  it("the exact one is the binomial tail; without rows nothing is rejected", () => {
    expect(binomialRiskPValue(3, 100, 0.05)).toBe(binomialCdf(3, 100, 0.05));
    expect(binomialRiskPValue(0, 0, 0.05)).toBe(1);
  });

  it.each([
    () => binomialRiskPValue(-1, 5, 0.1),
    () => binomialRiskPValue(1, 2.5, 0.1),
    () => binomialRiskPValue(1, 5, 0),
    () => hoeffdingBentkusPValue(1.1, 5, 0.1),
    () => hoeffdingBentkusPValue(0.1, 0, 0.1),
  ])("refuses bad input %#", (call) => {
    expect(call).toThrowError(expect.objectContaining({ code: "out-of-range" }));
  });
});
