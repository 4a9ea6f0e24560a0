import { join } from "node:path";
import { splitRows } from "credence/estimate";
import { readDigits, takeImages } from "../digits/digits.js";

/** The digits in three parts: to learn from, to choose by, to measure on. */
export function digitParts() {
  const digits = readDigits();
  const parts = splitRows([digits.labels], { train: 0.7, tune: 0.1, test: 0.2 }, { seed: 1 });
  const [train, tune, test] = [parts.train, parts.tune, parts.test].map(({ indices }) =>
    takeImages(digits, indices),
  );
  return { train, tune, test };
}

/** Where the committed weights are. */
export const WEIGHTS = join(import.meta.dirname, "../models/digits-ensemble");
