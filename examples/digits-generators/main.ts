/**
 * Do generators draw the digit that is asked for, how likely do they find digits held out, and do they notice what is no
 * digit? `npm run examples -- digits-generators`, with committed weights.
 */
import { load } from "@credence/train/models";
import { type AnomalyScore, anomalyDetector } from "@credence/train/uses";
import { type Estimate, meanEstimate, proportionEstimate } from "credence/estimate";
import { detectionMetrics } from "credence/novelty";
import type { Matrix } from "credence/numeric";
import { readFashion, takeImages } from "../digits/digits.js";
import { hits } from "../digits/hits.js";
import { generators } from "./digitGenerator.js";
import { digitParts, weightsOf } from "./digitParts.js";

const { train, test } = digitParts();
const judge = await load(weightsOf("digits-classifier"), "classifier");
/** 200 of each digit. */
const asked = Int32Array.from({ length: 2000 }, (_, i) => i % 10);

console.log(
  `${train.rows} digits to learn from, ${test.rows} held out, ${asked.length} drawn; 95 % intervals for these, not for the seed of the training.\n`,
);
console.log(`The judge, a classifier that learnt from the same digits, reads`);
console.log(`  digits held out right: ${show(await share(test, test.labels), 3)}`);
for (const open of generators) {
  const generator = await open();
  const drawn = await generator.draw(asked, 1);
  console.log(`  digits drawn by the ${generator.name} as asked: ${show(await share(drawn, asked), 3)}`);
  if (generator.likelihood) {
    const { name, of } = generator.likelihood;
    console.log(`    log p(digit | class) of digits held out, in nats (${name}):`);
    console.log(`    ${show(meanEstimate(await of(test)), 2)}`);
  }
  await generator.release();
}

// Not knowing the class, a row is as likely as under the class that suits it best, give or take log 10.
const vae = await load(weightsOf("digits-vae"), "conditionalVae");
const bestBound: AnomalyScore = {
  async score(x, { signal } = {}) {
    const rows = "data" in x ? x.rows : x.length;
    const best = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
    for (let digit = 0; digit < 10; digit++) {
      const bounds = await vae.logProbabilityBound(x, new Int32Array(rows).fill(digit), {
        samples: 4,
        signal,
      });
      bounds.forEach((bound, i) => {
        best[i] = Math.max(best[i], bound);
      });
    }
    return best;
  },
};
const clothing = readFashion();
// Sorted by digit, so every other row has all of them.
const rows = (start: number, step: number, count: number) =>
  Array.from({ length: count }, (_, i) => start + step * i);
const known = takeImages(test, rows(0, 2, 1000));
const fresh = takeImages(test, rows(1, 4, 500));
const strange = takeImages(clothing, rows(0, 20, 50));
const detector = await anomalyDetector(bestBound, known);
const mixed = stack(fresh, strange);
const { pValues, novel, scores } = await detector.test(mixed, { rate: 0.1 });
await vae.release();
const found = novel.filter((i) => i >= fresh.rows);
console.log(`\n${strange.rows} items of clothing among ${fresh.rows} other digits, by the VAE's bound:`);
console.log(
  `  AUROC ${show(detectionMetrics(scores.subarray(0, fresh.rows), scores.subarray(fresh.rows)).auroc, 3)}`,
);
console.log(
  `  digits with p ≤ 0.05: ${show(proportionEstimate(Array.from(pValues.subarray(0, fresh.rows), (p) => Number(p <= 0.05))), 3)}`,
);
console.log(
  `  called no digit, at a false discovery rate of 0.1: ${novel.length}, of which ${novel.length - found.length} are digits`,
);
console.log(
  `  clothing found: ${show(proportionEstimate(Array.from({ length: strange.rows }, (_, i) => Number(found.includes(fresh.rows + i)))), 3)}`,
);
await judge.release();

/** The share of pictures that the judge reads as these labels. */
async function share(pictures: Matrix, labels: Int32Array): Promise<Estimate> {
  return proportionEstimate(hits(await judge.logits(pictures), labels));
}

function stack(a: Matrix, b: Matrix): Matrix {
  const data = new Float32Array((a.rows + b.rows) * a.columns);
  data.set(a.data);
  data.set(b.data, a.rows * a.columns);
  return { data, rows: a.rows + b.rows, columns: a.columns };
}

function show({ value, interval }: Estimate, decimals: number): string {
  const [low, high] = (interval as readonly [number, number]).map((v) => v.toFixed(decimals));
  return `${value.toFixed(decimals)} [${low}, ${high}]`;
}
