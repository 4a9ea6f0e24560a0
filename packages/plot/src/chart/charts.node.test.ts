import { Resvg } from "@resvg/resvg-js";
import { reliabilityCurve } from "credence/calibration";
import { pitHistogram, quantileCalibration } from "credence/forecast";
import { createRandom } from "credence/numeric";
import { certifiedThreshold, riskCoverageCurve } from "credence/selective";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ChartSpec,
  comparisonChart,
  decisionCurveChart,
  forestPlot,
  intervalFanChart,
  pitHistogramChart,
  quantileCalibrationChart,
  reliabilityDiagram,
  riskControlChart,
  riskCoverageChart,
  setSizeChart,
} from "../index.js";
import { renderSvg } from "../svg/index.js";

/** An SVG that a strict XML parser takes, without a coordinate that is none. */
function wellFormed(spec: ChartSpec): string {
  const svg = renderSvg(spec);
  expect(svg).not.toMatch(/="[^"]*(NaN|Infinity|undefined)/);
  expect(() => new Resvg(svg, { font: { loadSystemFonts: false } })).not.toThrow();
  return svg;
}

const random = createRandom(1);
const confidences = Array.from({ length: 500 }, () => random.uniform());
const outcomes = confidences.map((p) => random.uniform() < p ** 2);

describe("charts take what credence returns", () => {
  it("reliabilityCurve, with bands and without", () => {
    const spec = reliabilityDiagram(reliabilityCurve(confidences, outcomes));
    expect(spec.subtitle).toMatch(
      /^Mean confidence 0\.\d\d, observed frequency 0\.\d\d; [1-9]\d? of 15 bins outside the 95 % band$/,
    );
    wellFormed(spec);
    wellFormed(
      reliabilityDiagram(reliabilityCurve(confidences, outcomes, { interval: false, isotonic: false })),
    );
  });

  it("riskCoverageCurve, of ten thousand rows in less than 60 kB", () => {
    const many = Array.from({ length: 10_000 }, () => random.uniform());
    const curve = riskCoverageCurve(
      many,
      many.map((p) => random.uniform() < p),
    );
    expect(wellFormed(riskCoverageChart({ curve, target: 0.05 })).length).toBeLessThan(60_000);
  });

  it("certifiedThreshold, whether there is one or not", () => {
    const sure = confidences.map((p) => p > 0.5);
    const found = certifiedThreshold(confidences, sure, { risk: 0.1 });
    const spec = riskCoverageChart({ curve: riskCoverageCurve(confidences, sure), certified: found });
    expect(spec.subtitle).toMatch(
      /^Answering \d+ % of rows keeps the risk at or below 10 % \(confidence 95 %\)$/,
    );
    wellFormed(spec);
    const none = certifiedThreshold(confidences.slice(0, 20), outcomes.slice(0, 20), { risk: 0.01 });
    const curve = riskCoverageCurve(confidences.slice(0, 20), outcomes.slice(0, 20));
    expect(riskCoverageChart({ curve, certified: none }).subtitle).toBe(
      "No threshold can be certified at a risk of 1 % (confidence 95 %)",
    );
  });

  it("pitHistogram and quantileCalibration", () => {
    wellFormed(pitHistogramChart(pitHistogram(confidences)));
    wellFormed(quantileCalibrationChart({ curve: quantileCalibration(confidences) }));
  });
});

