import cld3 from "cld3-asm";
import { getLIDModel } from "fasttext.wasm.js";
import { codeOf } from "./languages.ts";

export interface Answer {
  /** ISO 639-3. */
  readonly predicted: string;
  /** Probability that the model gives its answer, in [0, 1]. */
  readonly confidence: number;
  /** CLD3's own verdict; null for fastText. */
  readonly reliable: boolean | null;
  /** The best answers, best first, three significant digits; null where a model gives one only. */
  readonly top: readonly { readonly label: string; readonly probability: number }[] | null;
}

export type Identify = (text: string) => Answer;

/** The compressed model of 176 languages, asked for its 25 best. */
export async function loadFastText(): Promise<Identify> {
  const model = await (await getLIDModel()).load();
  return (text) => {
    const vector = model.predict(text, 25, 0);
    const top = Array.from({ length: vector.size() }, (_, i) => {
      const [probability, label] = vector.get(i) as [number, string];
      return {
        label: codeOf("fastText", label.replace("__label__", "")),
        probability: asProbability(probability),
      };
    });
    const best = top[0];
    if (best === undefined) throw new Error(`fastText gave no answer to ${JSON.stringify(text)}.`);
    return {
      predicted: best.label,
      confidence: best.probability,
      reliable: null,
      top: top.map(({ label, probability }) => ({ label, probability: Number(probability.toPrecision(3)) })),
    };
  };
}

/** CLD3 without its least length of 140 bytes, under which it answers nothing. */
export async function loadCld3(): Promise<Identify> {
  const identifier = (await cld3.loadModule()).create(0, 1000);
  return (text) => {
    const result = identifier.findLanguage(text);
    return {
      predicted: codeOf("cld3", result.language),
      confidence: asProbability(result.probability),
      reliable: result.is_reliable,
      top: null,
    };
  };
}

/**
 * Six decimals. fastText adds 0.00001 to each probability before it takes a logarithm, and this model
 * multiplies several on the way to a label, so that certainties come out slightly above 1, such as
 * 1.00004: these are cut to 1. More than that is an error.
 */
function asProbability(value: number): number {
  if (!(value >= 0 && value <= 1.001))
    throw new Error(`A model gave the probability ${value}, outside [0, 1].`);
  return Math.min(1, Math.round(value * 1e6) / 1e6);
}
