/**
 * How is this word pronounced? A small transformer answers, and says how probable its answer is. Is that probability to
 * be believed, can it be repaired, and from which probability on may answers go out unseen? Words of one stem are never
 * torn apart. `npm run examples -- pronunciation`, with committed weights; `npx tsx examples/pronunciation/main.ts --quick`
 * looks at fewer words.
 */
import { ensembleOf, loadEnsemble } from "@credence/train/ensemble";
import { expectedCalibrationError } from "credence/calibration";
import { meanEstimate, proportionEstimate } from "credence/estimate";
import { createRandom, shuffle } from "credence/numeric";
import { automatic, betaCalibration } from "credence/recalibration";
import { aurc, certifiedThreshold, riskCoverageCurve } from "credence/selective";
import {
  type Answer,
  answersOf,
  confidencesOf,
  isListed,
  kindsOf,
  percent,
  rightOf,
  shown,
  stemsOf,
} from "./answers.js";
import { compareWithEnsemble } from "./ensemble.js";
import { readWords, splitWords, type Word } from "./pronunciations.js";

const quick = process.argv.includes("--quick");
const words = readWords();
const parts = splitWords(words);
const { members } = await loadEnsemble(
  new URL("../models/pronunciation-ensemble", import.meta.url).pathname,
  "conditionalTransformer",
);
const heldOut = ({ card }: (typeof members)[number]) => card.history.at(-1)?.validation ?? Infinity;
/** The one whose loss on the words that watched the training is lowest comes first: it is the one in ../models/pronunciation. */
const ensemble = ensembleOf(members.toSorted((a, b) => heldOut(a) - heldOut(b)));
const [model] = ensemble.members;

const answer = (part: readonly Word[]) => answersOf(model, quick ? someStems(part) : part);

/** A twentieth of the stems, with all their words. */
function someStems(part: readonly Word[]): Word[] {
  const stems = [...new Set(part.map(({ stem }) => stem))];
  const taken = new Set(shuffle(createRandom(1), stems).slice(0, Math.ceil(stems.length / 20)));
  return part.filter(({ stem }) => taken.has(stem));
}

const calibrate = await answer(parts.calibrate.take(words));
const certify = await answer(parts.certify.take(words));
const test = await answer(parts.test.take(words));
const groups = stemsOf(test);
const grouped = { groups };
console.log(
  `${test.length} words of ${new Set(groups).size} stems held out; no word of these stems was trained on. 95 % intervals, by stem.\n`,
);

console.log("Wrong answers: none of the listed pronunciations, stress left aside");
const wrong = (answers: readonly boolean[]) =>
  proportionEstimate(
    answers.map((right) => !right),
    grouped,
  );
console.log(`  most probable of a beam of 4   ${shown(wrong(rightOf(test)))}`);
const greedy = await model.greedy(test.map(({ word }) => word));
console.log(
  `  most probable phoneme by phoneme ${shown(wrong(test.map((word, i) => isListed(word, greedy[i].tokens))))}`,
);
console.log(
  `  none of the beam's four        ${shown(wrong(test.map((word) => word.found.some(({ tokens }) => isListed(word, tokens)))))}\n`,
);

console.log("One phoneme, given the letters and the true phonemes before it");
const tokens = await model.tokenProbabilities(
  test.map(({ word, pronunciations }) => ({ source: word, target: pronunciations[0] })),
  { top: 1 },
);
const places = tokens.flatMap((line, i) =>
  line.map(({ token, top: [best] }) => ({
    stem: test[i].stem,
    right: token === best.token,
    confidence: Math.exp(best.logProbability),
  })),
);
const byPlace = { groups: places.map(({ stem }) => stem) };
console.log(
  `  wrong              ${shown(
    proportionEstimate(
      places.map(({ right }) => !right),
      byPlace,
    ),
  )}`,
);
console.log(
  `  calibration error  ${shown(
    expectedCalibrationError(
      places.map(({ confidence }) => confidence),
      places.map(({ right }) => right),
      byPlace,
    ),
  )}\n`,
);

console.log("A whole answer: its probability as confidence");
const labelled = [confidencesOf(calibrate), rightOf(calibrate)] as const;
const fitting = { groups: stemsOf(calibrate), rows: parts.calibrate.rows };
// Cross-validation asks for a clear gain before it changes anything. Beta calibration is what this example goes on with: a
// small family made for probabilities, in which leaving them alone is one choice (Kull et al. 2017).
const chosen = automatic.fit(...labelled, fitting);
const calibrator = betaCalibration.fit(...labelled, fitting);
const repaired = Array.from(calibrator.predict(confidencesOf(test)));
const right = rightOf(test);
for (const [name, confidences] of [
  ["as it is", confidencesOf(test)],
  [`chosen by cross-validation: ${chosen.parameters.chosen}`, chosen.predict(confidencesOf(test))],
  ["beta calibration", repaired],
] as const) {
  const gap = meanEstimate(
    Array.from(confidences, (c, i) => c - Number(right[i])),
    grouped,
  );
  console.log(
    `  ${name.padEnd(40)} calibration error ${shown(expectedCalibrationError(confidences, right, grouped))}, ` +
      `mean confidence less share right ${shown(gap)}`,
  );
}

