/**
 * Which training loss gives a digit classifier probabilities to believe? Three losses, each with and without temperature
 * scaling, compared row by row on digits held out. `npm run examples -- digits`, about two minutes.
 */

import { type ClassifierOptions, classifier } from "@credence/train/models";
import { expectedCalibrationError, logLoss } from "credence/calibration";
import { type Estimate, meanEstimate, proportionEstimate, splitRows } from "credence/estimate";
import type { Matrix } from "credence/numeric";
import { temperatureScaling } from "credence/recalibration";
import { readDigits, takeImages } from "./digits.js";

const digits = readDigits();
const parts = splitRows([digits.labels], { train: 0.7, calibrate: 0.1, test: 0.2 }, { seed: 1 });
const [train, calibrate, test] = [parts.train, parts.calibrate, parts.test].map(({ indices }) =>
  takeImages(digits, indices),
);

const net: ClassifierOptions = {
  shape: [1, 28, 28],
  convolutions: [
    { channels: 16, kernel: 5, pool: 2 },
    { channels: 32, kernel: 3, pool: 2 },
  ],
  hidden: [128],
  dropout: 0.4,
};
const training = { epochs: 16, batchSize: 64, learningRate: 3e-3, averageDecay: 0.99, seed: 1 };
const losses: { [name: string]: ClassifierOptions } = {
  "cross-entropy": net,
  "label smoothing 0.05": { ...net, labelSmoothing: 0.05 },
  "focal, γ = 2": { ...net, loss: "focal", gamma: 2 },
};

const results: { name: string; probabilities: Matrix; rowLoss: Float64Array }[] = [];
for (const [name, options] of Object.entries(losses)) {
  const model = await classifier(options).train(train, train.labels, training);
  const logits = await model.logits(test);
  const scaling = temperatureScaling.fit(await model.logits(calibrate), calibrate.labels, {
    input: "logits",
  });
  add(name, await model.predict(test));
  add(`${name} + temperature`, scaling.predict(logits));
  await model.release();
}

const [plain] = results;
console.log(
  `${test.labels.length} digits held out; 95 % intervals for the digits, not for the training seed.\n`,
);
console.log(`accuracy, cross-entropy: ${show(accuracy(plain.probabilities), 3)}\n`);
console.log(`${"".padEnd(36)}${"log loss".padEnd(28)}${"less plain, paired".padEnd(30)}ECE`);
for (const { name, probabilities, rowLoss } of results) {
  const { confidence, right } = topLabel(probabilities);
  const paired = rowLoss.map((loss, i) => loss - plain.rowLoss[i]);
  const cells = [
    show(logLoss(probabilities, test.labels), 4).padEnd(28),
    (name === plain.name ? "" : show(meanEstimate(paired), 4)).padEnd(30),
    show(expectedCalibrationError(confidence, right), 4),
  ];
  console.log(name.padEnd(36) + cells.join(""));
}

function add(name: string, probabilities: Matrix): void {
  const { data, columns } = probabilities;
  const rowLoss = Float64Array.from(test.labels, (label, i) => -Math.log(data[i * columns + label]));
  results.push({ name, probabilities, rowLoss });
}

/** The most probable class of each row: its probability, and whether it is right. */
function topLabel({ data, rows: n, columns }: Matrix): { confidence: Float64Array; right: Uint8Array } {
  const confidence = new Float64Array(n);
  const right = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    let top = 0;
    for (let j = 1; j < columns; j++) if (data[i * columns + j] > data[i * columns + top]) top = j;
    confidence[i] = data[i * columns + top];
    right[i] = Number(top === test.labels[i]);
  }
  return { confidence, right };
}

function accuracy(probabilities: Matrix): Estimate {
  const { right } = topLabel(probabilities);
  return proportionEstimate(right);
}

function show({ value, interval }: Estimate, decimals: number): string {
  const [low, high] = (interval as readonly [number, number]).map((v) => v.toFixed(decimals));
  return `${value.toFixed(decimals)} [${low}, ${high}]`;
}
