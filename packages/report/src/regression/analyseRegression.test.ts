import { adaptiveConformal, coverageBy, cqr, mondrian, runOnline, splitConformal } from "credence/conformal";
import { bootstrap, meanEstimate, proportionEstimate, splitRows } from "credence/estimate";
import { crpsGaussian, intervalScore, miscalibrationArea, pit, pitHistogram } from "credence/forecast";
import { createRandom, normalQuantile, sampleNormal } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { gateReport } from "../gate/reportGate.js";
import { renderHtml } from "../html/index.js";
import { InputError } from "../reading/inputError.js";
import { renderJson } from "../render/json.js";
import { renderMarkdown } from "../render/markdown.js";
import { renderTerminal } from "../render/terminal.js";
import { analyseRegression } from "./analyseRegression.js";
import { timeBlocks } from "./computeOverTime.js";
import type { RegressionRecords } from "./readRegression.js";

interface Asked {
  readonly n?: number;
  readonly sd?: boolean;
  readonly quantiles?: boolean;
  readonly time?: boolean;
  readonly grouped?: boolean;
}

/** Normal forecasts; in the last of three slices errors are three times as large as the sd says. */
function forecasts({
  n = 600,
  sd = false,
  quantiles = false,
  time = false,
  grouped = false,
}: Asked): RegressionRecords {
  const random = createRandom(9);
  const prediction = Float64Array.from({ length: n }, () => 10 * random.uniform());
  const sds = prediction.map(() => 0.5 + random.uniform());
  const codes = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 4));
  const kinds = codes.map((group) => group % 3);
  const observed = prediction.map((mu, i) => mu + sds[i] * (kinds[i] === 2 ? 3 : 1) * sampleNormal(random));
  // Times stand in another order than the rows; some are equal.
  const times = prediction.map((_, i) => 1000 * Math.floor(((i * 7) % n) / 2));
  return {
    origin: {
      files: ["f.csv"],
      format: "memory",
      columns: { prediction: "p", observed: "y", time: time ? "t" : null },
      by: ["kind"],
      where: null,
      guesses: ["Guessed."],
    },
    n,
    missing: 3,
    unlabelled: 2,
    prediction,
    observed,
    sd: sd ? sds : null,
    lower: quantiles ? prediction.map((mu, i) => mu - 1.6 * sds[i]) : null,
    upper: quantiles ? prediction.map((mu, i) => mu + 1.6 * sds[i]) : null,
    time: time ? times : null,
    dated: time,
    group: grouped ? { name: "site", codes, count: Math.ceil(n / 4) } : null,
    slices: [{ name: "kind", codes: kinds, count: 3, labels: ["a", "b", "wild"] }],
    suspects: [],
  };
}

const pick = (column: ArrayLike<number>, rows: ArrayLike<number>) =>
  Float64Array.from(rows, (i) => column[i]);

