import type { Estimate } from "credence/estimate";
import { binomialQuantile, createRandom, poolAdjacentViolators, sampleBeta } from "credence/numeric";
import {
  type ChartSpec,
  comparisonChart,
  coverageByGroupChart,
  decisionCurveChart,
  type ForestRow,
  forestPlot,
  intervalFanChart,
  lossCurveChart,
  pitHistogramChart,
  precisionRecallChart,
  quantileCalibrationChart,
  type ReliabilityData,
  recalibrationDiagram,
  reliabilityDiagram,
  riskControlChart,
  riskCoverageChart,
  setSizeChart,
  varianceBarsChart,
} from "./index.js";

/** A simulated model whose confidence c comes true with probability `truth(c)`. */
function simulate(n: number, truth: (confidence: number) => number, seed: number) {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => {
    const confidence = random.uniform() < 0.2 ? sampleBeta(random, 1, 2) : sampleBeta(random, 6, 1.2);
    return { confidence, outcome: random.uniform() < truth(confidence) ? 1 : 0 };
  }).sort((a, b) => a.confidence - b.confidence);
}

/** A reliability curve by the plain definitions: 15 equal bins, binomial bands, isotonic fit. */
function curve(n: number, truth: (confidence: number) => number, seed: number): ReliabilityData {
  const rows = simulate(n, truth, seed);
  const bins = Array.from({ length: 15 }, (_, b) =>
    rows.filter((r) => Math.ceil(r.confidence * 15) - 1 === b),
  );
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const points = bins
    .filter((bin) => bin.length > 0)
    .map((bin) => {
      const meanConfidence = mean(bin.map((r) => r.confidence));
      const band = (alpha: number) =>
        [alpha / 2, 1 - alpha / 2].map(
          (q) => binomialQuantile(q, bin.length, meanConfidence) / bin.length,
        ) as [number, number];
      return {
        meanConfidence,
        frequency: mean(bin.map((r) => r.outcome)),
        n: bin.length,
        pointwise: band(0.05),
        simultaneous: band(0.05 / 15),
      };
    });
  const fitted = Float64Array.from(rows, (r) => r.outcome);
  poolAdjacentViolators(fitted, new Float64Array(n).fill(1));
  const bars = Array.from({ length: 50 }, (_, b) =>
    rows.filter((r) => Math.ceil(r.confidence * 50) - 1 === b),
  );
  return {
    points,
    isotonic: rows.map((r, i) => ({ from: r.confidence, to: r.confidence, frequency: fitted[i] })),
    histogram: {
      edges: Array.from({ length: 51 }, (_, i) => i / 50),
      counts: bars.map((bar) => bar.length),
      positives: bars.map((bar) => bar.filter((r) => r.outcome === 1).length),
    },
    level: 0.95,
  };
}

const overconfident = curve(4000, (c) => c ** 1.5 * 0.96, 1);
const calibrated = curve(4000, (c) => c, 2);
const fewRows = {
  points: curve(60, (c) => c, 3).points.map(({ meanConfidence, frequency, n }) => ({
    meanConfidence,
    frequency,
    n,
  })),
};

/** A risk–coverage curve by its definition: rows answered from the most confident down. */
function riskCoverage(n: number, seed: number) {
  const rows = simulate(n, (c) => c ** 0.8, seed).reverse();
  let errors = 0;
  return rows.map((row, i) => {
    errors += 1 - row.outcome;
    return { coverage: (i + 1) / n, risk: errors / (i + 1), threshold: row.confidence };
  });
}

const estimate = (value: number, half: number, n: number): Estimate => ({
  value,
  interval: [value - half, value + half],
  level: 0.95,
  method: "max-t",
  n,
});

const slices = [
  { name: "font: Old Standard, italic", estimate: estimate(0.142, 0.031, 412) },
  { name: "degradation: heavy blur", estimate: estimate(0.181, 0.042, 260) },
  { name: "language: German", estimate: estimate(0.064, 0.016, 1204) },
  { name: "language: French", estimate: estimate(0.051, 0.018, 998) },
  { name: "length: one or two characters", estimate: estimate(0.097, 0.021, 731) },
  { name: "clean scans", estimate: estimate(0.022, 0.011, 1480) },
];
const random = createRandom(7);
const manySlices = Array.from({ length: 60 }, (_, i) => ({
  name:
    i % 7 === 0
      ? `a slice with a name much longer than any column would ever hold, number ${i}`
      : `slice ${i}`,
  estimate: estimate(0.03 + 0.2 * random.uniform() ** 3, 0.01 + 0.02 * random.uniform(), 50 + i * 13),
}));
const infinite: ForestRow[] = [
  { name: "three rows", estimate: { ...estimate(0.3, 0, 3), interval: [-Infinity, Infinity] } },
  { name: "no upper end", estimate: { ...estimate(0.12, 0, 40), interval: [0.04, Infinity] } },
  { name: "no interval", estimate: { ...estimate(0.08, 0, 90), interval: null, method: "none" } },
  { name: "plenty", estimate: estimate(0.06, 0.012, 9000) },
];
const reference = { value: 0.055, label: "all rows" };
const answered = riskCoverage(4000, 5);
const withIntervals = riskCoverage(300, 6).map((p) => {
  const reach = 2 * Math.sqrt((p.risk * (1 - p.risk) + 0.02) / (p.coverage * 300));
  return { ...p, interval: [Math.max(0, p.risk - reach), p.risk + reach] as const };
});
const certified = {
  threshold: answered[1399].threshold,
  target: 0.05,
  delta: 0.05,
  bound: 0.0493,
  coverage: { value: answered[1399].coverage },
  risk: { value: answered[1399].risk },
};
const uncertified = {
  ...certified,
  threshold: null,
  target: 0.01,
  bound: null,
  coverage: { value: 0 },
  risk: null,
};

