import type { Estimate } from "credence/estimate";
import { describe, expect, it } from "vitest";
import { smallRecords } from "../records.test-support.js";
import { analyse } from "./analyse.js";
import type { Slice } from "./report.js";
import { trustOf, type VerdictInput, verdictOf } from "./verdict.js";

const report = analyse(smallRecords());
const estimate = (value: number, low: number, high: number): Estimate => ({
  value,
  interval: [low, high],
  level: 0.95,
  method: "test",
  n: 600,
});

const withError = (value: number, low: number, high: number, gap = estimate(0, -0.1, 0.1)): VerdictInput => ({
  ...report,
  slices: [],
  warnings: [],
  metrics: { ...report.metrics, ece: estimate(value, low, high), gap },
});

const slice = (finding: Slice["finding"]): Slice => ({ ...report.slices[0], finding });

describe("trust", () => {
  it.each([
    [0.02, 0, 0.05, "calibrated"],
    [0.04, 0.01, 0.05, "calibrated"],
    [0.08, 0.051, 0.1, "miscalibrated"],
    [0.06, 0.01, 0.1, "off-a-little"],
    [0.05, 0.05, 0.1, "off-a-little"],
    [0.03, 0, 0.06, "undecided"],
  ])("an error of %d in [%d, %d] is %s at a tolerance of 0.05", (value, low, high, trust) => {
    expect(trustOf(withError(value, low, high))).toBe(trust);
  });
});

describe("the headline", () => {
  const headline = (input: VerdictInput) => [verdictOf(input).status, verdictOf(input).headline];

  it("says yes, no, or that it cannot be told", () => {
    expect(headline(withError(0.02, 0, 0.04))).toEqual(["good", "The confidences can be trusted."]);
    expect(headline(withError(0.2, 0.1, 0.3, estimate(0.2, 0.1, 0.3)))).toEqual([
      "bad",
      "The confidences cannot be trusted: the model is overconfident.",
    ]);
    expect(headline(withError(0.2, 0.1, 0.3, estimate(-0.2, -0.3, -0.1)))[1]).toContain("underconfident");
    expect(headline(withError(0.2, 0.1, 0.3))[1]).toBe("The confidences cannot be trusted.");
    expect(headline(withError(0.03, 0, 0.2))[0]).toBe("unknown");
    expect(headline(withError(0.07, 0.01, 0.2))[0]).toBe("caution");
  });

  it("does not let a good average hide a bad slice", () => {
    const input = { ...withError(0.02, 0, 0.04), slices: [slice("overconfident"), slice("undecided")] };
    expect(headline(input)).toEqual([
      "caution",
      "Good on average, but not everywhere: 1 of 2 slices is off.",
    ]);
  });

  it("says where every slice is bad", () => {
    const all = [slice("overconfident"), slice("miscalibrated")];
    expect(headline({ ...withError(0.02, 0, 0.04), slices: all })[1]).toBe(
      "Good on average, but not in any slice: all 2 are off.",
    );
    expect(headline({ ...withError(0.07, 0.01, 0.2), slices: all.slice(1) })[1]).toBe(
      "Not to be trusted in any slice: the only one is off.",
    );
  });

  it("believes nothing while rows look clustered and no group was named", () => {
    const suspects = [{ column: "page", values: 60, designEffect: 8 }];
    const warnings = [{ code: "clusters", severity: "alarm", message: "", suspects }] as const;
    const [status, text] = headline({ ...withError(0.02, 0, 0.04), warnings });
    expect(status).toBe("caution");
    expect(text).toContain("clustered by page");
  });
});

describe("the answers", () => {
  const answers = (input: VerdictInput) => verdictOf(input).answers.map(({ answer }) => answer);

  it("name a certified threshold with its promise", () => {
    const threshold = {
      ...report.threshold,
      certified: true,
      threshold: 0.9,
      bound: 0.048,
      target: 0.05,
      delta: 0.05,
      coverage: estimate(0.62, 0.5, 0.7),
    };
    expect(answers({ ...withError(0.02, 0, 0.04), threshold, missing: 7 })[3]).toBe(
      "Those with a confidence of 0.90 or more, 62 % of the answers: at most 5 % wrong, with 95 % confidence (bound 4.8 %). The 7 rows without a confidence go to a human.",
    );
  });

  it("say how many labels would do where none can be certified, or that none would", () => {
    const threshold = {
      ...report.threshold,
      certified: false,
      threshold: null,
      bound: null,
      labelsNeeded: 1234,
    };
    expect(answers({ ...withError(0.02, 0, 0.04), threshold })[3]).toContain(
      "About 1 234 labelled rows in groups of this kind",
    );
    const hopeless = { ...threshold, labelsNeeded: null };
    expect(answers({ ...withError(0.02, 0, 0.04), threshold: hopeless })[3]).toContain(
      "Even among the most confident, wrong answers are too many, or rows too few",
    );
    const flawless = { ...withError(0.02, 0, 0.04), threshold: hopeless };
    const accuracy = { ...estimate(1, 0.3, 1), n: 3 };
    expect(answers({ ...flawless, metrics: { ...flawless.metrics, accuracy } })[3]).toContain(
      "None of 3 answers was wrong, but that is too few to show a share below 5 %.",
    );
  });

  it("offer slices where none were asked for", () => {
    expect(answers(withError(0.02, 0, 0.04))[1]).toContain("--by COLUMN");
  });
});
