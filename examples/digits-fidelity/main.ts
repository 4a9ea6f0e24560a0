/**
 * Which generator of digits is better, are we sure, and for which digits? Four generators, trained five times each, against
 * 2 000 digits held out, in the features of a digit classifier. `npm run examples -- digits-fidelity` computes everything
 * from the committed features; train.ts makes them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Estimate, meanEstimate } from "credence/estimate";
import { ensemblePrecisionRecall, frechetDistance, prdc } from "credence/fidelity";
import { type Matrix, studentQuantile } from "credence/numeric";
import { digitParts } from "../digits-generators/digitParts.js";
import { readFeatures } from "./features.js";
import { CLASSES, folder, generators, MEMBERS } from "./members.js";

const names = Object.keys(generators);
const facts = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8")) as {
  [member: string]: { recognised: number };
};
const real = readFeatures("reference");
const realClasses = digitParts().test.labels;
const seeds = Array.from({ length: MEMBERS }, (_, i) => i + 1);
const samples = Object.fromEntries(
  names.map((name) => [name, seeds.map((seed) => readFeatures(`${name}-${seed}`))]),
);

console.log(
  `${names.length} generators, ${MEMBERS} trainings each, ${CLASSES.length} samples a training, ${real.rows} digits held out, ${real.columns} features.`,
);
console.log("95 % intervals for the mean over trainings.\n");
const width = 12;
const ensembles = Object.fromEntries(
  names.map((name) => [name, ensemblePrecisionRecall(real, samples[name])]),
);
row("", "read as asked", "area under the", "precision", "coverage", "FID");
row("", "by the classifier", "PR curve", "(k = 5)", "(k = 5)", "");
for (const name of names) {
  const measured = samples[name].map((set) => ({
    ...prdc(real, set, { k: 5, interval: false }),
    fid: frechetDistance(real, set, { interval: false }).value,
  }));
  row(
    name,
    show(meanEstimate(seeds.map((seed) => facts[`${name}-${seed}`].recognised / CLASSES.length))),
    show(ensembles[name].summary.auc),
    show(meanEstimate(measured.map(({ precision }) => precision.value))),
    show(meanEstimate(measured.map(({ coverage }) => coverage.value))),
    show(meanEstimate(measured.map(({ fid }) => fid)), 1),
  );
}
console.log("\nThe best to be seen: one half of the digits held out against the other half,");
for (const [how, set] of [
  ["as they are", real],
  ["as the components in which the flow and the diffusion model draw", readFeatures("components")],
] as const) {
  const [kept, other] = [take(real, (i) => i % 2 === 0), take(set, (i) => i % 2 === 1)];
  const { precision, coverage } = prdc(kept, other, { k: 5, interval: false });
  const fid = frechetDistance(kept, other, { interval: false });
  console.log(
    `  ${how}: precision ${precision.value.toFixed(3)}, coverage ${coverage.value.toFixed(3)}, FID ${fid.value.toFixed(1)}.`,
  );
}
const floor = ensembles[names[0]].noiseFloor?.summary.auc as number;
console.log(`A perfect generator would get an area of ${floor.toFixed(3)} with folds of this size.`);

console.log(
  "\nDifferences of the area, row less column (Welch, over trainings, on the same digits held out):",
);
row("", ...names.slice(0, -1));
names.slice(1).forEach((name, i) => {
  row(name, ...names.slice(0, i + 1).map((other) => show(difference(areas(name), areas(other)))));
});

console.log("\nWhere the spread of the area comes from, as standard deviations:");
for (const name of names) {
  const { seed, generated, reference } = ensembles[name].components.auc;
  row(
    name,
    `training ${deviation(seed?.value)}`,
    `sample ${deviation(generated?.value)}`,
    `reference ${deviation(reference?.value)}`,
  );
}

console.log("\nArea by digit:");
row("", ...names);
for (let digit = 0; digit < 10; digit++) {
  const own = take(real, (i) => realClasses[i] === digit);
  row(
    String(digit),
    ...names.map((name) => {
      const sets = samples[name].map((set) => take(set, (i) => CLASSES[i] === digit));
      return show(ensemblePrecisionRecall(own, sets).summary.auc);
    }),
  );
}

function areas(name: string): number[] {
  return ensembles[name].members.map(({ summary }) => summary.auc);
}

/** The difference of two means over independent trainings, with Welch's interval. */
function difference(a: readonly number[], b: readonly number[]): Estimate {
  const part = (values: readonly number[]) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance =
      values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1) / values.length;
    return { mean, variance };
  };
  const [x, y] = [part(a), part(b)];
  const variance = x.variance + y.variance;
  const df = variance ** 2 / (x.variance ** 2 / (a.length - 1) + y.variance ** 2 / (b.length - 1));
  const half = studentQuantile(0.975, df) * Math.sqrt(variance);
  const value = x.mean - y.mean;
  return {
    value,
    interval: [value - half, value + half],
    level: 0.95,
    method: "welch",
    n: a.length + b.length,
  };
}

function take({ data, columns }: Matrix, wanted: (row: number) => boolean): Matrix {
  const kept = Array.from({ length: data.length / columns }, (_, i) => i).filter(wanted);
  const taken = new Float64Array(kept.length * columns);
  kept.forEach((from, to) => {
    for (let j = 0; j < columns; j++) taken[to * columns + j] = data[from * columns + j];
  });
  return { data: taken, rows: kept.length, columns };
}

function deviation(variance: number | undefined): string {
  return variance === undefined ? "–" : Math.sqrt(Math.max(variance, 0)).toFixed(4);
}

function row(name: string, ...cells: readonly string[]): void {
  console.log(name.padEnd(width) + cells.map((cell) => cell.padEnd(24)).join(""));
}

function show({ value, interval }: Estimate, decimals = 3): string {
  const [low, high] = (interval as readonly [number, number]).map((v) => v.toFixed(decimals));
  return `${value.toFixed(decimals)} [${low}, ${high}]`;
}