const languages = [
  "Danish",
  "Norwegian Bokmål",
  "Swedish",
  "German",
  "Dutch",
  "Portuguese",
  "Galician",
  "Ελληνικά",
];
const groups = languages.map((name, i) => {
  const n = 60 + 90 * i;
  const value = Math.min(0.99, 0.7 + 0.037 * i + 0.02 * random.uniform());
  return {
    name,
    coverage: { ...estimate(value, 2.7 * Math.sqrt((value * (1 - value)) / n), n), level: 0.95 },
  };
});

const days = Array.from({ length: 120 }, (_, i) => {
  const center = 9 + 6 * Math.sin(i / 38) + 2 * Math.sin(i / 5);
  const spread = 1.4 + i / 80;
  return {
    time: new Date(Date.UTC(2024, 2, 1 + i)),
    center,
    spread,
    observed: center + spread * 2 * (random.uniform() + random.uniform() + random.uniform() - 1.5),
  };
});
const fan = (level: number, z: number) => ({
  level,
  low: days.map((d) => d.center - z * d.spread),
  high: days.map((d, i) => (level > 0.9 && i > 112 ? Infinity : d.center + z * d.spread)),
});

const settings = Array.from({ length: 101 }, (_, i) => {
  const risk = 0.32 * (1 - i / 100) ** 2 + 0.004 * Math.sin(i / 4) + 0.006;
  return { parameter: i / 100, risk, bound: i < 3 ? Infinity : risk + 0.03 };
});

const prevalence = 0.32;
const decisions = Array.from({ length: 99 }, (_, i) => {
  const threshold = (i + 1) / 100;
  const model = prevalence * (1 - threshold ** 1.6) ** 1.4 - 0.02 * threshold;
  const reach = 0.015 + 0.02 * threshold;
  return {
    threshold,
    model,
    all: prevalence - ((1 - prevalence) * threshold) / (1 - threshold),
    interval: [model - reach, model + reach] as const,
  };
});

const differences = [
  { name: "temperature", difference: estimate(-0.021, 0.009, 2400) },
  { name: "isotonic", difference: estimate(-0.024, 0.014, 2400) },
  { name: "histogram, 15 bins", difference: estimate(-0.004, 0.012, 2400) },
  { name: "Platt", difference: estimate(-0.018, 0.008, 2400) },
  { name: "a calibrator fitted on another domain", difference: estimate(0.017, 0.011, 2400) },
];

const flat = (low: number, high: number) => [Array(10).fill(low), Array(10).fill(high)] as const;

const kept = Array.from({ length: 41 }, (_, i) => {
  const expected = i / 40;
  const value = expected ** 1.25;
  return {
    expected,
    observed: {
      ...estimate(value, 0.06, 500),
      interval: [Math.max(0, value - 0.06), Math.min(1, value + 0.06)] as const,
    },
  };
});

/** Every chart of the gallery, by file name. */
/** Radii of precision–recall curves of generators whose error grows with the angle. */
const rays = Float64Array.from({ length: 90 }, (_, i) => ((i + 0.5) / 90) * (Math.PI / 2));
const polar = (overlap: number, tilt: number) =>
  rays.map((angle) => {
    const corner = 1 / Math.max(Math.sin(angle), Math.cos(angle));
    return corner * overlap ** (1 + Math.sin(2 * angle) + tilt * Math.cos(angle));
  });
const models = Array.from({ length: 8 }, (_, s) => polar(0.94 - 0.012 * s, 0.1 * s));
const meanModel = rays.map((_, a) => models.reduce((sum, model) => sum + model[a] / models.length, 0));

