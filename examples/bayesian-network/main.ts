/**
 * Bayesian networks: is the structure found, are the answers exact, and what do four years of weather in Seattle say?
 * `npm run examples -- bayesian-network`, a minute; `npx tsx examples/bayesian-network/main.ts --quick` less than half of it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BayesianNetwork,
  bayesianNetwork,
  cpdagOf,
  type Edge,
  structuralHammingDistance,
  type Table,
} from "@credence/train/models";
import { bootstrap, type Estimate, proportionEstimate } from "credence/estimate";
import { createRandom, type Random, sampleInteger } from "credence/numeric";

const quick = process.argv.includes("--quick");

// ── A known network: eight variables of three levels. ───────────────────────────────────────────────────────────────
const EDGES: Edge[] = ["ab", "ac", "bd", "cd", "de", "fe", "fg", "eh"].map(([from, to]) => [from, to]);
const NAMES = [..."afbcdegh"]; // every parent before its children

/** Rows in which a child is, four times in five, the sum of its parents and a shift, modulo 3; a root prefers one level. */
function draw(rows: number, random: Random, names = NAMES, edges = EDGES): { [name: string]: number[] } {
  const shift = names.map(() => sampleInteger(random, 3));
  const table: { [name: string]: number[] } = Object.fromEntries(names.map((name) => [name, []]));
  for (let i = 0; i < rows; i++)
    names.forEach((name, k) => {
      const parents = edges.filter(([, child]) => child === name).map(([parent]) => table[parent][i]);
      const likeliest = parents.reduce((a, b) => a + b, shift[k]) % 3;
      const certain = random.uniform() < (parents.length > 0 ? 0.7 : 0.3);
      table[name].push(certain ? likeliest : sampleInteger(random, 3));
    });
  return table;
}

const seeds = quick ? 5 : 20;
const distances: number[] = [];
let model: BayesianNetwork | undefined;
for (let seed = 0; seed < seeds; seed++) {
  const table = draw(5000, createRandom(seed));
  model = await bayesianNetwork({ discrete: "all" }).train(table, { seed });
  distances.push(structuralHammingDistance(model.cpdag, cpdagOf(EDGES)));
}
console.log(
  "Structure: hill climbing on 5 000 rows; edges of the CPDAG that differ from the truth's, by seed\n",
);
console.log(`  ${distances.join(" ")}`);
console.log(`  at most one: ${show(proportionEstimate(distances.map((d) => d <= 1)))}  (exact binomial)\n`);

// ── Chow–Liu against every tree there is. ───────────────────────────────────────────────────────────────────────────
/** All trees on these names, from their Prüfer codes. */
function trees(names: readonly string[]): Edge[][] {
  const d = names.length;
  return Array.from({ length: d ** (d - 2) }, (_, code) => {
    const digits = Array.from({ length: d - 2 }, (__, k) => Math.floor(code / d ** k) % d);
    const degree = names.map((__, i) => 1 + digits.filter((x) => x === i).length);
    const links = digits.map((to): [number, number] => {
      const leaf = degree.indexOf(1);
      degree[leaf]--;
      degree[to]--;
      return [leaf, to];
    });
    const [a, b] = degree.flatMap((left, i) => (left === 1 ? [i] : []));
    return away(names, [...links, [a, b]]);
  });
}

/** The links of a tree, directed away from the first name. */
function away(names: readonly string[], links: readonly [number, number][]): Edge[] {
  const reached = [0];
  const edges: Edge[] = [];
  for (const at of reached)
    for (const [a, b] of links) {
      const to = a === at ? b : b === at ? a : -1;
      if (to < 0 || reached.includes(to)) continue;
      reached.push(to);
      edges.push([names[at], names[to]]);
    }
  return edges;
}

const five = [..."abcde"];
const loop: Edge[] = ["ab", "ac", "bd", "cd", "de"].map(([from, to]) => [from, to]);
const checks = quick ? 3 : 10;
let best = 0;
for (let seed = 0; seed < checks; seed++) {
  const table = draw(200, createRandom(100 + seed), five, loop);
  const likelihood = async (structure: "chow-liu" | Edge[]) => {
    const tree = await bayesianNetwork({ discrete: "all", structure, equivalentSampleSize: 0 }).train(table);
    return (await tree.logProbability(table)).reduce((a, b) => a + b, 0);
  };
  const all: number[] = [];
  for (const tree of trees(five)) all.push(await likelihood(tree));
  if ((await likelihood("chow-liu")) >= Math.max(...all) - 1e-9) best++;
}
console.log(
  `Chow–Liu: the likeliest of all 125 trees on five variables in ${best} of ${checks} tables of 200 rows\n`,
);

// ── Variable elimination against enumeration. ───────────────────────────────────────────────────────────────────────
/** P(row) straight from the definition: the product of the families' tables. */
function product({ network, variables }: BayesianNetwork, row: readonly number[]): number {
  return network.families.reduce((p, family, i) => {
    if (family.kind !== "discrete") throw new Error("all variables here are discrete");
    const levels = variables[i].kind === "discrete" ? variables[i].levels.length : 0;
    return p * family.table[family.discreteParents.reduce((c, q) => c * 3 + row[q], 0) * levels + row[i]];
  }, 1);
}

