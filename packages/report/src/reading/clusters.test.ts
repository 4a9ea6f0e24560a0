import { expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { recordsCsv, smallRecords } from "../records.test-support.js";
import { readRecords } from "./readRecords.js";

const folder = temporaryFolder();

it("names a column whose rows err together, with the design effect of its definition", async () => {
  const made = smallRecords({ together: 0.8 });
  const { suspects } = await readRecords([folder.write("clustered.csv", recordsCsv(made))]);
  expect(suspects.map(({ column }) => column)).toEqual(["page"]);
  const gaps = Array.from(made.confidences, (p, i) => p - made.outcomes[i]);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const sums = new Map<number, number>();
  gaps.forEach((gap, i) => {
    const id = made.group?.codes[i] ?? 0;
    sums.set(id, (sums.get(id) ?? 0) + gap - mean);
  });
  const between = [...sums.values()].reduce((sum, total) => sum + total ** 2, 0);
  const within = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0);
  expect(suspects[0].designEffect).toBeCloseTo(((between / within) * 60) / 59, 10);
});

it("stays silent where rows are independent, and where the group is named", async () => {
  const independent = folder.write("independent.csv", recordsCsv(smallRecords()));
  expect((await readRecords([independent])).suspects).toEqual([]);
  expect((await readRecords([folder.path("clustered.csv")], { group: "page" })).suspects).toEqual([]);
});