export const gallery: Readonly<Record<string, ChartSpec>> = {
  "reliability-diagram": reliabilityDiagram(overconfident, { title: "Reliability of word confidences" }),
  "reliability-diagram-calibrated": reliabilityDiagram(calibrated),
  "reliability-diagram-few-rows": reliabilityDiagram(fewRows),
  "reliability-diagram-one-point": reliabilityDiagram({
    points: [{ meanConfidence: 1, frequency: 1, n: 1 }],
  }),
  "recalibration-diagram": recalibrationDiagram({
    before: overconfident,
    after: calibrated,
    labels: ["As reported", "After temperature scaling"],
  }),
  "forest-plot": forestPlot({ rows: slices, metric: "Calibration error", reference }),
  "forest-plot-many": forestPlot({ rows: manySlices, metric: "Calibration error", reference }),
  "forest-plot-infinite": forestPlot({ rows: infinite, metric: "ECE", simultaneous: false }),
  "risk-coverage": riskCoverageChart({ curve: { points: answered }, certified }),
  "risk-coverage-uncertified": riskCoverageChart({
    curve: { points: withIntervals, level: 0.95 },
    certified: uncertified,
  }),
  "risk-coverage-one-point": riskCoverageChart({ curve: { points: [{ coverage: 1, risk: 0 }] } }),
  "coverage-by-group": coverageByGroupChart({ groups, target: 0.9 }),
  "set-size": setSizeChart({ counts: [14, 610, 240, 84, 31, 12, 6, 2, 1] }),
  "set-size-many": setSizeChart({
    counts: Array.from({ length: 400 }, (_, i) => Math.round(900 * Math.exp(-i / 60))),
  }),
  "interval-fan": intervalFanChart(
    {
      times: days.map((d) => d.time),
      intervals: [fan(0.5, 0.674), fan(0.8, 1.282), fan(0.95, 1.96)],
      center: days.map((d) => d.center),
      observed: days.map((d, i) => (i < 110 ? d.observed : null)),
      label: "Maximum temperature, °C",
    },
    { title: "Seattle, one day ahead" },
  ),
  "interval-fan-large-values": intervalFanChart({
    times: [1, 2, 3],
    intervals: [{ level: 0.9, low: [1.2e6, 1.3e6, 1.1e6], high: [1.9e6, 2.2e6, 2.4e6] }],
    observed: [1.5e6, 2.3e6, null],
    label: "Visits",
  }),
  "interval-fan-one-time": intervalFanChart({
    times: [1],
    intervals: [{ level: 0.9, low: [-Infinity], high: [4] }],
    observed: [2],
  }),
  "pit-histogram": pitHistogramChart({
    counts: [141, 96, 84, 71, 78, 69, 82, 75, 99, 128],
    pointwise: flat(0.78, 1.22),
    simultaneous: flat(0.7, 1.3),
  }),
  "pit-histogram-bandless": pitHistogramChart({ counts: [0, 3, 0, 1] }),
  "quantile-calibration": quantileCalibrationChart({ curve: kept }),
  "risk-control": riskControlChart({ curve: settings, target: 0.1, chosen: 0.58 }),
  "risk-control-two": riskControlChart({
    curve: settings,
    target: 0.1,
    chosen: 0.58,
    others: [{ parameter: 0.4, label: "on average" }],
  }),
  "risk-control-none": riskControlChart({
    curve: settings.slice(0, 30),
    target: 0.01,
    chosen: null,
    parameter: "threshold",
  }),
  "loss-curve": lossCurveChart(
    {
      history: Array.from({ length: 40 }, (_, i) => ({
        step: 50 * (i + 1),
        loss: 0.2 + 2 * Math.exp(-i / 8),
        validation: 0.5 + 1.8 * Math.exp(-i / 6) + i / 200,
      })),
    },
    { title: "Loss of a classifier, nats" },
  ),
  "loss-curve-training-alone": lossCurveChart({ history: [{ step: 10, loss: -1.5 }] }),
  "decision-curve": decisionCurveChart({ curve: decisions }),
  comparison: comparisonChart({ candidates: differences, metric: "log loss", baseline: "as is" }),
  "precision-recall-ensemble": precisionRecallChart(
    {
      angles: rays,
      curves: [
        {
          label: "mean of 8 models",
          radius: meanModel,
          band: { low: meanModel.map((r) => r - 0.05), high: meanModel.map((r) => r + 0.05) },
        },
      ],
      bandLabel: "95 % band of the mean",
      members: models,
      worst: { label: "worst: seed 7", radius: models[7] },
      noiseFloor: polar(0.985, 0),
    },
    { subtitle: "Area 0.82 [0.79, 0.85]; a perfect generator gets 0.97" },
  ),
  "precision-recall-several": precisionRecallChart({
    angles: rays,
    curves: [
      { label: "diffusion", radius: models[0] },
      { label: "GAN", radius: polar(0.9, 1.5) },
      { label: "VAE", radius: polar(0.8, -0.5) },
    ],
  }),
  "variance-bars": varianceBarsChart({
    angles: rays,
    components: [
      { label: "training seed", variance: rays.map((a) => 0.004 * Math.cos(a)) },
      { label: "generated sample", variance: rays.map(() => 0.0006) },
      { label: "reference sample", variance: rays.map((a) => 0.001 * Math.sin(a)) },
      { label: "rest", variance: rays.map(() => 0.0003) },
    ],
  }),
  "variance-bars-none": varianceBarsChart({ angles: [0.5], components: [{ label: "seed", variance: [0] }] }),
};
