import { readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";
import { readWords, splitWords, stemOf } from "./pronunciations.js";

it("is small enough to keep", () =>
  expect(statSync(new URL("data/pronunciations.txt.gz", import.meta.url)).size).toBeLessThan(1e6));

it("lets that member of the ensemble stand alone whose loss held out is lowest", () => {
  const cardOf = (name: string) =>
    JSON.parse(readFileSync(new URL(`../models/${name}/card.json`, import.meta.url), "utf8"));
  const members = [1, 2, 3].map((i) => cardOf(`pronunciation-ensemble/member-${i}`));
  const heldOut = (card: { history: { validation: number }[] }) => card.history.at(-1)!.validation;
  const best = members.find((card) => heldOut(card) === Math.min(...members.map(heldOut)));
  expect(cardOf("pronunciation")).toEqual(best);
});

it("holds the dictionary, and no stem on two sides of the split", () => {
  const words = readWords();
  expect(words.length).toBe(123_874);
  const either = words.find(({ word }) => word === "either");
  expect(either?.pronunciations.map((p) => p.join(" "))).toEqual(["IY DH ER", "AY DH ER"]);
  const phonemes = new Set(words.flatMap(({ pronunciations }) => pronunciations.flat()));
  expect(phonemes.size).toBe(39);
  const parts = splitWords(words);
  const owner = new Map<string, string>();
  for (const [name, part] of Object.entries(parts))
    for (const { stem } of part.take(words)) {
      if ((owner.get(stem) ?? name) !== name) expect([stem, owner.get(stem), name]).toBeNull();
      owner.set(stem, name);
    }
  expect(parts.test.indices.length).toBe(3807);
});

it.each([
  ["walk walks walked walking walker walker's walkers'", 1],
  ["run runs running runner's", 1],
  ["study studies studied studying", 1],
  ["hope hoped hoping hopeless", 1],
  ["o'brien obrien o'brien's", 1],
  ["cat dog", 2],
])("stems of %s", (text, count) => expect(new Set(text.split(" ").map(stemOf)).size).toBe(count));
