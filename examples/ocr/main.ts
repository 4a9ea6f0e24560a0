/**
 * Words that Tesseract read, with its confidence in each: which may go out without anybody looking, if at most 5 % of
 * them may be wrong? The answer depends on whether words or pages are what was drawn at random.
 */
import { join } from "node:path";
import { expectedCalibrationError } from "credence/calibration";
import { type Estimate, splitRows } from "credence/estimate";
import { automatic } from "credence/recalibration";
import { type CertifiedThreshold, certifiedThreshold } from "credence/selective";
import { readJsonLines } from "../readJsonLines.js";

interface Word {
  readonly confidence: number | null;
  readonly correct: boolean;
  readonly page: string;
}

const all = readJsonLines<Word>(join(import.meta.dirname, "data/ocr.jsonl.gz"));
const words = all.filter((word): word is Word & { confidence: number } => word.confidence !== null);
const confidences = Float64Array.from(words, (word) => word.confidence);
const outcomes = words.map((word) => word.correct);
const pages = words.map((word) => word.page);
console.log(
  `${words.length} words on ${new Set(pages).size} pages; ${all.length - words.length} more were missed.\n`,
);

const shown = ({ value, interval, method }: Estimate) =>
  `${value.toFixed(3)} [${interval?.map((end) => end.toFixed(3)).join(", ")}]  (${method})`;
console.log("Calibration error");
console.log(`  as if words were independent  ${shown(expectedCalibrationError(confidences, outcomes))}`);
console.log(
  `  words on pages                ${shown(expectedCalibrationError(confidences, outcomes, { groups: pages }))}\n`,
);

// One part finds out how to recalibrate, the other certifies: a promise must not be checked on the rows that shaped it.
const { fit, certify } = splitRows([confidences, outcomes], { fit: 0.5, certify: 0.5 }, { groups: pages });
const calibrator = automatic.fit(fit.takeNumbers(confidences), fit.take(outcomes), {
  groups: fit.take(pages),
  rows: fit.rows,
});
console.log(`Recalibration chosen by cross-validation over pages: ${calibrator.parameters.chosen}\n`);

const certifyConfidences = calibrator.predict(certify.takeNumbers(confidences));
const certifyOutcomes = certify.take(outcomes);
const shared = { risk: 0.05, delta: 0.05, rows: certify.rows, fittedOn: calibrator.fitted.rows };
console.log("At most 5 % wrong among the words sent without review, with 95 % confidence");
tell("as if words were independent", certifiedThreshold(certifyConfidences, certifyOutcomes, shared));
tell(
  "words on pages",
  certifiedThreshold(certifyConfidences, certifyOutcomes, { ...shared, groups: certify.take(pages) }),
);

function tell(name: string, { certified, threshold, bound, coverage, reason }: CertifiedThreshold): void {
  const answer = certified
    ? `confidence ≥ ${threshold?.toFixed(3)}: sends ${(100 * coverage.value).toFixed(0)} % of the words, risk at most ${bound?.toFixed(4)}`
    : `none: ${reason}`;
  console.log(`  ${name.padEnd(29)} ${answer}`);
}
