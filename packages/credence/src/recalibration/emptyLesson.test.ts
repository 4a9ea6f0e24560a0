import { describe, expect, it, test } from "vitest";
import { dirichletCalibration } from "./dirichlet.js";
import { enir } from "./enir.js";
import { histogramBinning } from "./histogram.js";
import { isotonicRegression } from "./isotonic.js";
import { largestIsTrue } from "./largestIsTrue.js";
import { plattScaling } from "./platt.js";
import { splineCalibration } from "./spline.js";
import { structuredMatrixScaling } from "./structuredMatrix.js";

const scores = [0.1, 0.3, 0.5, 0.7, 0.9];
const onOneScore = [isotonicRegression, enir, splineCalibration, plattScaling];

describe("data that teach nothing", () => {
  it.each([...onOneScore, histogramBinning])("$method: outcomes all alike", ({ fit }) => {
    for (const outcome of [0, 1]) {
      const { status, notes } = fit(scores, new Array(5).fill(outcome));
      expect(status).toBe("one-class");
      expect(notes[0]).toContain("All outcomes are equal");
    }
    // Rows without weight do not count.
    expect(fit(scores, [0, 1, 1, 1, 1], { weights: [0, 1, 1, 1, 1] }).status).toBe("one-class");
    expect(fit(scores, [0, 1, 1, 1, 1]).status).not.toBe("one-class");
  });

  it.each(onOneScore)("$method: scores all alike", ({ fit }) => {
    const { status, notes } = fit([2, 2, 2], [0, 1, 1]);
    expect(status).toBe("constant-scores");
    expect(notes).toEqual([expect.stringContaining("All scores are equal")]);
  });

  it("isotonic regression tells reversed scores from those that say nothing", () => {
    const reversed = isotonicRegression.fit(scores, [1, 1, 1, 0, 0]);
    expect(reversed.status).toBe("anti-informative");
    expect(reversed.notes[0]).toContain("predicts the base rate");
    for (const p of reversed.predict(scores)) expect(p).toBeCloseTo(0.6, 12);
    expect(isotonicRegression.fit([1, 1, 2, 2], [0, 1, 0, 1]).status).toBe("ok");
    expect(isotonicRegression.fit(scores, [1, 0, 1, 0, 1])).toMatchObject({ status: "ok", notes: [] });
  });
});

describe("separable classes", () => {
  const data = [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8, 0.7, 0.2, 0.1, 0.2, 0.7, 0.1, 0.1, 0.2, 0.7];
  const matrix = { data, rows: 6, columns: 3 };

  it.each([dirichletCalibration, structuredMatrixScaling])("$method says so", ({ fit }) => {
    const { status, notes } = fit(matrix, [0, 1, 2, 0, 1, 2]);
    expect(status).toBe("separable");
    expect(notes[0]).toContain("not by the data");
    const again = { data: [...data, ...data.slice(0, 3)], rows: 7, columns: 3 };
    expect(fit(again, [0, 1, 2, 0, 1, 2, 1])).toMatchObject({ status: "ok", notes: [] });
  });

  test("classes that trade places are as separable as those in place", () => {
    expect(dirichletCalibration.fit(matrix, [1, 2, 0, 1, 2, 0]).status).toBe("separable");
  });

  test("a tie is not enough, and rows without weight do not count", () => {
    expect(largestIsTrue([2, 1, 0, 1], 2, [0, 1], null)).toBe(true);
    expect(largestIsTrue([2, 1, 1, 1], 2, [0, 1], null)).toBe(false);
    expect(largestIsTrue([2, 1, 1, 1], 2, [0, 1], [1, 0])).toBe(true);
  });
});
