import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Seattle's highest temperatures, 1 461 days from 2012-01-01 on, with the season as covariates. */
export function readWeather() {
  const file = new URL("../weather/data/seattle-weather.csv", import.meta.url);
  const [header, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  const column = header.split(",").indexOf("temp_max");
  const values = Float64Array.from(lines, (line) => Number(line.split(",")[column]));
  const covariates = Array.from(values, (_, t) => {
    const year = (2 * Math.PI * t) / 365.25;
    return [Math.sin(year), Math.cos(year), Math.sin(2 * year), Math.cos(2 * year)];
  });
  return { values, covariates };
}

/** The first two years are learnt from; all later days are forecast. */
export const LEARNT = 731;

/** Where the committed weights are. */
export const WEIGHTS = join(import.meta.dirname, "../models/weather-forecaster");
