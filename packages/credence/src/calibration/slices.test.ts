import { describe, expect, it } from "vitest";
import { sampleInteger } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { brierScore } from "./brierScore.js";
import { codeOf } from "./codeOf.test-support.js";
import { confidenceSplit } from "./confidenceSplit.js";
import { calibrated, draw, slope } from "./coverage.test-support.js";
import { ece } from "./ece.js";
import { groupingLoss } from "./groupingLoss.js";
import { fixedSample, randomSample } from "./sample.test-support.js";
import { sliceMetrics } from "./sliceMetrics.js";

const { confidences, outcomes } = fixedSample();

describe("sliceMetrics", () => {
  it("fifty slices of a calibrated model fake no finding", () => {
    const repetitions = 60;
    // Beta(20, 1): nearly all confidences close to 1, where small slices are all right by luck.
    for (const cluster of [undefined, { size: 10, correlation: 0.5 }])
      for (const a of [1, 20]) {
        const random = createRandom(a);
        let findings = 0;
        for (let k = 0; k < repetitions; k++) {
          const sample = draw({ name: "", a, truth: calibrated, cluster }, 1500, random);
          const slices = Array.from(sample.confidences, (_, i) =>
            cluster ? Math.floor(i / 10) % 50 : sampleInteger(random, 50),
          );
          const found = sliceMetrics(sample.confidences, sample.outcomes, slices, { groups: sample.groups });
          if (found.some((slice) => slice.finding)) findings++;
        }
        expect(findings).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.06));
      }
  });

  it("finds the slice that is wrong, and puts it first", () => {
    const sample = randomSample(3000, 4);
    const language = Array.from(sample.confidences, (_, i) => (i < 300 ? "Welsh" : `L${i % 9}`));
    const parity = Array.from(sample.confidences, (_, i) => i % 2);
    const y = sample.outcomes.map((v, i) => (i < 300 ? 0 : v));
    for (const metric of ["bias", "ece", "brier", "log"] as const) {
      const found = sliceMetrics(sample.confidences, y, { language, parity }, { metric });
      expect(found).toHaveLength(12);
      expect(found[0]).toMatchObject({ column: "language", value: "Welsh" });
      expect(found[0].finding).toBe(metric === "bias" || metric === "ece" ? true : null);
      expect(found[0].estimate.level).toBe(0.95);
    }
  });

  it("measures what the whole-sample functions measure", () => {
    const slices = Array.from(confidences, (_, i) => i % 3);
    for (const { value, estimate } of sliceMetrics(confidences, outcomes, slices, { metric: "brier" })) {
      const rows = slices.flatMap((s, i) => (s === value ? [i] : []));
      const alone = brierScore(
        rows.map((i) => confidences[i]),
        rows.map((i) => outcomes[i]),
      );
      expect(estimate.value).toBeCloseTo(alone.value, 13);
      expect(estimate.interval?.[1]).toBeGreaterThan(alone.interval?.[1] as number);
    }
    const bare = sliceMetrics(confidences, outcomes, slices, { interval: false });
    expect(bare.every(({ estimate, finding }) => estimate.interval === null && finding === false)).toBe(true);
    // Groups that lie across slices tie them together.
    const across = sliceMetrics(confidences, outcomes, slices, { groups: slices.map((_, i) => i % 40) });
    expect(across[0].estimate.groups).toBeLessThanOrEqual(40);
    // Šidák's level at most, whatever the columns have in common.
    const twice = sliceMetrics(confidences, outcomes, { a: slices, b: slices });
    const once = sliceMetrics(confidences, outcomes, slices);
    const width = (s: (typeof once)[number]) =>
      (s.estimate.interval as [number, number])[1] - s.estimate.value;
    expect(width(twice[0])).toBeCloseTo(width(once[0]), 2);
  });

  it("says what it does not know, and refuses bad input", () => {
    const single = sliceMetrics([0.5, 0.5, 0.5], [1, 0, 1], ["a", "b", "b"]);
    expect(single.find(({ value }) => value === "a")?.estimate.interval).toEqual([-Infinity, Infinity]);
    expect(codeOf(() => sliceMetrics([0.5], [1], {}))).toBe("empty-input");
    expect(codeOf(() => sliceMetrics([0.5], [1], ["a", "b"]))).toBe("length-mismatch");
    expect(codeOf(() => sliceMetrics([0.5], [1], ["a"], { metric: "x" as "ece" }))).toBe("unknown-option");
  });
});

