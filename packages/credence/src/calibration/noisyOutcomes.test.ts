import { describe, expect, it } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { dawidSkene, majorityVote } from "./annotators.js";
import { brierScore } from "./brierScore.js";
import { codeOf } from "./codeOf.test-support.js";
import { ece } from "./ece.js";
import { noisyOutcomeMetrics, softOutcomeMetrics } from "./noisyOutcomes.js";
import { fixedSample, randomSample } from "./sample.test-support.js";

const { confidences, outcomes } = fixedSample();
const none = { falsePositive: 0, falseNegative: 0 };

describe("noisyOutcomeMetrics", () => {
  it("changes nothing where nothing flips", () => {
    const found = noisyOutcomeMetrics(confidences, outcomes, none);
    const plain = ece(confidences, outcomes);
    expect(found.calibrationError.value).toBeCloseTo(plain.value, 12);
    expect(found.calibrationError.interval?.[1]).toBeCloseTo(plain.interval?.[1] as number, 10);
    expect(found.brier.value).toBeCloseTo(brierScore(confidences, outcomes).value, 12);
    expect(found.bias.value).toBeCloseTo(165 / 400 - 0.5, 2);
  });

  it("sees through known flips: unbiased, and covering", () => {
    const repetitions = 150;
    const random = createRandom(8);
    let brier = 0;
    const missed = { error: 0, brier: 0, rate: 0 };
    let naive = 0;
    for (let k = 0; k < repetitions; k++) {
      const sample = randomSample(1000, k);
      const recorded = sample.outcomes.map((y) =>
        y ? +(random.uniform() >= 0.2) : +(random.uniform() < 0.1),
      );
      const found = noisyOutcomeMetrics(sample.confidences, recorded, {
        falsePositive: 0.1,
        falseNegative: 0.2,
      });
      brier += found.brier.value / repetitions;
      if ((found.calibrationError.interval as [number, number])[0] > 0) missed.error++;
      const outside = ([low, high]: readonly [number, number], truth: number) =>
        +(low > truth || high < truth);
      missed.brier += outside(found.brier.interval as [number, number], 1 / 6);
      missed.rate += outside(found.baseRate.interval as [number, number], 0.5);
      if ((ece(sample.confidences, recorded).interval as [number, number])[0] > 0) naive++;
    }
    expect(Math.abs(brier - 1 / 6)).toBeLessThan(0.01);
    for (const count of Object.values(missed))
      expect(count).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, repetitions, 0.06));
    expect(naive).toBeGreaterThan(repetitions * 0.5);
  });

  it("refuses rates that say nothing", () => {
    for (const rates of [
      { falsePositive: 0.5, falseNegative: 0.5 },
      { falsePositive: -0.1, falseNegative: 0 },
      { falsePositive: 0, falseNegative: Number.NaN },
    ])
      expect(codeOf(() => noisyOutcomeMetrics([0.5], [1], rates))).toBe("out-of-range");
  });
});

describe("softOutcomeMetrics", () => {
  it("takes outcomes of 0 and 1 for what they are", () => {
    const found = softOutcomeMetrics(confidences, Float64Array.from(outcomes), {
      groups: [...confidences.keys()],
    });
    expect(found.calibrationError.value).toBeCloseTo(ece(confidences, outcomes).value, 12);
    expect(found.brier.value).toBeCloseTo(brierScore(confidences, outcomes).value, 12);
    expect(found.calibrationError.groups).toBe(400);
  });

  it("refuses bad input", () => {
    expect(codeOf(() => softOutcomeMetrics([], []))).toBe("empty-input");
    expect(codeOf(() => softOutcomeMetrics([0.5], [1.5]))).toBe("not-a-probability");
    expect(codeOf(() => softOutcomeMetrics([0.5], []))).toBe("length-mismatch");
  });
});

