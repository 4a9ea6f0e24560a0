/**
 * A ring of eight modes whose density is known. How close does a flow come to it, and how sure can one be that a
 * diffusion model comes close: does the next training give as good a model as the last? `npm run examples -- ring`, some
 * seconds, from committed weights and samples; `train.ts` makes them.
 */
import { join } from "node:path";
import { load } from "@credence/train/models";
import {
  type Estimate,
  jackknife,
  jackknifeInterval,
  jackknifeStrata,
  meanEstimate,
} from "credence/estimate";
import { type EnsemblePrecisionRecall, ensemblePrecisionRecall } from "credence/fidelity";
import { cells, datasetOf, readSamples, recipe, referenceSample } from "./experiment.js";
import { ringLogDensity, sampleRing } from "./ring.js";

// One: the flow, with its exact density.
const fresh = sampleRing(10_000, 2);
const flow = await load(join(import.meta.dirname, "../models/ring-flow"), "flow");
const truth = ringLogDensity(fresh);
const learnt = await flow.logProbability(fresh);
const drawn = ringLogDensity(await flow.sample(10_000, { seed: 1 }));
await flow.release();
console.log(`A spline flow, on ${fresh.rows} fresh points, in nats a point:`);
console.log(`  true log-likelihood            ${show(meanEstimate(truth), 4)}`);
console.log(`  true less flow, point by point ${show(meanEstimate(truth.map((v, i) => v - learnt[i])), 4)}`);
console.log(
  `  ${((100 * drawn.filter(Number.isFinite).length) / drawn.length).toFixed(1)} % of its samples lie within a mode\n`,
);

// Two: many trainings of diffusion models.
const paper: { readonly [cell: string]: string } = {
  "depth-1": ".829 ± .208   .424",
  "depth-2": ".964 ± .023   .057",
  "depth-4": ".976 ± .016   .039",
  "depth-8": ".869 ± .250   .546",
};
const reference = referenceSample();
const found = cells.flatMap((cell) => {
  const samples = readSamples(cell);
  if (samples.length < 2) return [];
  const sets = Array.from(samples, (_, member) => datasetOf(cell, member));
  // The split by training set needs the sets complete.
  const even =
    cell.together === Infinity ? samples.length : samples.length - (samples.length % cell.together);
  const result = ensemblePrecisionRecall(reference, samples.slice(0, even), {
    angles: 100,
    ...(new Set(sets.slice(0, even)).size > 1 && { datasets: sets.slice(0, even) }),
  });
  return [{ name: cell.name, result, aucs: result.members.map(({ summary }) => summary.auc) }];
});
console.log(
  `Diffusion models: ${recipe.steps} steps of ${recipe.batchSize} points, Adam ${recipe.learningRate}, ${recipe.noiseSteps} noise steps (cosine), ${recipe.samples} samples each.`,
);
console.log(
  "Area under the precision–recall curve; 95 % intervals. The paper trained longer (see the README).\n",
);
console.log(
  `${"".padEnd(13)}${"M".padEnd(4)}${"mean".padEnd(26)}${"sd".padEnd(26)}${"worst".padEnd(8)}${"band".padEnd(8)}paper: mean ± sd, band`,
);
for (const { name, result, aucs } of found) {
  const row = [
    name.padEnd(13),
    String(aucs.length).padEnd(4),
    show(result.summary.auc, 3).padEnd(26),
    show(spread(aucs), 4).padEnd(26),
    Math.min(...aucs)
      .toFixed(3)
      .padEnd(8),
    result.vertical.bandArea.toFixed(3).padEnd(8),
    paper[name] ?? "",
  ];
  console.log(row.join(""));
}
const floor = found[0]?.result.noiseFloor;
console.log(
  `${"real data".padEnd(17)}${floor?.summary.auc.toFixed(3)}  (one half against the other: the best to be seen)\n`,
);

