/**
 * Does it help a digit classifier to be shown digits that a generator made? With 20, 50 and 200 labelled digits of each
 * class, against shifted copies and against nothing. `npm run examples -- augmentation` computes the table from committed
 * results; train.ts makes them.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type Estimate, meanEstimate } from "credence/estimate";
import { ARMS, REPETITIONS, RESULTS, SIZES, TEST_ROWS } from "./parts.js";

const bits = gunzipSync(readFileSync(RESULTS));
const bytes = TEST_ROWS / 8;

/** Share of the digits held out that were read right. */
function accuracy(size: number, repetition: number, arm: number): number {
  const from = ((size * REPETITIONS + repetition) * ARMS.length + arm) * bytes;
  let right = 0;
  for (let i = 0; i < TEST_ROWS; i++) if (bits[from + (i >> 3)] & (128 >> (i & 7))) right++;
  return right / TEST_ROWS;
}

const repetitions = Array.from({ length: REPETITIONS }, (_, r) => r);
console.log(
  `Accuracy on ${TEST_ROWS} digits held out, mean of ${REPETITIONS} repetitions with labelled digits and seeds of their own; 95 % intervals for these.\n`,
);
console.log(["labels a class", "joined by", "accuracy", "more than with nothing"].map(cell).join(""));
SIZES.forEach((size, s) => {
  ARMS.forEach((arm, a) => {
    const gains = repetitions.map((r) => accuracy(s, r, a) - accuracy(s, r, 0));
    const shown = [
      String(size),
      arm,
      percent(meanEstimate(repetitions.map((r) => accuracy(s, r, a)))),
      a === 0 ? "" : percent(meanEstimate(gains)),
    ];
    console.log(shown.map(cell).join(""));
  });
});

function cell(text: string): string {
  return text.padEnd(26);
}

function percent({ value, interval }: Estimate): string {
  const [low, high] = (interval as readonly [number, number]).map((v) => (100 * v).toFixed(1));
  return `${(100 * value).toFixed(1)} % [${low}, ${high}]`;
}