describe("majorityVote", () => {
  it("counts votes, ties and rows without any", () => {
    const none = Number.NaN;
    const found = majorityVote({
      data: [1, 1, 0, 0, 1, none, none, none, none, 2, none, none],
      rows: 4,
      columns: 3,
    });
    expect([...found.labels]).toEqual([1, 0, -1, 2]);
    expect([...found.votes]).toEqual([3, 2, 0, 1]);
    expect(found).toMatchObject({ ties: 1, missing: 1 });
    expect(found.agreement).toBeCloseTo(1 / 4, 14);
    expect(found.shares.data[1]).toBeCloseTo(2 / 3, 14);
    expect(found.shares.data[6]).toBeNaN();
    expect(majorityVote({ data: [1], rows: 1, columns: 1 }).agreement).toBeNaN();
  });

  it("refuses what is no label", () => {
    expect(codeOf(() => majorityVote({ data: [0.5], rows: 1, columns: 1 }))).toBe("unknown-class");
    expect(codeOf(() => majorityVote({ data: [1], rows: 1, columns: 2 }))).toBe("length-mismatch");
    expect(codeOf(() => majorityVote({ data: [], rows: 0, columns: 2 }))).toBe("empty-input");
  });
});

describe("dawidSkene", () => {
  const random = createRandom(3);
  const rows = 3000;
  const accuracy = [0.95, 0.85, 0.75, 0.65];
  const truth = Array.from({ length: rows }, () => +(random.uniform() < 0.3));
  const data = Float64Array.from({ length: rows * 4 }, (_, k) => {
    if (random.uniform() < 0.2 && k % 4 > 0) return Number.NaN;
    const right = random.uniform() < accuracy[k % 4];
    return right ? truth[k >> 2] : 1 - truth[k >> 2];
  });

  it("finds error rates and prevalence, and beats the majority", () => {
    const model = dawidSkene({ data, rows, columns: 4 });
    expect(model.converged).toBe(true);
    expect(Math.abs(model.prevalence[1] - 0.3)).toBeLessThan(0.05);
    accuracy.forEach((share, a) => {
      expect(Math.abs(model.confusion[a][0] - share)).toBeLessThan(0.08);
      expect(Math.abs(model.confusion[a][3] - share)).toBeLessThan(0.08);
    });
    const { labels } = majorityVote({ data, rows, columns: 4 });
    const wrong = (label: (i: number) => number) => truth.filter((t, i) => t !== label(i)).length;
    const modelled = (i: number) => +(model.probabilities.data[2 * i + 1] > 0.5);
    expect(wrong(modelled)).toBeLessThan(wrong((i) => labels[i]));
    // Never below where it started, and stopping early says so.
    const early = dawidSkene({ data, rows, columns: 4 }, { maxIterations: 1 });
    expect(early.converged).toBe(false);
    expect(early.logLikelihood).toBeLessThan(model.logLikelihood);
  });

  it("refuses annotators who cannot be compared", () => {
    const none = Number.NaN;
    const apart = [1, 1, none, none, 0, 1, none, none, none, none, 1, 0, none, none, 0, 0];
    expect(codeOf(() => dawidSkene({ data: apart, rows: 4, columns: 4 }))).toBe("too-few");
    expect(codeOf(() => dawidSkene({ data: [1, 1], rows: 1, columns: 2 }))).toBe("too-few");
    expect(() => dawidSkene({ data: [1, -1, 1], rows: 1, columns: 3 })).toThrow(
      /^dawidSkene: annotations\[1\]/,
    );
    expect(codeOf(() => dawidSkene({ data: [none, none, none], rows: 1, columns: 3 }))).toBe("too-few");
    expect(codeOf(() => dawidSkene({ data: [1, 0, 1], rows: 1, columns: 3 }, { smoothing: -1 }))).toBe(
      "out-of-range",
    );
    expect(codeOf(() => dawidSkene({ data: [1, 0, 1], rows: 1, columns: 3 }, { maxIterations: 0 }))).toBe(
      "out-of-range",
    );
  });
});
