import { load } from "@credence/train/models";
import { expect, it } from "vitest";
import { generators } from "./digitGenerator.js";
import { weightsOf } from "./digitParts.js";

it.each(generators.map((open) => [open]))("the committed weights draw the digits asked for", async (open) => {
  const [generator, judge] = [await open(), await load(weightsOf("digits-classifier"), "classifier")];
  const asked = Int32Array.from({ length: 300 }, (_, i) => i % 10);
  const { data } = await judge.logits(await generator.draw(asked, 5));
  const right = asked.filter((label, i) => {
    const row = Array.from({ length: 10 }, (_, j) => data[10 * i + j]);
    return row.indexOf(Math.max(...row)) === label;
  });
  expect(right.length).toBeGreaterThan(0.9 * 300);
  await generator.release();
  await judge.release();
});