describe("confidenceSplit", () => {
  it("splits the expected calibration error in two", () => {
    const { overconfidence, underconfidence, bias } = confidenceSplit(confidences, outcomes);
    expect(overconfidence.value + underconfidence.value).toBeCloseTo(ece(confidences, outcomes).value, 12);
    expect(underconfidence.value - overconfidence.value).toBeCloseTo(bias.value, 12);
  });

  it("covers both sides", () => {
    const repetitions = 200;
    // Slope 0.8: half of the error on either side of ½, and no bias.
    let expected = 0;
    for (let b = 0; b < 15; b++) {
      let gap = 0;
      for (let k = 0; k < 500; k++)
        gap += (slope((b + (k + 0.5) / 500) / 15) - (b + (k + 0.5) / 500) / 15) / 500;
      expected += Math.max(0, gap) / 15;
    }
    for (const cluster of [undefined, { size: 10, correlation: 0.5 }]) {
      const random = createRandom(3);
      const missed = { overconfidence: 0, underconfidence: 0, bias: 0 };
      for (let k = 0; k < repetitions; k++) {
        const sample = draw({ name: "", a: 1, truth: slope, cluster }, 800, random);
        const split = confidenceSplit(sample.confidences, sample.outcomes, { groups: sample.groups });
        for (const name of ["overconfidence", "underconfidence", "bias"] as const) {
          const [low, high] = split[name].interval as [number, number];
          const truth = name === "bias" ? 0 : expected;
          if (low > truth || high < truth) missed[name]++;
        }
      }
      for (const count of Object.values(missed))
        expect(count).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.06));
    }
  });

  it("says what it does not know", () => {
    const one = confidenceSplit([0.4], [1]);
    expect(one.overconfidence.interval).toEqual([0, Infinity]);
    expect(one.bias.interval).toEqual([-Infinity, Infinity]);
    expect(confidenceSplit([0.4], [1], { interval: false }).bias.interval).toBeNull();
    expect(codeOf(() => confidenceSplit([4], [1]))).toBe("not-a-probability");
  });
});

describe("groupingLoss", () => {
  const sampleOf = (gap: number, seed: number, n = 1500) => {
    const random = createRandom(seed);
    const p = Float64Array.from({ length: n }, () => 0.2 + 0.6 * random.uniform());
    const regions = Array.from(p, () => (random.uniform() < 0.5 ? "a" : "b"));
    const y = Uint8Array.from(p, (v, i) => +(random.uniform() < v + (regions[i] === "a" ? gap : -gap)));
    return { p, y, regions };
  };

  it("is unbiased, and its interval covers, at zero too", () => {
    for (const gap of [0, 0.1]) {
      let sum = 0;
      let missed = 0;
      const repetitions = 100;
      for (let seed = 0; seed < repetitions; seed++) {
        const { p, y, regions } = sampleOf(gap, seed);
        const { value, interval } = groupingLoss(p, y, regions);
        sum += value / repetitions;
        const [low, high] = interval as [number, number];
        if (low > gap * gap || high < gap * gap) missed++;
      }
      expect(Math.abs(sum - gap * gap)).toBeLessThan(0.0015);
      expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.05));
    }
  });

  it("takes groups, and refuses regions that do not fit", () => {
    const { p, y, regions } = sampleOf(0.2, 1);
    const groups = Array.from(p, (_, i) => i >> 2);
    expect(groupingLoss(p, y, regions, { groups })).toMatchObject({ groups: 375, n: 1500 });
    expect(groupingLoss(p, y, regions, { interval: false }).interval).toBeNull();
    expect(codeOf(() => groupingLoss([0.5], [1], []))).toBe("length-mismatch");
  });
});
