/**
 * Three models trained alike from different seeds: does their mean make fewer mistakes, does it know better which answers
 * are wrong, and does it tell the two kinds of doubt apart?
 */
import { type ConditionalTransformerEnsemble, ensembleOf } from "@credence/train/ensemble";
import { expectedCalibrationError } from "credence/calibration";
import { bootstrap, type Estimate, meanEstimate, proportionEstimate } from "credence/estimate";
import { aurc, errorDetectionAuroc } from "credence/selective";
import { type Answer, answersOf, confidencesOf, type Kinds, rightOf, shown, stemsOf } from "./answers.js";

/** Prints the comparison with the first member, whose answers to the words are known. */
export async function compareWithEnsemble(
  ensemble: ConditionalTransformerEnsemble,
  alone: readonly Answer[],
  kinds: Kinds,
): Promise<void> {
  const members = [alone];
  for (const member of ensemble.members.slice(1)) members.push(await answersOf(member, alone));
  const together = await answersOf(ensemble, alone);
  compareMistakes(members, together);
  compareConfidences(alone, together);

  // Doubt about the same answers, those of the three together.
  const items = together.map(({ word, found }) => ({ source: word, target: found[0].tokens }));
  const [one] = ensemble.members;
  const doubt: Doubt = {
    probabilityOfOne: (await one.logProbability(items)).map(Math.exp),
    entropyOfOne: (await ensembleOf([one]).uncertainty(items)).map(({ total }) => sum(total)),
    ...inParts(await ensemble.uncertainty(items)),
  };
  compareDoubts(together, doubt);
  showKinds(together, doubt, kinds);
  showWords(members, together, doubt);
}

/** For each answer; entropies, in nats, are summed over its phonemes and its end. */
interface Doubt {
  readonly probabilityOfOne: ArrayLike<number>;
  readonly entropyOfOne: readonly number[];
  readonly total: readonly number[];
  readonly aleatoric: readonly number[];
  readonly epistemic: readonly number[];
}

type Parts = Awaited<ReturnType<ConditionalTransformerEnsemble["uncertainty"]>>;
const inParts = (all: Parts) => ({
  total: all.map(({ total }) => sum(total)),
  aleatoric: all.map(({ aleatoric }) => sum(aleatoric)),
  epistemic: all.map(({ epistemic }) => sum(epistemic)),
});

function compareMistakes(members: readonly (readonly Answer[])[], together: readonly Answer[]): void {
  const grouped = { groups: stemsOf(together) };
  const wrong = (answers: readonly Answer[]) => answers.map(({ right }) => Number(!right));
  const each = members.map(wrong);
  const mean = together.map((_, i) => each.reduce((total, own) => total + own[i], 0) / each.length);
  const less = (other: readonly number[]) =>
    meanEstimate(
      wrong(together).map((w, i) => w - other[i]),
      grouped,
    );
  console.log("\nThree models: wrong answers, most probable of a beam of 4");
  each.forEach((own, i) => {
    row(`model ${i + 1}`, shown(proportionEstimate(own, grouped)));
  });
  row("all three, mean of their probabilities", shown(proportionEstimate(wrong(together), grouped)));
  row("  less model 1, word by word", shown(less(each[0])));
  row("  less the mean of the three", shown(less(mean)));
}

function compareConfidences(alone: readonly Answer[], together: readonly Answer[]): void {
  const grouped = { groups: stemsOf(together) };
  const both = [alone, together].map((answers): Ranking => [confidencesOf(answers), rightOf(answers)]);
  console.log("\nEach one's own answers, their probability as confidence, nothing fitted");
  row("", "model 1", "all three", "difference, paired");
  for (const [name, statistic] of Object.entries(RANKINGS))
    row(
      name,
      ...both.map((ranking) => decimals(statistic(...ranking, grouped))),
      decimals(difference(statistic, both[1], both[0], grouped.groups)),
    );
  const perWord = (name: string, of: (answer: Answer) => number) => {
    const [one, three] = [alone.map(of), together.map(of)];
    const paired = three.map((v, i) => v - one[i]);
    row(name, ...[one, three, paired].map((values) => decimals(meanEstimate(values, grouped))));
  };
  perWord("Brier score", ({ confidence, right }) => (confidence - Number(right)) ** 2);
  perWord("mean confidence less share right", ({ confidence, right }) => confidence - Number(right));
  // Its difference gets no interval: near zero it is not smooth enough for the bootstrap.
  row("calibration error", ...both.map((ranking) => decimals(expectedCalibrationError(...ranking, grouped))));
}

