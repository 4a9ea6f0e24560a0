import {
  crpsGaussian,
  miscalibrationArea,
  pit,
  pitHistogram,
  quantileCalibration,
  sharpness,
} from "credence/forecast";
import type { Predictions } from "./intervalRows.js";
import type { ForecastReport } from "./regression.js";

/** Promised shares from 0 to 1 in steps of 2.5 %: 50 %, 90 % and 95 % are among them. */
const LEVELS = 41;

/** Normal forecasts, judged on all rows; null without an sd. */
export function computeForecast(
  { prediction: mean, sd, observed, clusters }: Predictions,
  { level, seed }: { level: number; seed: number },
): ForecastReport | null {
  if (!sd) return null;
  const estimation = { level, seed, ...(clusters && { groups: clusters }) };
  const pits = pit({ mean, sd }, observed);
  const { counts, pointwise, simultaneous, test } = pitHistogram(pits, estimation);
  const lists = ([low, high]: typeof pointwise) => [Array.from(low), Array.from(high)] as const;
  return {
    crps: crpsGaussian(mean, sd, observed, estimation),
    sharpness: sharpness(sd, estimation),
    miscalibrationArea: miscalibrationArea(pits, { ...estimation, levels: LEVELS }),
    pit: {
      counts: Array.from(counts),
      pointwise: lists(pointwise),
      simultaneous: lists(simultaneous),
      test: { ...test, statistic: Number.isNaN(test.statistic) ? Infinity : test.statistic },
    },
    quantileCalibration: quantileCalibration(pits, { ...estimation, levels: LEVELS }),
  };
}
