import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { recordsCsv, smallRecords } from "../records.test-support.js";
import { type CompareOptions, compareFiles } from "./compareFiles.js";
import { renderComparison } from "./renderComparison.js";

const folder = temporaryFolder();
const records = smallRecords({ overstated: 0.4, groups: 120 });
const better = {
  ...records,
  confidences: records.confidences.map((p, i) =>
    records.slices[0].codes[i] === 2 ? Math.max(0, p - 0.4) : p,
  ),
};

/** The CSV with an id for each row, rows in the order given. */
function withIds(csv: string, order: readonly number[]): string {
  const [header, ...rows] = csv.trim().split("\n");
  return `id,${header}\n${order.map((i) => `r${i},${rows[i]}`).join("\n")}\n`;
}

const forwards = Array.from({ length: records.n }, (_, i) => i);
const a = folder.write("a.csv", withIds(recordsCsv(records), forwards));
const b = folder.write("b.csv", withIds(recordsCsv(better), forwards));
const backwards = folder.write("backwards.csv", withIds(recordsCsv(better), [...forwards].reverse()));

describe("comparing", () => {
  it("proves what is better, with the differences of its definition", async () => {
    const { n, groups, difference, verdict } = await compareFiles(a, b, { group: "page" });
    expect({ n, groups }).toEqual({ n: 1200, groups: { column: "page", count: 120 } });
    const square = (p: ArrayLike<number>) =>
      records.outcomes.reduce((sum, y, i) => sum + (p[i] - y) ** 2, 0) / 1200;
    expect(difference.brier.value).toBeCloseTo(square(better.confidences) - square(records.confidences), 10);
    expect(difference.brier.interval?.[1]).toBeLessThan(0);
    expect(difference.accuracy.value).toBe(0);
    expect(verdict).toContainEqual(expect.stringContaining("B is better by Brier score"));
  });

  it("pairs by a key, whatever the order", async () => {
    const byOrder = await compareFiles(a, b, { group: "page" });
    const byKey = await compareFiles(a, backwards, { group: "page", key: "id" });
    expect(byKey.difference.logLoss.value).toBeCloseTo(byOrder.difference.logLoss.value, 12);
    expect(byKey.pairedBy).toBe("id");
  });

  it("counts rows without a partner", async () => {
    const short = folder.write("short.csv", withIds(recordsCsv(better), forwards.slice(0, 1000)));
    expect(await compareFiles(a, short, { key: "id" })).toMatchObject({
      n: 1000,
      unpaired: { a: 200, b: 0 },
    });
    await expect(compareFiles(a, short)).rejects.toMatchObject({ code: "unpaired" });
  });

  it("compares two columns of one file", async () => {
    const file = folder.write("two.csv", "p,q,correct\n0.9,0.8,1\n0.2,0.1,0\n,0.5,1\n");
    const copy = folder.write("copy.csv", "p,q,correct\n0.9,0.8,1\n0.2,0.1,0\n,0.5,1\n");
    const found = await compareFiles(file, copy, { confidence: "p", confidenceB: "q" });
    expect(found).toMatchObject({ n: 2, missing: 1 });
    expect(found.b.brier.value).toBeCloseTo((0.04 + 0.01) / 2, 12);
  });

  it.each<[string, string, CompareOptions, string]>([
    ["keys that repeat", withIds(recordsCsv(better), [0, 0]), { key: "id" }, "unpaired"],
    ["keys that never meet", "id,confidence,correct\nzz,0.5,1\n", { key: "id" }, "unpaired"],
    ["bad cells of the second file", "id,confidence,correct\nr0,5,1\n", { key: "id" }, "not-a-probability"],
    ["a key that is no column", withIds(recordsCsv(better), [0]), { key: "idd" }, "missing-column"],
  ])("refuses %s", async (_, text, options, code) => {
    await expect(compareFiles(a, folder.write("refused.csv", text), options)).rejects.toMatchObject({ code });
  });

  it("is written within 80 columns", async () => {
    const text = renderComparison(await compareFiles(a, b));
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain("B − A");
  });
});
