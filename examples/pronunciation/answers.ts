import type { SequenceSearch } from "@credence/train/models";
import type { Estimate } from "credence/estimate";
import type { Word } from "./pronunciations.js";

/** What a model makes of a word. */
export interface Answer extends Word {
  /** Its most probable pronunciations, the most probable first. */
  readonly found: readonly { readonly tokens: readonly string[]; readonly logProbability: number }[];
  /** Whether the first is one of those listed. */
  readonly right: boolean;
  /** The probability it gives to the first. */
  readonly confidence: number;
}

/** What a beam of four finds for each word. */
export async function answersOf(model: SequenceSearch, words: readonly Word[]): Promise<Answer[]> {
  const found = await model.beamSearch(
    words.map(({ word }) => word),
    { beams: 4 },
  );
  return words.map((word, i) => ({
    ...word,
    found: found[i],
    right: isListed(word, found[i][0].tokens),
    confidence: Math.min(1, Math.exp(found[i][0].logProbability)),
  }));
}

export function isListed({ pronunciations }: Word, tokens: readonly string[]): boolean {
  return pronunciations.some((listed) => listed.join(" ") === tokens.join(" "));
}

export const stemsOf = (words: readonly Word[]) => words.map(({ stem }) => stem);
export const rightOf = (answers: readonly Answer[]) => answers.map(({ right }) => right);
export const confidencesOf = (answers: readonly Answer[]) => answers.map(({ confidence }) => confidence);

/** Which words are of a kind, by its name. */
export interface Kinds {
  readonly [name: string]: (word: Word) => boolean;
}

/** Kinds of words that must be doubtful, each for one of two reasons, and those that need not. */
export function kindsOf(trained: readonly Word[]): Kinds {
  const times = new Map<string, number>();
  for (const { word } of trained)
    for (const trigram of trigramsOf(word)) times.set(trigram, (times.get(trigram) ?? 0) + 1);
  const rarest = ({ word }: Word) => Math.min(...trigramsOf(word).map((trigram) => times.get(trigram) ?? 0));
  return {
    "one pronunciation listed": ({ pronunciations }) => pronunciations.length === 1,
    "several listed": ({ pronunciations }) => pronunciations.length > 1,
    "every three letters in 50 words or more": (word) => rarest(word) >= 50,
    "some three letters in fewer than 10": (word) => rarest(word) < 10,
  };
}

/** Each three characters in a row, with a mark at both ends of the word. */
function trigramsOf(word: string): string[] {
  const marked = `^${word}$`;
  return Array.from({ length: marked.length - 2 }, (_, i) => marked.slice(i, i + 3));
}

export const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
export const shown = ({ value, interval }: Estimate) =>
  `${percent(value).padStart(6)} [${interval?.map(percent).join(", ")}]`;
