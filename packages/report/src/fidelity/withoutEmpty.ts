import { InputError } from "../reading/inputError.js";
import { formatCount } from "../words/format.js";
import type { TextSet } from "./features.js";

/** Texts of white space alone are refused, or left out: no embedder says anything about them. */
export function withoutEmpty(set: TextSet, file: string, column: string, drop: boolean): TextSet {
  const kept: number[] = [];
  let first = -1;
  set.texts.forEach((text, i) => {
    if (text.trim() !== "") kept.push(i);
    else if (first < 0) first = i;
  });
  const dropped = set.texts.length - kept.length;
  if (dropped === 0) return set;
  if (!drop)
    throw new InputError(
      "not-a-number",
      `${formatCount(dropped)} of ${formatCount(set.texts.length)} texts are empty, this one first; repair them, or leave them out with --drop-nan.`,
      { file, row: first + 1, column },
    );
  if (kept.length === 0) throw new InputError("no-rows", "has no text that is not empty.", { file, column });
  const take = <T>(values: readonly T[]) => kept.map((row) => values[row]);
  const { texts, labels, groups } = set;
  return {
    ...set,
    texts: take(texts),
    labels: labels && take(labels),
    groups: groups && take(groups),
    dropped,
  };
}
