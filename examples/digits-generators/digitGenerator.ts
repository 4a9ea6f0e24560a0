import type { Matrix } from "credence/numeric";
import type { Images } from "../digits/digits.js";
import { openGanGenerator } from "./ganGenerator.js";
import { openVaeGenerator } from "./vaeGenerator.js";

/** What draws digits of a class asked for. */
export interface DigitGenerator {
  readonly name: string;
  /** A picture for each class, with ink from 0 to 1. */
  draw(classes: Int32Array, seed: number): Promise<Matrix>;
  /** What is known of how likely a digit is, given its class: what it is called, and its value for each, in nats. */
  readonly likelihood?: {
    readonly name: string;
    of(digits: Images): Promise<Float64Array>;
  };
  release(): Promise<void>;
}

/** The generators compared here. */
export const generators: readonly (() => Promise<DigitGenerator>)[] = [openVaeGenerator, openGanGenerator];