function compareDoubts(together: readonly Answer[], doubt: Doubt): void {
  const groups = stemsOf(together);
  const right = rightOf(together);
  // Only the order counts; a confidence lies in [0, 1].
  const certain = (entropies: readonly number[]) => entropies.map((h) => Math.exp(-h));
  const probability = Array.from(doubt.probabilityOfOne, (p) => Math.min(1, p));
  const entropy = certain(doubt.entropyOfOne);
  const scores: readonly [string, readonly number[], (readonly number[])?][] = [
    ["probability, model 1", probability],
    ["probability, all three", confidencesOf(together), probability],
    ["entropy, model 1", entropy],
    ["entropy, all three", certain(doubt.total), entropy],
    ["  its aleatoric part", certain(doubt.aleatoric), entropy],
    ["  its epistemic part", certain(doubt.epistemic), entropy],
  ];
  console.log("\nWhich answers of the three together are wrong? By what tells it");
  row("", "AUROC", "AURC", "AUROC less model 1's");
  for (const [name, score, reference] of scores)
    row(
      name,
      ...Object.values(RANKINGS).map((statistic) => decimals(statistic(score, right, { groups }))),
      reference ? decimals(difference(errorDetectionAuroc, [score, right], [reference, right], groups)) : "",
    );
}

function showKinds(together: readonly Answer[], { aleatoric, epistemic }: Doubt, kinds: Kinds): void {
  console.log(
    "\nWhy they doubt: entropy along the answer in nats, and which share of it is their disagreement",
  );
  row("", "aleatoric", "epistemic", "epistemic share");
  for (const [name, is] of Object.entries(kinds)) {
    const those = together.flatMap((answer, i) => (is(answer) ? [i] : []));
    if (those.length < 2) continue;
    const own = { groups: those.map((i) => together[i].stem) };
    const [a, e] = [aleatoric, epistemic].map((part) => those.map((i) => part[i]));
    const share = bootstrap(
      those.length,
      (rows) => {
        const total = (part: readonly number[]) => rows.reduce((all, i) => all + part[i], 0);
        return total(e) / (total(e) + total(a));
      },
      own,
    );
    row(name, decimals(meanEstimate(a, own)), decimals(meanEstimate(e, own)), shown(share));
  }
}

function showWords(
  members: readonly (readonly Answer[])[],
  together: readonly Answer[],
  { aleatoric, epistemic }: Doubt,
): void {
  const show = (i: number) => {
    const first = (answers: readonly Answer[]) =>
      `${answers[i].found[0].tokens.join(" ")} (${answers[i].confidence.toFixed(2)})`;
    const { word, pronunciations } = together[i];
    console.log(
      `  ${word}: aleatoric ${aleatoric[i].toFixed(2)}, epistemic ${epistemic[i].toFixed(2)}; listed ` +
        `${pronunciations.map((p) => p.join(" ")).join(", ")}\n    each: ${members.map(first).join(", ")}\n` +
        `    together: ${first(together)}`,
    );
  };
  const byDisagreement = together.map((_, i) => i).sort((i, j) => epistemic[j] - epistemic[i]);
  console.log("\nWords on which they disagree most");
  byDisagreement.slice(0, 3).forEach(show);
  console.log(
    "Words about which they agree to be unsure: most aleatoric, of the half with less disagreement",
  );
  byDisagreement
    .slice(Math.ceil(together.length / 2))
    .sort((i, j) => aleatoric[j] - aleatoric[i])
    .slice(0, 3)
    .forEach(show);
}

type Ranking = readonly [confidences: readonly number[], right: readonly boolean[]];
const RANKINGS = {
  "AUROC, wrong answers told from right": errorDetectionAuroc,
  "area under risk–coverage": aurc,
};

/** A statistic of one ranking less that of another, both over the same draws of stems. */
function difference(
  statistic: typeof errorDetectionAuroc,
  ranking: Ranking,
  reference: Ranking,
  groups: readonly string[],
): Estimate {
  const at = ([confidences, right]: Ranking, rows: Int32Array) =>
    statistic(
      Array.from(rows, (i) => confidences[i]),
      Array.from(rows, (i) => right[i]),
      { interval: false },
    ).value;
  const options = { groups, resamples: 500, kind: "percentile" } as const;
  return bootstrap(groups.length, (rows) => at(ranking, rows) - at(reference, rows), options);
}

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

const decimals = ({ value, interval }: Estimate) =>
  `${value.toFixed(3)} [${interval?.map((v) => v.toFixed(3)).join(", ")}]`;

function row(name: string, ...cells: readonly string[]): void {
  console.log(`  ${name.padEnd(41)}${cells.map((cell) => cell.padEnd(25)).join("")}`.trimEnd());
}
