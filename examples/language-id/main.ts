/**
 * Which language is this? fastText answers with a list of languages. Conformal prediction turns the list into a set that
 * contains the truth at a promised rate; a novelty test finds the documents whose language the models do not know.
 */
import { join } from "node:path";
import { expectedCalibrationError } from "credence/calibration";
import { conformalThreshold } from "credence/conformal";
import { type Estimate, proportionEstimate, splitRows } from "credence/estimate";
import { detectionMetrics, noveltyTest } from "credence/novelty";
import { readJsonLines } from "../readJsonLines.js";

interface Answer {
  readonly model: string;
  readonly truth: string;
  readonly known: boolean;
  readonly predicted: string;
  readonly correct: boolean;
  readonly confidence: number;
  readonly words: number;
  readonly document: string;
  readonly top: readonly { readonly label: string; readonly probability: number }[] | null;
}

const all = readJsonLines<Answer>(join(import.meta.dirname, "data/language-id.jsonl.gz"));
const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
const shown = ({ value, interval }: Estimate) =>
  `${percent(value).padStart(6)} [${interval?.map(percent).join(", ")}]`;
const lengths = [4, 8, 16];

console.log("Calibration error where the model knows the language, by document");
for (const model of ["fasttext-lid176", "cld3"]) {
  const rows = all.filter((row) => row.model === model && row.known);
  const error = expectedCalibrationError(
    rows.map((row) => row.confidence),
    rows.map((row) => row.correct),
    { groups: rows.map((row) => row.document) },
  );
  console.log(`  ${model.padEnd(16)} ${shown(error)}`);
}

// Sets from fastText's 25 best. A language beyond them could be any: its score is infinite, and so is a set that must
// reach it. (Of shorter snippets so many have their language beyond the 25 that no finite set could promise 90 %.) The
// promise is for a new document, so documents are the groups and are never torn apart.
const rows = all.filter((row) => row.top !== null && row.known && row.words >= lengths[0]);
const scores = rows.map(
  (row) => 1 - (row.top?.find(({ label }) => label === row.truth)?.probability ?? -Infinity),
);
const { calibrate, test } = splitRows(
  [scores.map(Number.isFinite), rows.map((row) => row.words)],
  { calibrate: 0.5, test: 0.5 },
  { groups: rows.map((row) => row.document) },
);

for (const alpha of [0.1, 0.05]) {
  console.log(
    `\nSets that contain the language in ${percent(1 - alpha)} of documents' snippets: coverage, and what the sets say`,
  );
  const one = thresholdFor(calibrate.take(rows), calibrate.take(scores), alpha);
  tell("any length, one threshold", test.take(rows), test.take(scores), one);
  console.log(
    "                              one threshold                        a threshold per length (Mondrian)",
  );
  for (const words of lengths) {
    const of = (part: typeof test) => {
      const indices = Array.from(part.indices).filter((i) => rows[i].words === words);
      return [indices.map((i) => rows[i]), indices.map((i) => scores[i])] as const;
    };
    const own = thresholdFor(...of(calibrate), alpha);
    console.log(
      `  ${String(words).padStart(2)} words  ${describe(...of(test), one)}    ${describe(...of(test), own)}`,
    );
  }
}

/** The largest share of a document's confidence that goes to one language: low where its snippets get different names. */
function agreement(answers: readonly Answer[]): number {
  const votes = new Map<string, number>();
  for (const { predicted, confidence } of answers)
    votes.set(predicted, (votes.get(predicted) ?? 0) + confidence);
  return Math.max(...votes.values()) / answers.length;
}

function thresholdFor(part: readonly Answer[], partScores: readonly number[], alpha: number): number {
  return conformalThreshold(partScores, alpha, { groups: part.map((row) => row.document) }).threshold;
}

function tell(name: string, part: readonly Answer[], partScores: readonly number[], threshold: number): void {
  console.log(`  ${name}: ${describe(part, partScores, threshold)}`);
}

function describe(part: readonly Answer[], partScores: readonly number[], threshold: number): string {
  const covered = proportionEstimate(
    partScores.map((score) => score <= threshold),
    { groups: part.map((row) => row.document) },
  );
  if (threshold === Infinity) return `${shown(covered)}, says nothing`.padEnd(44);
  const sizes = part.map(
    (row) => row.top?.filter(({ probability }) => 1 - probability <= threshold).length ?? 0,
  );
  return `${shown(covered)}, ${(sizes.reduce((a, b) => a + b, 0) / sizes.length).toFixed(1)} languages`.padEnd(
    44,
  );
}

console.log(
  "\nDocuments in a language the model does not know, found by how surely its snippets get one name",
);
for (const model of ["fasttext-lid176", "cld3"]) {
  const documents = new Map<string, Answer[]>();
  for (const row of all.filter((answer) => answer.model === model && answer.words >= lengths[0]))
    documents.set(row.document, [...(documents.get(row.document) ?? []), row]);
  const list = [...documents.values()].map((answers) => ({
    known: answers[0].known,
    score: agreement(answers),
  }));
  const known = list.filter((document) => document.known).map(({ score }) => score);
  const novel = list.filter((document) => !document.known).map(({ score }) => score);
  const { auroc, fpr } = detectionMetrics(known, novel);
  const parts = splitRows([known], { calibrate: 0.5, test: 0.5 });
  const held = [...parts.test.takeNumbers(known)];
  const { novel: called } = noveltyTest(parts.calibrate.takeNumbers(known), [...held, ...novel], {
    rate: 0.1,
  });
  const right = called.filter((i) => i >= held.length).length;
  console.log(`  ${model.padEnd(16)} AUROC ${shown(auroc)}, false positives at 95 % ${shown(fpr)}`);
  console.log(
    `  ${"".padEnd(16)} called novel at a false discovery rate of 10 %: ${called.length}, of which ${right} are (${novel.length} in all)`,
  );
}

console.log(
  "\nEach promise holds on average over documents, not for each language: a language that the model hardly ever names is missed nearly always.",
);
