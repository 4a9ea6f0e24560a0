import { describe, expect, it } from "vitest";
import { clopperPearson } from "../estimate/proportion.js";
import { atLeast } from "../estimate/simulation.test-support.js";
import { createRandom } from "../numeric/random.js";
import { binomialCdf } from "../numeric/special.js";
import { certifiedThreshold } from "./certifiedThreshold.js";
import { acceptedForRisk } from "./labelsForRisk.js";
import { planLabels } from "./planLabels.js";
import { clusteredRows } from "./populations.test-support.js";

describe("labels for a certified risk", () => {
  it("59 flawless rows for 5 % at 5 %", () => {
    expect(planLabels({ claim: "risk", risk: 0.05, expectedRisk: 0 })).toMatchObject({
      labels: 59,
      accepted: 59,
      allowedErrors: 0,
    });
  });

  it.each([
    [0.05, 0.05, 0.02, 0.8],
    [0.1, 0.1, 0.05, 0.9],
    [0.02, 0.05, 0.01, 0.5],
    [0.3, 0.01, 0.25, 0.8],
  ])(
    "risk %d at δ %d, expected %d, power %d: the fewest at which enough errors are allowed",
    (risk, delta, expected, power) => {
      const { accepted, allowedErrors } = acceptedForRisk(risk, delta, expected, power);
      expect(binomialCdf(allowedErrors, accepted, risk)).toBeLessThanOrEqual(delta);
      expect(binomialCdf(allowedErrors, accepted - 1, risk)).toBeGreaterThan(delta);
      expect(binomialCdf(allowedErrors, accepted, expected)).toBeGreaterThanOrEqual(power);
      // The brute-force search over the number of errors allowed finds nothing smaller.
      for (let errors = 0; errors < allowedErrors; errors++) {
        let n = errors + 1;
        while (binomialCdf(errors, n, risk) > delta) n++;
        expect(binomialCdf(errors, n, expected)).toBeLessThan(power);
      }
    },
  );

  it("more for less coverage, a smaller share of δ, more power", () => {
    const base = { claim: "risk", risk: 0.05, expectedRisk: 0.02 } as const;
    const { labels } = planLabels(base);
    expect(planLabels({ ...base, coverage: 0.5 }).labels).toBe(2 * labels);
    expect(planLabels({ ...base, share: 0.2 }).labels).toBeGreaterThan(labels);
    expect(planLabels({ ...base, power: 0.95 }).labels).toBeGreaterThan(labels);
  });

  it("groups: the plan has about the power it promises with the certificate itself", () => {
    const [good, bad] = [0.01, 0.09];
    const population = clusteredRows("two kinds", [
      { share: 0.875, size: 20, error: () => good },
      { share: 0.125, size: 20, error: () => bad },
    ]);
    const expectedRisk = 0.875 * good + 0.125 * bad;
    const between = 0.875 * (good - expectedRisk) ** 2 + 0.125 * (bad - expectedRisk) ** 2;
    const designEffect = 1 + (19 * between) / (expectedRisk * (1 - expectedRisk));
    const plan = planLabels({ claim: "risk", risk: 0.06, expectedRisk, groupSize: 20, designEffect });
    const random = createRandom(1);
    const runs = 120;
    let certified = 0;
    for (let run = 0; run < runs; run++) {
      const { confidences, outcomes, groups } = population.draw(random, plan.groups!);
      if (certifiedThreshold(confidences, outcomes, { risk: 0.06, groups, grid: [0] }).certified) certified++;
    }
    expect(certified).toBeGreaterThanOrEqual(atLeast(0.7, runs));
    expect(certified).toBeLessThan(0.97 * runs);
    expect(plan.labels).toBe(plan.groups! * 20);
  });
});

describe("labels for the width of an interval", () => {
  it("a share: the classic 1 068 for ± 3 %, and Clopper–Pearson is about that wide", () => {
    const { labels } = planLabels({ claim: "proportion", halfWidth: 0.03 });
    expect(labels).toBe(1068);
    const [low, high] = clopperPearson(labels / 2, labels);
    expect((high - low) / 2).toBeCloseTo(0.03, 2);
    expect(planLabels({ claim: "proportion", halfWidth: 0.03, expected: 0.9 }).labels).toBeLessThan(400);
    expect(planLabels({ claim: "proportion", halfWidth: 0.03, groupSize: 10 })).toMatchObject({
      groups: 1068,
    });
    expect(planLabels({ claim: "proportion", halfWidth: 0.03, groupSize: 10, designEffect: 2 }).groups).toBe(
      214,
    );
  });

  it("slices: as many labels for each, and a little more for holding together", () => {
    for (const base of [
      { claim: "proportion", halfWidth: 0.03 },
      { claim: "calibration-error", halfWidth: 0.04 },
    ] as const) {
      const one = planLabels(base).labels;
      const ten = planLabels({ ...base, slices: 10 });
      expect(ten.labels).toBeGreaterThan(12 * one);
      expect(ten.labels).toBeLessThan(25 * one);
      expect(ten.explanation).toContain("10 slices together");
    }
  });

  it("a calibration error: grows with the bins and the variance, falls with the square of the width", () => {
    const base = { claim: "calibration-error", halfWidth: 0.04 } as const;
    const { labels, explanation } = planLabels(base);
    expect(planLabels({ ...base, halfWidth: 0.02 }).labels / labels).toBeCloseTo(4, 2);
    expect(planLabels({ ...base, variance: 0.125 }).labels / labels).toBeCloseTo(0.5, 2);
    expect(planLabels({ ...base, bins: 5 }).labels).toBeLessThan(labels / 3);
    expect(explanation).toContain(`${labels} labelled rows`);
  });
});

describe("bad input", () => {
  it.each([
    [{ claim: "risk", risk: 0.05, expectedRisk: 0.05 }],
    [{ claim: "risk", risk: 0.05, expectedRisk: -0.1 }],
    [{ claim: "risk", risk: 1, expectedRisk: 0.1 }],
    [{ claim: "risk", risk: 0.1, expectedRisk: 0.05, coverage: 0 }],
    [{ claim: "risk", risk: 0.1, expectedRisk: 0.05, share: 2 }],
    [{ claim: "risk", risk: 0.1, expectedRisk: 0.05, power: 1 }],
    [{ claim: "risk", risk: 0.1, expectedRisk: 0.05, groupSize: 0 }],
    [{ claim: "risk", risk: 0.1, expectedRisk: 0.05, groupSize: 10, maxGroupSize: 5 }],
    [{ claim: "proportion", halfWidth: 0 }],
    [{ claim: "proportion", halfWidth: 0.1, expected: 1 }],
    [{ claim: "proportion", halfWidth: 0.1, slices: 1.5 }],
    [{ claim: "calibration-error", halfWidth: 0.1, bins: 0 }],
    [{ claim: "calibration-error", halfWidth: 0.1, level: 1 }],
  ] as [Parameters<typeof planLabels>[0]][])("refuses %o", (plan) => {
    expect(() => planLabels(plan)).toThrowError(expect.objectContaining({ code: "out-of-range" }));
  });

  it("refuses an unknown claim", () => {
    const plan = { claim: "truth" } as unknown as Parameters<typeof planLabels>[0];
    expect(() => planLabels(plan)).toThrowError(expect.objectContaining({ code: "unknown-option" }));
  });
});
