/**
 * Does a neural forecaster know tomorrow's weather better than the calendar does, and does its doubt fit? Seattle's
 * highest temperatures: two years are learnt from, two are forecast day by day. `npm run examples -- weather-forecaster`,
 * with committed weights.
 */
import { load } from "@credence/train/models";
import { adaptiveConformal } from "credence/conformal";
import { type Estimate, meanEstimate } from "credence/estimate";
import { crpsEnsemble } from "credence/forecast";
import { quantileSorted, sortedCopy } from "credence/numeric";
import { LEARNT, readWeather, WEIGHTS } from "./weather.js";

const ALPHA = 0.1;
const SAMPLES = 400;
/** Days that follow each other are alike: whole months are taken as one. */
const MONTH = 30;

const series = readWeather();
const { values } = series;
const model = await load(WEIGHTS, "mixtureForecaster");
const draws = await model.backtest(series, { from: LEARNT, samples: SAMPLES, seed: 1 });

const days = Array.from({ length: values.length - LEARNT }, (_, i) => LEARNT + i);
const months = days.map((_, i) => Math.floor(i / MONTH));
const drawsOf = (i: number) => (draws.data as Float64Array).subarray(i * SAMPLES, (i + 1) * SAMPLES);

/** The temperatures of the years learnt from within 15 days of this day of the year. */
function climatology(day: number): number[] {
  const distance = (a: number, b: number) => Math.abs(((a - b + 182.625) % 365.25) - 182.625);
  return Array.from(values.subarray(0, LEARNT)).filter((_, t) => distance(day, t) <= 15);
}

const scores = {
  forecaster: days.map((day, i) => crpsEnsemble(drawsOf(i), values[day], { estimator: "fair" })),
  climatology: days.map((day) => crpsEnsemble(climatology(day), values[day])),
};
const less = scores.forecaster.map((score, i) => score - scores.climatology[i]);
console.log(
  `Highest temperature of the next day, ${days.length} days; 95 % intervals, ${MONTH} days taken as one.\n`,
);
console.log(`CRPS, forecaster    ${show(meanEstimate(scores.forecaster, { groups: months }))} °C`);
console.log(`CRPS, climatology   ${show(meanEstimate(scores.climatology, { groups: months }))} °C`);
console.log(`difference, paired  ${show(meanEstimate(less, { groups: months }))} °C\n`);

// The forecaster's own nine-in-ten interval, and the same widened or narrowed day by day by what was missed before.
const own = days.map((_, i) => central(drawsOf(i)));
const stream = adaptiveConformal({ alpha: ALPHA, gamma: 0.02, window: 365 });
const adapted = days.map((day, i) => {
  const [low, high] = own[i];
  const margin = stream.threshold;
  stream.update(Math.max(low - values[day], values[day] - high));
  return [low - margin, high + margin] as const;
});
for (const [name, intervals] of Object.entries({ own, adapted })) {
  const hits = days.map((day, i) => Number(values[day] >= intervals[i][0] && values[day] <= intervals[i][1]));
  const widths = intervals.map(([low, high]) => high - low).filter(Number.isFinite);
  const width = widths.reduce((sum, w) => sum + w, 0) / widths.length;
  console.log(
    `coverage, ${name.padEnd(8)}  ${show(meanEstimate(hits, { groups: months }), 3)}, ${width.toFixed(1)} °C wide` +
      (widths.length < days.length ? `, infinite on ${days.length - widths.length} days` : ""),
  );
}

// A week ahead, drawn day by day.
const start = LEARNT + 180;
const horizon = 7;
const history = {
  values: values.subarray(0, start),
  covariates: series.covariates.slice(0, start + horizon),
};
const paths = await model.forecast(history, horizon, { samples: 2000, seed: 2 });
console.log(`\nThe ${horizon} days after day ${start}, nine in ten of the paths, and what came:`);
for (let step = 0; step < horizon; step++) {
  const column = Float64Array.from({ length: paths.rows }, (_, s) => paths.data[s * horizon + step]);
  const [low, high] = central(column);
  console.log(
    `  ${step + 1}  ${low.toFixed(1)} to ${high.toFixed(1)} °C   ${values[start + step].toFixed(1)}`,
  );
}
await model.release();

/** The interval that leaves α / 2 of the draws on either side. */
function central(draws: ArrayLike<number>): readonly [number, number] {
  const sorted = sortedCopy(draws);
  return [quantileSorted(sorted, ALPHA / 2), quantileSorted(sorted, 1 - ALPHA / 2)];
}

function show({ value, interval }: Estimate, decimals = 2): string {
  const [low, high] = (interval as readonly [number, number]).map((v) => v.toFixed(decimals));
  return `${value.toFixed(decimals)} [${low}, ${high}]`;
}
