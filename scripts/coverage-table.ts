/** Writes docs/coverage-ece.md: how often 95 % intervals for the calibration error hold. `npx tsx scripts/coverage-table.ts` */
import { writeFileSync } from "node:fs";
import { bootstrapCalibrationError, ece } from "credence/calibration";
import { createRandom } from "credence/numeric";
import {
  coverageOf,
  designs,
  type draw,
  populationError,
} from "../packages/credence/src/calibration/coverage.test-support.js";

const repetitions = Number(process.argv[2] ?? 2000);
type Interval = readonly [number, number];
type Sample = ReturnType<typeof draw>;

const resampled =
  (kind: "percentile" | "basic") =>
  ({ confidences, outcomes, groups }: Sample) =>
    bootstrapCalibrationError(confidences, outcomes, { kind, groups, resamples: 300 }).interval as Interval;

const methods: Record<string, (sample: Sample) => Interval> = {
  credence: ({ confidences, outcomes, groups }) =>
    ece(confidences, outcomes, { groups }).interval as Interval,
  "percentile bootstrap": resampled("percentile"),
  "basic bootstrap": resampled("basic"),
};

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const names = Object.keys(methods);
const lines = [
  "# Do the intervals for the calibration error hold?",
  "",
  `Share of ${repetitions} simulated samples whose 95 % interval contained the true (population) expected calibration error,`,
  "15 equal-width bins, and in brackets the mean width of the interval. Confidences are uniform on [0, 1]. The truths:",
  "outcomes come true as often as claimed (calibrated); with the log-odds shrunk to 0.8 of those claimed (slope 0.8); 15",
  "points less often in one bin only; p² of the time instead of p (gap in every bin). Clustered rows come in groups of 20",
  "whose confidences and outcomes are alike (normal copula, correlation 0.5), and the groups are passed on.",
  "",
  "The absolute value has no derivative where a bin is calibrated, so the bootstrap fails there, however many resamples",
  "are drawn. `expectedCalibrationError` takes the least and greatest error over a simultaneous region for the gaps of the",
  "bins instead, and the delta method where all gaps are clearly there. The price is an interval that holds too often",
  "where gaps are zero or small.",
  "",
  "Made by `npx tsx scripts/coverage-table.ts`; checked by `npm run test:long` (ece-interval.long.test.ts).",
  "",
  `| truth | n | true ECE | ${names.join(" | ")} |`,
  `|---|---:|---:|${names.map(() => "---:|").join("")}`,
];
for (const { population, n } of designs()) {
  const truth = populationError(population, "l1");
  const cells = names.map((name) => {
    const { coverage, width } = coverageOf(population, n, truth, repetitions, createRandom(n), methods[name]);
    return `${percent(coverage)} (${width.toFixed(3)})`;
  });
  lines.push(`| ${population.name} | ${n} | ${truth.toFixed(3)} | ${cells.join(" | ")} |`);
  console.error(lines[lines.length - 1]);
}
writeFileSync(new URL("../docs/coverage-ece.md", import.meta.url), `${lines.join("\n")}\n`);
