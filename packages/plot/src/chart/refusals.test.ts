import type { Estimate } from "credence/estimate";
import { CredenceError } from "credence/numeric";
import { describe, expect, it } from "vitest";
import * as plot from "../index.js";
import { renderSvg } from "../svg/index.js";

const point = { meanConfidence: 0.5, frequency: 0.5, n: 4 };
const estimate: Estimate = { value: 0.1, interval: [0, 0.2], level: 0.95, method: "delta", n: 4 };
const bad = (change: Partial<Estimate>): Estimate => ({ ...estimate, ...change });
const row = { coverage: 0.5, risk: 0.1 };
const fan = { times: [1, 2], intervals: [{ level: 0.9, low: [0, 0], high: [1, 1] }] };
const decision = { threshold: 0.5, model: 0.1, all: 0 };

const refused: readonly [string, () => unknown][] = [
  ["empty-input", () => plot.reliabilityDiagram({ points: [] })],
  ["not-finite", () => plot.reliabilityDiagram({ points: [{ ...point, frequency: Number.NaN }] })],
  ["not-a-probability", () => plot.reliabilityDiagram({ points: [{ ...point, meanConfidence: 1.2 }] })],
  ["not-finite", () => plot.reliabilityDiagram({ points: [{ ...point, n: Number.NaN }] })],
  ["out-of-range", () => plot.reliabilityDiagram({ points: [{ ...point, simultaneous: [0.6, 0.4] }] })],
  ["not-finite", () => plot.reliabilityDiagram({ points: [{ ...point, pointwise: [Number.NaN, 0.4] }] })],
  [
    "length-mismatch",
    () => plot.reliabilityDiagram({ points: [point], histogram: { edges: [0, 1], counts: [1, 2] } }),
  ],
  ["empty-input", () => plot.lossCurveChart({ history: [] })],
  ["not-finite", () => plot.lossCurveChart({ history: [{ step: 1, loss: Number.NaN }] })],
  [
    "out-of-range",
    () =>
      plot.lossCurveChart({
        history: [
          { step: 2, loss: 1 },
          { step: 2, loss: 1 },
        ],
      }),
  ],
  ["empty-input", () => plot.recalibrationDiagram({ before: { points: [point] }, after: { points: [] } })],
  ["empty-input", () => plot.forestPlot({ rows: [], metric: "ECE" })],
  [
    "not-finite",
    () => plot.forestPlot({ rows: [{ name: "a", estimate: bad({ value: Number.NaN }) }], metric: "ECE" }),
  ],
  [
    "not-finite",
    () =>
      plot.forestPlot({ rows: [{ name: "a", estimate: bad({ interval: [0, Number.NaN] }) }], metric: "ECE" }),
  ],
  [
    "out-of-range",
    () => plot.forestPlot({ rows: [{ name: "a", estimate: bad({ interval: [1, 0] }) }], metric: "ECE" }),
  ],
  [
    "not-finite",
    () =>
      plot.forestPlot({
        rows: [{ name: "a", estimate }],
        metric: "ECE",
        reference: { value: Number.NaN, label: "all" },
      }),
  ],
  ["empty-input", () => plot.riskCoverageChart({ curve: { points: [] } })],
  ["not-finite", () => plot.riskCoverageChart({ curve: { points: [{ ...row, risk: Number.NaN }] } })],
  ["not-a-probability", () => plot.riskCoverageChart({ curve: { points: [{ ...row, coverage: 2 }] } })],
  ["out-of-range", () => plot.riskCoverageChart({ curve: { points: [row] }, target: Number.NaN })],
  ["empty-input", () => plot.riskControlChart({ curve: [], target: 0.1, chosen: null })],
  [
    "not-finite",
    () => plot.riskControlChart({ curve: [{ parameter: 1, risk: Number.NaN }], target: 0.1, chosen: null }),
  ],
  [
    "not-finite",
    () =>
      plot.riskControlChart({
        curve: [{ parameter: 1, risk: 0, bound: Number.NaN }],
        target: 0.1,
        chosen: null,
      }),
  ],
  [
    "not-finite",
    () => plot.riskControlChart({ curve: [{ parameter: 1, risk: 0 }], target: 0.1, chosen: Infinity }),
  ],
  [
    "not-finite",
    () =>
      plot.riskControlChart({
        curve: [{ parameter: 1, risk: 0 }],
        target: 0.1,
        chosen: null,
        others: [{ parameter: Number.NaN, label: "on average" }],
      }),
  ],
  ["empty-input", () => plot.coverageByGroupChart({ groups: [], target: 0.9 })],
  [
    "out-of-range",
    () => plot.coverageByGroupChart({ groups: [{ name: "a", coverage: estimate }], target: 90 }),
  ],
  ["empty-input", () => plot.setSizeChart({ counts: [] })],
  ["out-of-range", () => plot.setSizeChart({ counts: [0, 0] })],
  ["out-of-range", () => plot.setSizeChart({ counts: [3, -1] })],
  ["not-finite", () => plot.setSizeChart({ counts: [Number.NaN] })],
  ["empty-input", () => plot.intervalFanChart({ ...fan, times: [] })],
  ["empty-input", () => plot.intervalFanChart({ ...fan, intervals: [] })],
  ["length-mismatch", () => plot.intervalFanChart({ ...fan, observed: [1] })],
  ["not-finite", () => plot.intervalFanChart({ ...fan, observed: [1, Number.NaN] })],
  ["not-finite", () => plot.intervalFanChart({ ...fan, center: [1, Infinity] })],
  [
    "not-finite",
    () => plot.intervalFanChart({ ...fan, intervals: [{ level: 0.9, low: [0, Number.NaN], high: [1, 1] }] }),
  ],
  [
    "out-of-range",
    () => plot.intervalFanChart({ ...fan, intervals: [{ level: 90, low: [0, 0], high: [1, 1] }] }),
  ],
  ["empty-input", () => plot.pitHistogramChart({ counts: [] })],
  ["out-of-range", () => plot.pitHistogramChart({ counts: [0, 0] })],
  ["out-of-range", () => plot.pitHistogramChart({ counts: [1], pointwise: [[2], [1]] })],
  ["empty-input", () => plot.quantileCalibrationChart({ curve: [] })],
  [
    "not-a-probability",
    () => plot.quantileCalibrationChart({ curve: [{ expected: 2, observed: estimate }] }),
  ],
  ["empty-input", () => plot.decisionCurveChart({ curve: [] })],
  ["out-of-range", () => plot.decisionCurveChart({ curve: [{ ...decision, threshold: 1 }] })],
  ["not-finite", () => plot.decisionCurveChart({ curve: [{ ...decision, all: Number.NaN }] })],
  ["empty-input", () => plot.comparisonChart({ candidates: [], metric: "ECE", baseline: "as is" })],
  ["out-of-range", () => renderSvg(plot.reliabilityDiagram({ points: [point] }), { width: 100 })],
  [
    "unknown-option",
    () => renderSvg(plot.reliabilityDiagram({ points: [point] }), { theme: "sepia" as "dark" }),
  ],
];

describe("bad input", () => {
  it.each(refused.map(([code, draw], i) => ({ i, code, draw })))(
    "case $i is refused: $code",
    ({ code, draw }) => {
      try {
        draw();
      } catch (error) {
        expect(error).toBeInstanceOf(CredenceError);
        expect((error as CredenceError).code).toBe(code);
        return;
      }
      expect.fail("was not refused");
    },
  );
});
