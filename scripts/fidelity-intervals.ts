/**
 * npx tsx scripts/fidelity-intervals.ts [REPETITIONS] [NAME…]: how often each interval of credence/fidelity holds the
 * truth, with the percentile bootstrap beside it. Without names it writes docs/coverage-fidelity.md.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type IntervalCase,
  intervalCases,
  type MeasuredCoverage,
  measureCoverage,
  naiveBootstrap,
  truthOf,
} from "../packages/credence/src/fidelity/intervals.test-support.js";
import { createRandom } from "../packages/credence/src/numeric/random.js";

const [, , repetitionsText = "300", ...names] = process.argv;
const repetitions = Number(repetitionsText);
const level = 0.9;
const naiveRepetitions = Math.ceil(repetitions / 2);
const naiveResamples = 50;

const head = [
  "# Coverage of the intervals in `credence/fidelity`",
  "",
  `Made by \`npx tsx scripts/fidelity-intervals.ts ${repetitions}\`: ${repetitions} samples each (${naiveRepetitions} for the bootstrap, ${naiveResamples} resamples), nominal coverage 90 %.`,
  "The truth is the population's value where it is a number of the distribution, else the expected value at this sample",
  'size, found by simulation. "Low" counts intervals that lay wholly below the truth, "high" wholly above.',
  "",
  "| metric | method | truth | coverage | low | high | mean width | percentile bootstrap: coverage | low | high |",
  "|---|---|---|---|---|---|---|---|---|---|",
];
const lines = [...head];
console.log(head.join("\n"));
for (const test of intervalCases.filter(
  ({ name }) => names.length === 0 || names.some((wanted) => name.includes(wanted)),
)) {
  lines.push(row(test));
  console.log(lines.at(-1));
}
const spread = 100 * Math.sqrt((level * (1 - level)) / repetitions);
lines.push(
  "",
  `The standard error of a coverage in this table is ${spread.toFixed(1)} points. Intervals of variance components (modified large`,
  "sample) are simulated in the tests, with planted variances.",
);
if (names.length === 0)
  writeFileSync(join(import.meta.dirname, "../docs/coverage-fidelity.md"), `${lines.join("\n")}\n`);

function row(test: IntervalCase): string {
  const truth = truthOf(test, createRandom(1), 400);
  const ours = measureCoverage(test, truth, repetitions, level, createRandom(2));
  const naive = measureCoverage(
    test,
    truth,
    naiveRepetitions,
    level,
    createRandom(2),
    naiveBootstrap(test, level, naiveResamples, createRandom(3)),
  );
  const share = ({ covered, below, above, repetitions: total }: MeasuredCoverage) =>
    [covered, below, above].map((count) => `${((100 * count) / total).toFixed(1)} %`).join(" | ");
  return `| ${test.name} | ${ours.method} | ${truth.toPrecision(4)} | ${share(ours)} | ${ours.width.toPrecision(3)} | ${share(naive)} |`;
}