describe("intervals", () => {
  it("of residuals are splitConformal's, by group, and by slice before and after Mondrian", () => {
    const records = forecasts({ grouped: true });
    const { prediction, observed, slices } = records;
    const groups = records.group?.codes as Int32Array;
    const kinds = slices[0].codes;
    const report = analyseRegression(records, { coverage: [0.8] });
    const parts = splitRows([prediction, observed], { calibrate: 0.5, evaluate: 0.5 }, { groups });
    const [fit, judge] = [parts.calibrate.indices, parts.evaluate.indices];
    const residuals = pick(
      observed.map((y, i) => y - prediction[i]),
      fit,
    );
    const fitted = splitConformal.fit(residuals, { alpha: 0.2, groups: pick(groups, fit) });
    const truth = pick(observed, judge);
    const clusters = pick(groups, judge);
    const hit = ({ lower, upper }: { lower: Float64Array; upper: Float64Array }) =>
      truth.map((y, k) => Number(y >= lower[k] && y <= upper[k]));
    const predicted = fitted.predict(pick(prediction, judge));
    const covered = hit(predicted);
    const [found] = report.intervals;
    expect(report.parts).toMatchObject({ by: "group", calibrate: { groups: 75 }, evaluate: { groups: 75 } });
    expect(found).toMatchObject({
      source: "residuals",
      target: 0.8,
      threshold: fitted.threshold,
      reason: null,
      before: null,
    });
    expect(found.after.coverage).toEqual(proportionEstimate(covered, { groups: clusters }));
    expect(found.after.width.value).toBeCloseTo(2 * fitted.threshold, 10);
    expect(found.after.score?.value).toBeCloseTo(
      intervalScore(predicted.lower, predicted.upper, truth, 0.2).value,
      10,
    );

    const own = mondrian.fit(residuals, pick(kinds, fit), { alpha: 0.2, groups: pick(groups, fit) });
    const each = hit(own.predict(pick(prediction, judge), pick(kinds, judge)));
    const by = (hits: Float64Array) => coverageBy(hits, pick(kinds, judge), { groups: clusters });
    expect(found.slices.map(({ after }) => after.coverage.interval)).toEqual(
      by(covered).map(({ coverage }) => coverage.interval),
    );
    for (const { stratum, coverage } of by(each)) {
      const slice = found.slices.find(({ value }) => value === ["a", "b", "wild"][stratum as number]);
      expect(slice?.mondrian.coverage.interval).toEqual(coverage.interval);
      expect(slice?.mondrian.threshold).toBe(own.of(stratum as number).threshold);
    }
    expect(found.slices[0].value).toBe("wild");
    expect(report.verdict.headline).toContain("broken in 1 of 3 slices");
    expect(report.metrics.bias).toEqual(
      meanEstimate(
        observed.map((y, i) => y - prediction[i]),
        { groups },
      ),
    );
  });

  it("of an sd are normalised; as they came they are normal", () => {
    const records = forecasts({ sd: true });
    const { prediction, observed } = records;
    const sd = records.sd as Float64Array;
    const [found] = analyseRegression(records).intervals;
    const { calibrate, evaluate } = splitRows([prediction, observed], { calibrate: 0.5, evaluate: 0.5 });
    const fitted = splitConformal.fit(
      pick(
        observed.map((y, i) => y - prediction[i]),
        calibrate.indices,
      ),
      {
        alpha: 0.1,
        difficulties: pick(sd, calibrate.indices),
      },
    );
    const rows = evaluate.indices;
    const { lower, upper } = fitted.predict(pick(prediction, rows), pick(sd, rows));
    expect(found).toMatchObject({ source: "sd", target: 0.9, threshold: fitted.threshold });
    expect(found.after.coverage).toEqual(
      proportionEstimate(Array.from(rows, (i, k) => observed[i] >= lower[k] && observed[i] <= upper[k])),
    );
    const z = normalQuantile(0.95);
    expect(found.before?.coverage.value).toBe(
      rows.filter((i) => Math.abs(observed[i] - prediction[i]) <= z * sd[i]).length / rows.length,
    );
    expect(found.before?.width.value).toBeCloseTo(2 * z * meanEstimate(pick(sd, rows)).value, 10);
    expect(found.before?.coverage.value).toBeLessThan(found.after.coverage.value);
  });

  it("of quantiles are CQR's; only the nominal coverage has a before", () => {
    const records = forecasts({ quantiles: true });
    const { prediction, observed } = records;
    const [lower, upper] = [records.lower as Float64Array, records.upper as Float64Array];
    const { calibrate, evaluate } = splitRows([prediction, observed], { calibrate: 0.5, evaluate: 0.5 });
    const fit = calibrate.indices;
    const report = analyseRegression(records, { coverage: [0.5, 0.9], nominal: 0.9 });
    for (const found of report.intervals) {
      const fitted = cqr.fit(pick(lower, fit), pick(upper, fit), pick(observed, fit), {
        alpha: found.target === 0.5 ? 0.5 : 0.1,
      });
      const ends = fitted.predict(pick(lower, evaluate.indices), pick(upper, evaluate.indices));
      const covered = Array.from(
        evaluate.indices,
        (i, k) => observed[i] >= ends.lower[k] && observed[i] <= ends.upper[k],
      );
      expect(found.threshold).toBe(fitted.threshold);
      expect(found.after.coverage.value).toBe(proportionEstimate(covered).value);
      expect(found.before === null).toBe(found.target === 0.5);
    }
    const raw = Array.from(evaluate.indices, (i) => observed[i] >= lower[i] && observed[i] <= upper[i]);
    expect(report.intervals[1].before?.coverage).toEqual(proportionEstimate(raw));
    // At 50 % the ends of narrow intervals cross: they hold nothing, and are counted.
    const crossed = analyseRegression(
      { ...records, lower: prediction.map((p) => p - 50), upper: prediction.map((p) => p + 50 * 1e-3) },
      { coverage: [0.05] },
    );
    expect(crossed.intervals[0].after.score).not.toBeNull();
  });

  it("are infinite, and say why, where there are too few rows", () => {
    const few = analyseRegression(forecasts({ n: 12, sd: true }));
    expect(few.intervals[0]).toMatchObject({
      threshold: Infinity,
      reason: "6 calibration rows cannot promise 90 %: at least 9 are needed, 3 more.",
      after: { coverage: { value: 1 }, width: { value: Infinity }, score: null },
    });
    expect(few.verdict).toMatchObject({ status: "unknown" });
    expect(renderTerminal(few)).toContain("at least 9 are needed");
    const one = analyseRegression(forecasts({ n: 1 }));
    expect(one).toMatchObject({
      parts: null,
      intervals: [],
      reason: expect.stringContaining("1 row cannot be split"),
    });
    for (const report of [few, one]) {
      expect(renderHtml(report)).toContain("too little data");
      expect(() => JSON.parse(renderJson(report))).not.toThrow();
    }
  });
});