describe("what the charts say", () => {
  const at = (value: number, low: number, high: number) =>
    ({ value, interval: [low, high], level: 0.9, method: "delta", n: 10 }) as const;

  it("a slice is worse only where its whole interval is", () => {
    const rows = [
      { name: "fine", estimate: at(0.02, 0.01, 0.03) },
      { name: "worse", estimate: at(0.2, 0.11, 0.3) },
      { name: "unsure", estimate: at(0.15, 0.05, 0.25) },
      { name: "unknown", estimate: at(0.9, -Infinity, Infinity) },
    ];
    const spec = forestPlot({ rows, metric: "ECE", reference: { value: 0.1, label: "all" } });
    expect(spec.subtitle).toBe("1 of 4 slices worse than all (0.100)");
    expect(spec.description).toMatch(
      /worst first, with simultaneous 90 % intervals.*unknown.*worse.*unsure.*fine/,
    );
    expect(
      forestPlot({ rows, metric: "accuracy", worst: "low", reference: { value: 0.1, label: "all" } })
        .subtitle,
    ).toBe("1 of 4 slices worse than all (0.100)");
  });

  it("far from the reference is bad on both sides", () => {
    const rows = [
      { name: "near", estimate: at(0.01, -0.05, 0.07) },
      { name: "under", estimate: at(-0.2, -0.3, -0.1) },
      { name: "over", estimate: at(0.1, 0.05, 0.15) },
    ];
    const spec = forestPlot({
      rows,
      metric: "Gap",
      worst: "far",
      reference: { value: 0, label: "calibrated" },
    });
    expect(spec.subtitle).toBe("2 of 3 slices apart from calibrated (0.000)");
    expect(spec.description).toMatch(/under.*over.*near/);
  });

  it("a candidate is better or worse only where zero is left out, in the direction asked for", () => {
    const candidates = [
      { name: "a", difference: at(-0.2, -0.3, -0.1) },
      { name: "b", difference: at(0.1, -0.1, 0.3) },
      { name: "c", difference: at(0.2, 0.1, 0.3) },
      { name: "d", difference: at(0.3, 0.1, 0.4) },
    ];
    const data = { candidates, metric: "log loss", baseline: "base" };
    expect(comparisonChart(data).subtitle).toBe("1 of 4 candidates better than base, 2 worse");
    expect(comparisonChart({ ...data, better: "higher" }).subtitle).toBe(
      "2 of 4 candidates better than base, 1 worse",
    );
  });

  it("an observation on the edge of an interval is inside", () => {
    const data = { times: [1, 2, 3], intervals: [{ level: 0.9, low: [0, 0, 0], high: [1, 1, Infinity] }] };
    expect(intervalFanChart({ ...data, observed: [1, 1.01, null] }).subtitle).toBe(
      "1 of 2 observations in the 90 % interval",
    );
  });

  it("the title may be replaced and the subtitle left out", () => {
    const spec = reliabilityDiagram(
      { points: [{ meanConfidence: 0.5, frequency: 1, n: 2 }] },
      { title: "Mine", subtitle: null },
    );
    expect([spec.title, spec.subtitle]).toEqual(["Mine", null]);
    expect(renderSvg(spec, { heading: false })).not.toMatch(/<text[^>]*>Mine/);
    expect(renderSvg(spec, { heading: false, id: "x" })).toContain('<title id="x-title">Mine</title>');
  });
});

describe("anything that can be drawn is well-formed", () => {
  const end = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
  const arbitrary = fc.record({
    name: fc.string({ unit: "binary", maxLength: 60 }),
    value: end,
    low: fc.oneof(fc.constant(-Infinity), fc.double({ min: 0, max: 1e6, noNaN: true })),
    high: fc.oneof(fc.constant(Infinity), fc.double({ min: 0, max: 1e6, noNaN: true })),
    n: fc.nat(),
  });

  it("forest plots of any names and numbers", () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 8 }), (rows) => {
        wellFormed(
          forestPlot({
            metric: '<metric> & "more"',
            rows: rows.map(({ name, value, low, high, n }) => ({
              name,
              estimate: {
                value,
                interval: [low === -Infinity ? low : value - low, high === Infinity ? high : value + high],
                level: 0.95,
                method: "any",
                n,
              },
            })),
          }),
        );
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("reliability diagrams of any probabilities", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ meanConfidence: unit, frequency: unit, n: fc.integer({ min: 1, max: 1e9 }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        (points) => void wellFormed(reliabilityDiagram({ points })),
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const any = fc.oneof(end, unit);
  const interval = fc.option(
    fc.oneof(
      fc.constant([-Infinity, Infinity] as const),
      fc.tuple(fc.constant(-Infinity), any),
      fc.tuple(any, fc.constant(Infinity)),
      fc.constant([0.2, 0.4] as const),
    ),
  );
  const some = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 1, maxLength: 6 });
  const charts: Record<string, fc.Arbitrary<ChartSpec>> = {
    riskCoverage: some(fc.record({ coverage: unit, risk: any, interval })).map((points) =>
      riskCoverageChart({ curve: { points }, target: 0.05 }),
    ),
    riskControl: fc
      .tuple(
        some(
          fc.record({ parameter: end, risk: any, bound: fc.option(fc.oneof(any, fc.constant(Infinity))) }),
        ),
        fc.option(end),
        fc.array(fc.record({ parameter: end, label: fc.string() }), { maxLength: 2 }),
      )
      .map(([curve, chosen, others]) => riskControlChart({ curve, chosen, others, target: 0.1 })),
    decisionCurve: some(
      fc.record({
        threshold: fc.double({ min: 0, max: 0.999, noNaN: true }),
        model: any,
        all: any,
        interval,
      }),
    ).map((curve) => decisionCurveChart({ curve })),
    intervalFan: some(fc.tuple(any, interval, fc.option(any))).map((rows) =>
      intervalFanChart({
        times: rows.map((_, i) => i),
        intervals: [
          {
            level: 0.9,
            low: rows.map((r) => r[1]?.[0] ?? -Infinity),
            high: rows.map((r) => r[1]?.[1] ?? Infinity),
          },
        ],
        center: rows.map((r) => r[0]),
        observed: rows.map((r) => r[2]),
      }),
    ),
    setSize: some(fc.nat()).map((counts) => setSizeChart({ counts: [1, ...counts] })),
    pitHistogram: some(fc.nat()).map((counts) => pitHistogramChart({ counts: [1, ...counts] })),
  };
  it.each(Object.entries(charts))("%s", (_, specs) => {
    fc.assert(
      fc.property(specs, (spec) => void wellFormed(spec)),
      { numRuns: 40, seed: 1 },
    );
  });
});
