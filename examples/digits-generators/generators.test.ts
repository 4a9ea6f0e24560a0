import { load } from "@credence/train/models";
import { expect, it } from "vitest";
import { hits } from "../digits/hits.js";
import { generators } from "./digitGenerator.js";
import { weightsOf } from "./digitParts.js";

it.each(generators.map((open) => [open]))("the committed weights draw the digits asked for", async (open) => {
  const [generator, judge] = [await open(), await load(weightsOf("digits-classifier"), "classifier")];
  const asked = Int32Array.from({ length: 300 }, (_, i) => i % 10);
  const right = hits(await judge.logits(await generator.draw(asked, 5)), asked);
  expect(right.filter(Boolean).length).toBeGreaterThan(0.9 * 300);
  await generator.release();
  await judge.release();
});