describe("forecasts and time", () => {
  it("judges normal forecasts as credence does", () => {
    const records = forecasts({ sd: true, grouped: true });
    const { prediction: mean, observed } = records;
    const sd = records.sd as Float64Array;
    const options = { groups: records.group?.codes as Int32Array, level: 0.9, seed: 3 };
    const { forecast } = analyseRegression(records, { level: 0.9, seed: 3 });
    const pits = pit({ mean, sd }, observed);
    expect(forecast?.crps).toEqual(crpsGaussian(mean, sd, observed, options));
    expect(forecast?.miscalibrationArea).toEqual(miscalibrationArea(pits, { ...options, levels: 41 }));
    const histogram = pitHistogram(pits, options);
    expect(forecast?.pit.counts).toEqual([...histogram.counts]);
    expect(forecast?.pit.simultaneous[1]).toEqual([...histogram.simultaneous[1]]);
    expect(forecast?.quantileCalibration).toHaveLength(41);
    expect(analyseRegression(forecasts({})).forecast).toBeNull();
  });

  it("orders rows by time, lets the earlier calibrate, and follows the stream", () => {
    const records = forecasts({ time: true });
    const time = records.time as Float64Array;
    const order = Array.from(time.keys()).sort((a, b) => time[a] - time[b] || a - b);
    const scores = pick(
      records.observed.map((y, i) => Math.abs(y - records.prediction[i])),
      order,
    );
    const report = analyseRegression(records);
    const { overTime } = report;
    expect(report.parts).toMatchObject({ by: "time", calibrate: { n: 300 }, evaluate: { n: 300 } });
    expect(report.intervals[0].threshold).toBe(
      splitConformal.fit(scores.slice(0, 300), { alpha: 0.1 }).threshold,
    );
    const later = order.slice(150);
    const run = runOnline(
      adaptiveConformal({ alpha: 0.1, gamma: 0.02, scores: scores.slice(0, 150) }),
      scores.slice(150),
    );
    const fixed = splitConformal.fit(scores.slice(0, 150), { alpha: 0.1 });
    expect(overTime).toMatchObject({ warmUp: 150, tested: 450, block: 21, source: "residuals", target: 0.9 });
    expect(overTime?.adaptive.coverage.value).toBeCloseTo(1 - run.errorRate, 12);
    expect(overTime?.fixed.coverage.value).toBe(
      scores.slice(150).filter((s) => s <= fixed.threshold).length / 450,
    );
    expect(overTime?.fixed.width).toBeCloseTo(2 * fixed.threshold, 10);
    const blocks = timeBlocks(pick(time, later));
    const resampled = bootstrap(
      450,
      (rows) => rows.reduce((sum, i) => sum + run.covered[i], 0) / rows.length,
      {
        groups: blocks,
        kind: "percentile",
      },
    );
    expect(overTime?.adaptive.coverage.interval?.[0]).toBeCloseTo(resampled.interval?.[0] as number, 1);
    // Rolling coverage, from its definition.
    const { rolling } = overTime as NonNullable<typeof overTime>;
    const window = rolling?.window as number;
    const end = 450;
    expect(rolling?.adaptive.at(-1)).toBeCloseTo(
      run.covered.slice(end - window).reduce((a, b) => a + b, 0) / window,
      12,
    );
    expect(rolling?.times.at(-1)).toBe(time[order[599]]);
    expect(overTime?.last.observed.at(-1)).toBe(records.observed[order[599]]);
  });

  it("keeps rows of one time in one block, of about √n rows", () => {
    expect([...timeBlocks(Float64Array.of(1, 2, 3, 3, 3, 4, 5, 6, 7))]).toEqual([0, 0, 0, 0, 0, 1, 2, 2, 2]);
    expect([...timeBlocks(new Float64Array(4))]).toEqual([0, 0, 0, 0]);
  });

  it("follows a drift that one threshold does not", () => {
    const records = forecasts({ time: true });
    const time = Float64Array.from({ length: 600 }, (_, i) => i);
    const observed = records.prediction.map((p, i) => p + (i < 200 ? 1 : 3) * Math.sin(i * i));
    const { overTime, verdict } = analyseRegression({ ...records, time, observed });
    expect(overTime?.fixed.coverage.interval?.[1]).toBeLessThan(0.9);
    expect(Math.abs((overTime?.adaptive.coverage.value as number) - 0.9)).toBeLessThan(0.05);
    expect(verdict.answers.at(-1)?.question).toBe("And as time goes by?");
  });
});

