/**
 * Does an ensemble know better what it does not know? One digit classifier, the same with dropout kept active, with a
 * Laplace posterior over its last layer, and five of its kind together: log loss on digits held out, and whether their
 * doubt tells digits from clothing. `npm run examples -- digits-ensemble`, with committed weights.
 */
import { laplace, loadEnsemble, mcDropout, type Predictive } from "@credence/train/ensemble";
import { logLoss, topLabelCalibrationError } from "credence/calibration";
import { decomposeEntropy, meanPrediction } from "credence/ensemble";
import { type Estimate, meanEstimate, proportionEstimate } from "credence/estimate";
import { detectionMetrics } from "credence/novelty";
import { readFashion } from "../digits/digits.js";
import { hits } from "../digits/hits.js";
import { digitParts, WEIGHTS } from "./parts.js";

const { train, tune, test } = digitParts();
const clothing = readFashion();
const ensemble = await loadEnsemble(WEIGHTS);
const [single] = ensemble.members;
const posterior = await laplace(single, train, { prior: { data: tune, labels: tune.labels } });

const methods: { [name: string]: Pick<Predictive, "predictMembers"> } = {
  "one model": { predictMembers: async (x) => [await single.predict(x)] },
  "dropout, 20 passes": mcDropout(single, { passes: 20 }),
  "Laplace, last layer": posterior,
  "ensemble of 5": ensemble,
};

const width = 37;
console.log(
  `${test.rows} digits held out, ${clothing.rows} items of clothing; 95 % intervals for these rows, not for the seeds.`,
);
console.log(
  `Prior precision of Laplace, chosen on ${tune.rows} other digits: ${posterior.priorPrecision.toPrecision(3)}\n`,
);
console.log(
  ["", "accuracy", "log loss", "less one model, paired", "ECE"]
    .map((cell, i) => cell.padEnd(i === 0 ? width : 28))
    .join(""),
);
const doubts: string[] = [];
let plainLoss: Float64Array | null = null;
for (const [name, method] of Object.entries(methods)) {
  const members = await method.predictMembers(test, { seed: 1 });
  const strange = await method.predictMembers(clothing, { seed: 2 });
  const probabilities = meanPrediction(members);
  const rowLoss = Float64Array.from(test.labels, (label, i) => -Math.log(probabilities.data[10 * i + label]));
  plainLoss ??= rowLoss;
  const paired = rowLoss.map((loss, i) => loss - (plainLoss as Float64Array)[i]);
  console.log(
    name.padEnd(width) +
      [
        show(proportionEstimate(hits(probabilities, test.labels)), 3),
        show(logLoss(probabilities, test.labels), 4),
        name === "one model" ? "" : show(meanEstimate(paired), 4),
        show(topLabelCalibrationError(probabilities, test.labels), 4),
      ]
        .map((cell) => cell.padEnd(28))
        .join(""),
  );
  const [known, novel] = [decomposeEntropy(members), decomposeEntropy(strange)];
  // High scores must mean known.
  const area = (part: "total" | "epistemic") =>
    detectionMetrics(
      known[part].map((v) => -v),
      novel[part].map((v) => -v),
    ).auroc;
  doubts.push(
    name.padEnd(width) +
      [show(area("total"), 3), members.length > 1 ? show(area("epistemic"), 3) : "has none"]
        .map((cell) => cell.padEnd(28))
        .join(""),
  );
}
console.log(
  `\n${["AUROC, digits against clothing, by", "total entropy", "epistemic part"].map((cell, i) => cell.padEnd(i === 0 ? width : 28)).join("")}`,
);
for (const line of doubts) console.log(line);
await ensemble.release();

function show({ value, interval }: Estimate, decimals: number): string {
  const [low, high] = (interval as readonly [number, number]).map((v) => v.toFixed(decimals));
  return `${value.toFixed(decimals)} [${low}, ${high}]`;
}
