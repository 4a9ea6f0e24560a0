import { join } from "node:path";
import { splitRows } from "credence/estimate";
import { type Images, readDigits, takeImages } from "../digits/digits.js";

/** The digits in two parts: those that the models here learn from, and those held out. */
export function digitParts(): { train: Images; test: Images } {
  const digits = readDigits();
  const { train, test } = splitRows([digits.labels], { train: 0.8, test: 0.2 }, { seed: 1 });
  return { train: takeImages(digits, train.indices), test: takeImages(digits, test.indices) };
}

/** Where the committed weights of a model are. */
export const weightsOf = (name: string): string => join(import.meta.dirname, "../models", name);