describe("in every form", () => {
  const report = analyseRegression(forecasts({ sd: true, quantiles: true, time: true, grouped: true }), {
    coverage: [0.9, 0.95],
  });

  it("shows every chart, and ids that are unique and known", () => {
    const page = renderHtml(report);
    expect(page).toMatch(/<p class="status \w+">(Keeps its promise|With care|Too sure|Undecided)<\/p>/);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
    for (const id of [
      "pit",
      "quantile-calibration",
      "rolling-adaptive",
      "last-intervals",
      "slices-sd-900-after",
    ])
      expect(ids).toContain(`${id}-title`);
    expect(page).not.toMatch(/NaN|undefined|<script/);
  });

  it("says the same in Markdown, JSON and a terminal", () => {
    expect(renderMarkdown(report)).toContain("| 90 % (sd), as it came |");
    const text = renderTerminal(report, { width: 80 });
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain("3 without a prediction");
    expect(JSON.parse(renderJson(report)).intervals).toHaveLength(4);
  });

  it("can be gated", () => {
    expect(
      gateReport(report, "intervals[0].after.coverage.low < 0.99 and rootMeanSquaredError > 0").holds,
    ).toBe(true);
    expect(gateReport(report, "overTime.adaptive.coverage < 0.5 or forecast.crps.high < 0").holds).toBe(
      false,
    );
  });
});

it.each([
  [{ coverage: [0] }, "--coverage is 0"],
  [{ nominal: 0.8 }, "--lower and --upper claim"],
  [{ level: 1 }, "--level is 1"],
])("refuses %j", (options, message) => {
  expect(() => analyseRegression(forecasts({}), options)).toThrow(InputError);
  expect(() => analyseRegression(forecasts({}), options)).toThrow(message);
});