console.log("\nAnswers given only where the confidence is high");
console.log(`  area under the risk–coverage curve ${shown(aurc(repaired, right, grouped))}`);
const { points } = riskCoverageCurve(repaired, right);
for (const wanted of [0.2, 0.4, 0.6, 0.8, 1]) {
  const point = points.find(({ coverage }) => coverage >= wanted - 1e-9);
  if (point)
    console.log(
      `  ${percent(point.coverage).padStart(7)} answered: ${percent(point.risk).padStart(6)} wrong`,
    );
}
for (const risk of [0.1, 0.2]) {
  const { certified, threshold, reason } = certifiedThreshold(
    calibrator.predict(confidencesOf(certify)),
    rightOf(certify),
    { risk, groups: stemsOf(certify), rows: parts.certify.rows, fittedOn: calibrator.fitted.rows },
  );
  if (!certified || threshold === null) {
    console.log(`  at most ${percent(risk)} wrong, promised: no threshold; ${reason}`);
    continue;
  }
  const sent = test.flatMap((word, i) => (repaired[i] >= threshold ? [word] : []));
  const kept = proportionEstimate(
    repaired.map((c) => c >= threshold),
    grouped,
  );
  const failed = proportionEstimate(
    rightOf(sent).map((r) => !r),
    { groups: stemsOf(sent) },
  );
  console.log(
    `  at most ${percent(risk)} wrong, promised: confidence ≥ ${threshold.toFixed(3)}; on the words held out ` +
      `${shown(kept)} answered, ${shown(failed)} of them wrong`,
  );
}

// Two kinds of doubt. Where several answers are right, the probability must be shared among them, however well the word
// is known; where letters come together as they rarely did in training, the model has little to go by.
console.log("\nWhy it doubts: several right answers, or letters that rarely come together");
const listedPairs = test.flatMap(({ word, pronunciations }) =>
  pronunciations.map((target) => ({ source: word, target })),
);
const mass = new Map<string, number>();
(await model.logProbability(listedPairs)).forEach((logP, i) => {
  const { source } = listedPairs[i];
  mass.set(source, (mass.get(source) ?? 0) + Math.exp(logP));
});
const columns = ["words", "right", "confidence less right", "p(answer)", "p(all listed)", "second is listed"];
const row = (name: string, cells: readonly string[]) =>
  console.log(
    `  ${name.padEnd(41)}${cells.map((cell, i) => cell.padEnd([7, 25, 25, 11, 15, 0][i])).join("")}`,
  );
row("", columns);
const kinds = kindsOf(parts.train.take(words));
for (const [name, is] of Object.entries(kinds)) {
  const those = test.map((word, i) => ({ word, confidence: repaired[i] })).filter(({ word }) => is(word));
  if (those.length < 2) continue;
  const own = { groups: those.map(({ word }) => word.stem) };
  const mean = (of: (word: Answer) => number) =>
    percent(those.reduce((sum, { word }) => sum + of(word), 0) / those.length);
  const rights = those.map(({ word }) => word.right);
  row(name, [
    String(those.length),
    shown(proportionEstimate(rights, own)),
    shown(
      meanEstimate(
        those.map(({ confidence }, i) => confidence - Number(rights[i])),
        own,
      ),
    ),
    mean(({ confidence }) => confidence),
    mean(({ word }) => mass.get(word) ?? 0),
    mean((word) => Number(word.found[1] !== undefined && isListed(word, word.found[1].tokens))),
  ]);
}

console.log("\nSome answers");
for (const { word, pronunciations, found } of test.filter((_, i) => i % Math.ceil(test.length / 8) === 0))
  console.log(
    `  ${word.padEnd(16)} ${found
      .slice(0, 2)
      .map(({ tokens: t, logProbability }) => `${t.join(" ")} (${Math.exp(logProbability).toFixed(2)})`)
      .join(", ")
      .padEnd(64)} listed: ${pronunciations.map((p) => p.join(" ")).join(", ")}`,
  );

await compareWithEnsemble(ensemble, test, kinds);
await ensemble.release();
