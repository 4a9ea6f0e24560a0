import { join } from "node:path";
import { createRandom, shuffle } from "credence/numeric";
import { type Images, readDigits, takeImages } from "../digits/digits.js";

/** Labelled digits of each class that a classifier gets. */
export const SIZES = [20, 50, 200] as const;
/** Repetitions, each with labelled digits of its own. */
export const REPETITIONS = 8;
/** What the labelled digits are joined by. */
export const ARMS = ["nothing", "shifted copies", "samples of a VAE"] as const;

/** For each size, repetition and arm: which of the digits held out were read right, one bit each. */
export const RESULTS = join(import.meta.dirname, "data/right.bin.gz");

const HELD_OUT = 2000;

/** The digits held out, and those that labels are drawn from, by class. */
export function digitParts(): { test: Images; pools: Int32Array[]; digits: Images } {
  const digits = readDigits();
  const order = shuffle(
    createRandom(1),
    Int32Array.from({ length: digits.rows }, (_, i) => i),
  );
  const rest = order.subarray(HELD_OUT);
  const pools = Array.from({ length: 10 }, (_, label) => rest.filter((row) => digits.labels[row] === label));
  return { digits, pools, test: takeImages(digits, order.subarray(0, HELD_OUT)) };
}

export const TEST_ROWS = HELD_OUT;
