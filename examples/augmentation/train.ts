/**
 * Trains all classifiers and generators of main.ts, and keeps which digits each read right:
 * `npm run examples:train -- augmentation`, about ten minutes; goes on where it was stopped.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { classifier, vae } from "@credence/train/models";
import { createRandom, sampleInteger, shuffle } from "credence/numeric";
import { type Images, takeImages } from "../digits/digits.js";
import { hits } from "../digits/hits.js";
import { ARMS, digitParts, REPETITIONS, RESULTS, SIZES, TEST_ROWS } from "./parts.js";

/** Made images for each labelled one. */
const MADE = 4;
const STEPS = 1500;
const BATCH = 50;

const { digits, pools, test } = digitParts();
const progress = `${RESULTS}.partial.json`;
const done: { [cell: string]: string } = existsSync(progress)
  ? JSON.parse(readFileSync(progress, "utf8"))
  : {};
mkdirSync(dirname(RESULTS), { recursive: true });
const start = performance.now();

for (const size of SIZES)
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    if (`${size} ${repetition} ${ARMS.at(-1)}` in done) continue;
    const seed = 1000 * size + repetition;
    const random = createRandom(seed);
    const labelled = takeImages(
      digits,
      pools.flatMap((pool) => Array.from(shuffle(random, pool.slice()).subarray(0, size))),
    );
    const made = {
      nothing: null,
      "shifted copies": shifted(labelled, seed),
      "samples of a VAE": await generated(labelled, seed),
    };
    for (const arm of ARMS) {
      const extra = made[arm];
      const right = await readRight(extra ? joined(labelled, extra) : labelled, seed);
      done[`${size} ${repetition} ${arm}`] = Buffer.from(right).toString("base64");
      const share =
        right.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0) / TEST_ROWS;
      console.log(
        `${size} a class, repetition ${repetition + 1}, with ${arm}: ${(100 * share).toFixed(1)} %`,
      );
    }
    writeFileSync(progress, JSON.stringify(done));
  }

const cells = SIZES.flatMap((size) =>
  Array.from({ length: REPETITIONS }, (_, r) =>
    ARMS.map((arm) => Buffer.from(done[`${size} ${r} ${arm}`], "base64")),
  ).flat(),
);
writeFileSync(RESULTS, gzipSync(Buffer.concat(cells), { level: 9 }));
rmSync(progress);
console.log(`done in ${((performance.now() - start) / 60_000).toFixed(1)} min`);

/** A classifier trained on the images; every arm gets as many steps. One bit for each digit held out. */
async function readRight(images: Images, seed: number): Promise<Uint8Array> {
  const epochs = Math.ceil(STEPS / Math.floor(images.rows / BATCH));
  const model = await classifier({ hidden: [128], dropout: 0.2 }).train(images, images.labels, {
    epochs,
    batchSize: BATCH,
    averageDecay: 0.99,
    seed,
  });
  const right = hits(await model.predict(test), test.labels);
  await model.release();
  const bits = new Uint8Array(TEST_ROWS / 8);
  right.forEach((bit, i) => {
    if (bit) bits[i >> 3] |= 128 >> (i & 7);
  });
  return bits;
}

/** Samples of a conditional VAE that saw the labelled images alone. */
async function generated(images: Images, seed: number): Promise<Images> {
  const model = await vae({ latent: 8, hidden: [128], likelihood: "bernoulli", classes: 10 }).train(
    images,
    images.labels,
    {
      epochs: Math.ceil(STEPS / Math.floor(images.rows / BATCH)),
      batchSize: BATCH,
      averageDecay: 0.99,
      seed,
    },
  );
  const labels = Int32Array.from({ length: MADE * images.rows }, (_, i) => i % 10);
  const { data, rows, columns } = await model.sample(labels, { seed, observation: "mean" });
  await model.release();
  return { data: Float32Array.from(data), rows, columns, labels };
}

/** Copies moved by up to two pixels, down or up and to either side. */
function shifted({ data, rows, columns, labels }: Images, seed: number): Images {
  const random = createRandom(seed + 0.5);
  const copies = new Float32Array(MADE * data.length);
  for (let copy = 0; copy < MADE * rows; copy++) {
    const [down, right] = [sampleInteger(random, 5) - 2, sampleInteger(random, 5) - 2];
    const from = (copy % rows) * columns;
    for (let y = Math.max(0, down); y < Math.min(28, 28 + down); y++)
      for (let x = Math.max(0, right); x < Math.min(28, 28 + right); x++)
        copies[copy * columns + 28 * y + x] = data[from + 28 * (y - down) + x - right];
  }
  return {
    data: copies,
    rows: MADE * rows,
    columns,
    labels: Int32Array.from({ length: MADE * rows }, (_, i) => labels[i % rows]),
  };
}

function joined(a: Images, b: Images): Images {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return {
    data,
    rows: a.rows + b.rows,
    columns: a.columns,
    labels: Int32Array.from([...a.labels, ...b.labels]),
  };
}
