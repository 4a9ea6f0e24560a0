import { describe, expect, it } from "vitest";
import { codeOf } from "./codeOf.test-support.js";
import { costThreshold, expectedCost } from "./expectedCost.js";
import { decisionCurve, netBenefit } from "./netBenefit.js";
import { fixedSample, randomSample } from "./sample.test-support.js";

const { confidences, outcomes } = fixedSample();

describe("netBenefit", () => {
  it("equals hits minus false alarms at the exchange rate, per row", () => {
    for (const threshold of [0.1, 0.25, 0.5, 0.9]) {
      const acting = [...confidences.keys()].filter((i) => confidences[i] >= threshold);
      const hits = acting.filter((i) => outcomes[i]).length;
      const expected = hits / 400 - ((acting.length - hits) / 400) * (threshold / (1 - threshold));
      expect(netBenefit(confidences, outcomes, threshold).value).toBeCloseTo(expected, 12);
    }
  });

  it("refuses bad input", () => {
    expect(codeOf(() => netBenefit([0.5], [1], 1))).toBe("out-of-range");
    expect(codeOf(() => netBenefit([0.5], [], 0.5))).toBe("length-mismatch");
    expect(codeOf(() => decisionCurve([0.5], [1], { thresholds: [0] }))).toBe("out-of-range");
    expect(codeOf(() => decisionCurve([0.5], [1], { thresholds: [] }))).toBe("empty-input");
  });
});

describe("decisionCurve", () => {
  it("compares with acting always and never", () => {
    const curve = decisionCurve(confidences, outcomes);
    expect(curve).toHaveLength(99);
    const rate = 165 / 400;
    for (const { threshold, model, all, advantage } of curve) {
      expect(all.value).toBeCloseTo(rate - ((1 - rate) * threshold) / (1 - threshold), 10);
      expect(advantage.value).toBeCloseTo(model.value - Math.max(0, all.value), 10);
    }
  });

  it("of a calibrated model is above both, with intervals as narrow as the groups allow", () => {
    const sample = randomSample(4000, 3);
    const groups = Array.from(sample.confidences, (_, i) => i >> 2);
    for (const { advantage } of decisionCurve(sample.confidences, sample.outcomes, {
      thresholds: [0.2, 0.5, 0.8],
      groups,
    })) {
      expect(advantage.interval?.[0]).toBeGreaterThan(0);
      expect(advantage.method).toBe("cluster-delta");
    }
  });
});

describe("expectedCost", () => {
  const costs = { falsePositive: 2, falseNegative: 6, truePositive: 1, trueNegative: 0 };

  it("is least at the threshold of its costs, if the model is calibrated", () => {
    expect(costThreshold(costs)).toBeCloseTo(2 / 7, 14);
    const { confidences, outcomes } = randomSample(20_000, 5);
    const at = (threshold?: number) => expectedCost(confidences, outcomes, costs, { threshold }).value;
    expect(at()).toBe(at(2 / 7));
    for (const other of [0.1, 0.5, 0.9]) expect(at(other)).toBeGreaterThan(at());
  });

  it("adds up what every row costs", () => {
    const found = expectedCost([0.9, 0.9, 0.1, 0.1], [1, 0, 1, 0], costs, { threshold: 0.5 });
    expect(found.value).toBe((1 + 2 + 6 + 0) / 4);
  });

  it("refuses costs that leave no choice", () => {
    expect(codeOf(() => costThreshold({ falsePositive: -1, falseNegative: 1 }))).toBe("out-of-range");
    expect(codeOf(() => costThreshold({ falsePositive: 1, falseNegative: 0 }))).toBe("out-of-range");
    expect(codeOf(() => costThreshold({ falsePositive: Number.NaN, falseNegative: 1 }))).toBe("not-finite");
    expect(codeOf(() => expectedCost([0.5], [1], costs, { threshold: 2 }))).toBe("out-of-range");
  });
});