console.log("Where the spread comes from, as standard deviations of the area:");
console.log(
  `${"".padEnd(13)}${"seed".padEnd(26)}${"training data".padEnd(26)}${"sample".padEnd(10)}reference`,
);
for (const { name, result } of found) {
  const { seed, data, generated, reference: from } = result.components.auc;
  const part = (parts: EnsemblePrecisionRecall["components"]["auc"]["data"]) =>
    parts
      ? `${Math.sqrt(parts.value).toFixed(4)} [${parts.interval.map((v) => Math.sqrt(v).toFixed(4)).join(", ")}]`
      : "–";
  const root = (variance: { value: number } | null) =>
    variance ? Math.sqrt(variance.value).toFixed(4) : "–";
  console.log(
    name.padEnd(13) + part(seed).padEnd(26) + part(data).padEnd(26) + root(generated).padEnd(10) + root(from),
  );
}

// Three: are the middle depths surest, and does one time for a whole batch make trainings differ more?
const aucsOf = (...names: string[]) =>
  names.map((name) => found.find((entry) => entry.name === name)?.aucs ?? []);
compare("Depths 2 and 4 against 1 and 8 (the paper: higher mean, smaller spread)", [
  aucsOf("depth-2", "depth-4"),
  aucsOf("depth-1", "depth-8"),
]);
compare("Depth 4, one noise time for a batch against one for each point", [
  aucsOf("per-batch"),
  aucsOf("depth-4"),
]);
compare("The same, and the last step as it comes, against that with a falling rate and averaged weights", [
  aucsOf("unsettled-4"),
  aucsOf("per-batch"),
]);
compare("Last steps as they come: depths 2 and 4 against 1 and 8", [
  aucsOf("unsettled-2", "unsettled-4"),
  aucsOf("unsettled-1", "unsettled-8"),
]);
compare("Depth 4, 2500 points against 10 000", [aucsOf("points-2500"), aucsOf("depth-4")]);

type Trainings = readonly (readonly number[])[];

function compare(title: string, sides: readonly [Trainings, Trainings]): void {
  const fewest = Math.min(...sides.flat().map(({ length }) => length));
  if (fewest < 3) return;
  const ratio = contrast(sides, (aucs) => Math.log(deviation(aucs)));
  console.log(`\n${title}; at least ${fewest} trainings each:`);
  console.log(`  difference of means            ${show(contrast(sides, mean), 3)}`);
  console.log(`  ratio of standard deviations   ${show(exponential(ratio), 2)}`);
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - center) ** 2, 0) / (values.length - 1));
}

/** A statistic's mean over the groups of one side less that of the other, by leaving out trainings. */
function contrast(
  [left, right]: readonly [Trainings, Trainings],
  statistic: (values: readonly number[]) => number,
): Estimate {
  const groups = [...left, ...right];
  const chosen = (rows: Int32Array, group: readonly number[]) => Array.from(rows, (row) => group[row]);
  const [found] = jackknifeStrata(
    groups.map(({ length }) => ({ rows: length })),
    (rows) => {
      const values = rows.map((part, g) => statistic(chosen(part, groups[g])));
      return [mean(values.slice(0, left.length)) - mean(values.slice(left.length))];
    },
    { blocks: Math.min(...groups.map(({ length }) => length)) },
  );
  const n = groups.flat().length;
  return {
    value: found.value,
    interval: jackknifeInterval(found, 0.95),
    level: 0.95,
    method: "jackknife",
    n,
  };
}

/** The standard deviation over trainings, by the jackknife of its logarithm. */
function spread(aucs: readonly number[]): Estimate {
  if (aucs.length < 3)
    return { value: deviation(aucs), interval: [0, Infinity], level: 0.95, method: "none", n: aucs.length };
  return exponential(
    jackknife(aucs.length, (rows) => Math.log(deviation(Array.from(rows, (row) => aucs[row])))),
  );
}

/** A logarithm's estimate as that of the number itself. */
function exponential(log: Estimate): Estimate {
  const [low, high] = log.interval as readonly [number, number];
  return { ...log, value: Math.exp(log.value), interval: [Math.exp(low), Math.exp(high)] };
}

function show({ value, interval }: Estimate, decimals: number): string {
  const [low, high] = (interval as readonly [number, number]).map((v) => v.toFixed(decimals));
  return `${value.toFixed(decimals)} [${low}, ${high}]`;
}
