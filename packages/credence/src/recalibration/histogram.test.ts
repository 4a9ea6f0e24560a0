import { expect, test } from "vitest";
import { histogramBinning } from "./histogram.js";
import { reference } from "./simulate.test-support.js";

test.each([
  { bins: 10, closed: "right" as const },
  { bins: 7, closed: "left" as const },
])("predicts the success rate of the bin: %o", ({ bins, closed }) => {
  const { scores, outcomes } = reference;
  const { predict } = histogramBinning.fit(scores, outcomes, { bins, closed });
  const binOf = (s: number) => {
    for (let b = 0; b < bins; b++) {
      if (closed === "right" && s <= (b + 1) / bins) return b;
      if (closed === "left" && s < (b + 1) / bins) return b;
    }
    return bins - 1;
  };
  predict(scores).forEach((p, i) => {
    const same = outcomes.filter((_, j) => binOf(scores[j]) === binOf(scores[i]));
    expect(p).toBeCloseTo(same.reduce((a, b) => a + b) / same.length, 12);
  });
});

test("an empty bin predicts its centre", () => {
  const { predict } = histogramBinning.fit([0.05], [1], { bins: 4 });
  expect([...predict([0.1, 0.4, 0.9])]).toEqual([1, 0.375, 0.875]);
});

test("equal-mass bins survive heavy ties", () => {
  const { parameters } = histogramBinning.fit([0, 0, 0, 0, 0.5, 1, 1], [0, 0, 0, 1, 1, 1, 0], {
    binning: "mass",
  });
  expect(parameters.counts.reduce((a, b) => a + b)).toBe(7);
  expect(parameters.values).toEqual([0.4, 0.5]); // [0, 0.5] and (0.5, 1]
});
