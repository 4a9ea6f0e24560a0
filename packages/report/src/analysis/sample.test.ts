import { expect, it } from "vitest";
import { smallRecords } from "../records.test-support.js";
import { analyse } from "./analyse.js";
import { DECISION_ROWS } from "./decision.js";
import { methodsOf } from "./methods.js";
import { MOST_ROWS, sampleRows } from "./sample.js";

it("takes whole groups, about as many rows as asked, and everything where that is enough", () => {
  const { confidences, outcomes, group } = smallRecords();
  const rows = { confidences, outcomes, groups: group?.codes ?? null };
  expect(sampleRows(rows, 0)).toBe(rows);
  const sample = sampleRows(rows, 0, 200);
  expect(sample.confidences.length).toBe(200);
  const sizes = new Map<number, number>();
  for (const g of sample.groups ?? []) sizes.set(g, (sizes.get(g) ?? 0) + 1);
  expect([...sizes.values()].every((size) => size === 10)).toBe(true);
});

it("is admitted in the footnotes, and only where it was taken", () => {
  const report = analyse(smallRecords());
  const said = (n: number) => methodsOf({ ...report, n }).filter(({ text }) => /drawn at random/.test(text));
  const ids = (n: number) => said(n).map(({ id }) => id);
  expect(ids(DECISION_ROWS)).toEqual([]);
  expect(ids(DECISION_ROWS + 1)).toEqual(["decision"]);
  expect(ids(MOST_ROWS + 1)).toEqual(["ranking", "multicalibration", "decision", "splits"]);
});
