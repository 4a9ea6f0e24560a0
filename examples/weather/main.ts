/**
 * Tomorrow's highest temperature in Seattle, with an interval that should hold nine days in ten, through four years of
 * seasons. Days are not exchangeable, so split conformal prediction promises nothing here; adaptive conformal inference
 * promises its rate in the long run, whatever the weather.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { adaptiveConformal, splitConformal } from "credence/conformal";
import { bootstrap } from "credence/estimate";
import { cholesky, choleskySolve } from "credence/numeric";

const ALPHA = 0.1;
const FIRST = 365; // days of the first year calibrate; every later day is forecast

const [header, ...lines] = readFileSync(join(import.meta.dirname, "data/seattle-weather.csv"), "utf8")
  .trim()
  .split("\n");
const column = header.split(",").indexOf("temp_max");
const days = lines.map((line) => line.split(","));
const temperatures = Float64Array.from(days, (cells) => Number(cells[column]));
const months = days.map(([date]) => Number(date.slice(5, 7)));

/** The season, today's temperature and yesterday's: what a forecast for day t may know. */
function features(t: number): number[] {
  const year = (2 * Math.PI * t) / 365.25;
  return [
    1,
    Math.sin(year),
    Math.cos(year),
    Math.sin(2 * year),
    Math.cos(2 * year),
    temperatures[t - 1],
    temperatures[t - 2],
  ];
}

/** Least squares on all days before t, updated day by day; each forecast uses the past alone. */
function forecasts(): Float64Array {
  const k = features(2).length;
  const gram = new Float64Array(k * k);
  for (let j = 0; j < k; j++) gram[j * k + j] = 1e-3;
  const moment = new Float64Array(k);
  return temperatures.map((temperature, t) => {
    if (t < 2) return temperature;
    const x = features(t);
    const weights = choleskySolve(cholesky(gram, k) as Float64Array, k, moment);
    x.forEach((value, i) => {
      moment[i] += value * temperature;
      x.forEach((other, j) => {
        gram[i * k + j] += value * other;
      });
    });
    return x.reduce((sum, value, j) => sum + value * weights[j], 0);
  });
}

const predicted = forecasts();
const residuals = temperatures.map((temperature, t) => Math.abs(temperature - predicted[t]));
const past = residuals.slice(30, FIRST); // the first month's fits are still wild
const fixed = splitConformal.fit(past, { alpha: ALPHA });
const adaptive = adaptiveConformal({ alpha: ALPHA, gamma: 0.02, window: 365, scores: past });

const tested = Array.from({ length: temperatures.length - FIRST }, (_, i) => FIRST + i);
const intervals = tested.map((t) => {
  const online = adaptive.predict(predicted[t]);
  adaptive.update(residuals[t]);
  return { fixed: fixed.predict(predicted[t]), adaptive: online };
});

/** Hits cluster in time: whole months are resampled, not days. */
function coverage(name: "fixed" | "adaptive", rows: readonly number[]): string {
  const hits = rows.map((i) => {
    const [low, high] = intervals[i][name];
    return Number(temperatures[tested[i]] >= low && temperatures[tested[i]] <= high);
  });
  const blocks = rows.map((i) => Math.floor(i / 30));
  const { value, interval } = bootstrap(
    hits.length,
    (sample) => sample.reduce((sum, i) => sum + hits[i], 0) / sample.length,
    { groups: blocks, kind: "percentile" },
  );
  const widths = rows.map((i) => intervals[i][name][1] - intervals[i][name][0]);
  const width = widths.reduce((sum, w) => sum + w, 0) / widths.length;
  return `${percent(value)} [${interval?.map(percent).join(", ")}], ${width.toFixed(1)} °C wide`.padEnd(42);
}

function percent(x: number): string {
  return `${(100 * x).toFixed(1)} %`;
}

const seasons = { winter: [12, 1, 2], spring: [3, 4, 5], summer: [6, 7, 8], autumn: [9, 10, 11] };
const all = tested.map((_, i) => i);
console.log(
  `Highest temperature of the next day, ${tested.length} days, nine days in ten promised (months resampled)\n`,
);
console.log(`          ${"one width, from the first year".padEnd(42)}adaptive`);
console.log(`all days  ${coverage("fixed", all)}${coverage("adaptive", all)}`);
for (const [season, of] of Object.entries(seasons)) {
  const rows = all.filter((i) => of.includes(months[tested[i]]));
  console.log(`${season.padEnd(8)}  ${coverage("fixed", rows)}${coverage("adaptive", rows)}`);
}
console.log(
  `\nThe adaptive rate of misses is within ${adaptive.errorBound.toFixed(3)} of ${ALPHA} for any series of this length. Both promises are averages over time; a single season may differ.`,
);