const learnt = model as BayesianNetwork;
const rows = Array.from({ length: 3 ** 8 }, (_, code) => NAMES.map((__, k) => Math.floor(code / 3 ** k) % 3));
const joint = rows.map((row) => product(learnt, row));
let worst = 0;
let asked = 0;
for (let known = 0; known < 8; known++)
  for (let query = 0; query < 8; query++) {
    if (query === known) continue;
    const exact = [0, 0, 0];
    rows.forEach((row, r) => {
      if (row[known] === 2) exact[row[query]] += joint[r];
    });
    const total = exact.reduce((a, b) => a + b);
    const [a, b] = [learnt.variables[known].name, learnt.variables[query].name];
    learnt.posterior(b, { [a]: 2 }).probabilities.forEach((p, level) => {
      worst = Math.max(worst, Math.abs(p - exact[level] / total));
    });
    asked++;
  }
console.log(
  `Inference: ${asked} posteriors against sums over all ${rows.length} rows; largest difference ${worst.toExponential(1)}\n`,
);

// ── Seattle, 2012 to 2015. ──────────────────────────────────────────────────────────────────────────────────────────
const [header, ...lines] = readFileSync(
  join(import.meta.dirname, "../weather/data/seattle-weather.csv"),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => line.split(","));
const column = (name: string) => lines.map((cells) => cells[header.indexOf(name)]);
const months = column("date").map((date) => date.slice(0, 7));
const seasons = ["winter", "spring", "summer", "autumn"];
const weather = {
  season: months.map((month) => seasons[Math.floor((Number(month.slice(5)) % 12) / 3)]),
  wet: column("precipitation").map((mm) => (Number(mm) > 0 ? "wet" : "dry")),
  highest: column("temp_max").map(Number),
  lowest: column("temp_min").map(Number),
  logWind: column("wind").map((speed) => Math.log(Number(speed))),
};
const days = bayesianNetwork();
const resamples = quick ? 20 : 100;
console.log(
  `Seattle, ${lines.length} days: season, rain, highest and lowest temperature, wind. Days of a month are alike, so whole months are resampled.\n`,
);
console.log(
  `  edge                 found again    in this direction (${resamples} resamples of ${new Set(months).size} months)`,
);
for (const { edge, strength, direction } of await days.edgeStrengths(weather, {
  resamples,
  groups: months,
  seed: 1,
}))
  console.log(
    `  ${edge.join(" → ").padEnd(20)} ${percent(strength.value).padStart(7)}        ${percent(direction).padStart(7)}`,
  );

const byDay = await days.train(weather, { seed: 1 });
const byMonth = await days.train(weather, { seed: 1, groups: months });
console.log("\n  chance of rain               days as if independent    months together");
for (const evidence of [
  { season: "winter" },
  { season: "winter", highest: 4, lowest: -2 },
  { season: "winter", highest: 9, lowest: 6 },
  { season: "summer", highest: 22, lowest: 14 },
]) {
  const [day, month] = [byDay, byMonth].map((of) => of.estimate({ wet: "wet" }, evidence));
  const given = Object.values(evidence).join(", ");
  console.log(`  ${given.padEnd(28)} ${show(day).padEnd(25)} ${show(month)}`);
}
const { aleatoric, epistemic } = byMonth.uncertainty("wet", { season: "winter", highest: 4, lowest: -2 });
console.log(
  `\n  winter, 4, −2: ${aleatoric.toFixed(3)} nats are the weather's own (aleatoric), ${epistemic.toFixed(4)} what more months would tell (epistemic)\n`,
);

// ── Entries hidden, and filled in. ──────────────────────────────────────────────────────────────────────────────────
const random = createRandom(2);
const holes: Table = Object.fromEntries(
  Object.entries(weather).map(([name, cells]) => [
    name,
    cells.map((cell) => (name !== "season" && random.uniform() < 0.1 ? null : cell)),
  ]),
);
const cells = holes as { [name: string]: (string | number | null)[] };
const filled = await (await days.train(holes, { seed: 1 })).impute(holes);
console.log("  a tenth of the entries hidden, then filled in; errors with months resampled\n");
for (const name of ["highest", "lowest", "logWind"] as const) {
  const hidden = cells[name].flatMap((cell, i) => (cell === null ? [i] : []));
  const known = weather[name].filter((_, i) => cells[name][i] !== null);
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const rmse = (guess: (i: number) => number) =>
    bootstrap(
      hidden.length,
      (sample) =>
        Math.sqrt(
          sample.reduce((sum, k) => sum + (guess(hidden[k]) - weather[name][hidden[k]]) ** 2, 0) /
            sample.length,
        ),
      { groups: hidden.map((i) => months[i]), kind: "percentile" },
    );
  const [network, plain] = [rmse((i) => filled[name][i] as number), rmse(() => mean)];
  console.log(
    `  ${name.padEnd(8)} RMSE ${show(network, String).padEnd(22)} the column's mean: ${show(plain, String)}`,
  );
}
{
  const hidden = cells.wet.flatMap((cell, i) => (cell === null ? [i] : []));
  const groups = hidden.map((i) => months[i]);
  const right = (guess: (i: number) => unknown) =>
    show(
      proportionEstimate(
        hidden.map((i) => guess(i) === weather.wet[i]),
        { groups },
      ),
    );
  console.log(`  wet      right ${right((i) => filled.wet[i])}   always "dry": ${right(() => "dry")}`);
}

function percent(x: number): string {
  return `${(100 * x).toFixed(1)} %`;
}

function show({ value, interval }: Estimate, unit: (x: number) => string = percent): string {
  const text = unit === percent ? percent : (x: number) => x.toFixed(2);
  return `${text(value)} [${interval?.map(text).join(", ")}]`;
}
