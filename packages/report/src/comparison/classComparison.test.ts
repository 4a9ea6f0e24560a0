import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { compareFiles } from "./compareFiles.js";
import { renderComparison } from "./renderComparison.js";

const folder = temporaryFolder();

/** Probabilities of three classes that depend on the row, and the true class. */
const rows = Array.from({ length: 60 }, (_, i) => {
  const odds = [1 + (i % 4), 2 + ((i * 3) % 5), 1 + ((i * 7) % 6)];
  const sum = odds[0] + odds[1] + odds[2];
  const p = odds.map((x) => x / sum);
  const q = p.map((x) => 0.5 * x + 0.5 / 3);
  return { p, q, label: i % 3, page: Math.floor(i / 4) };
});
const names = ["cat", "dog", "eel"];
const a = folder.write(
  "a.csv",
  `id,p_cat,p_dog,p_eel,truth,page\n${rows.map(({ p, label, page }, i) => `${i},${p},${names[label]},${page}`).join("\n")}\n`,
);
/** Rows and columns in another order; the first row of A has no probabilities. */
const b = folder.write(
  "b.jsonl",
  rows
    .map(({ q, label }, i) =>
      JSON.stringify({
        id: i,
        q_eel: i ? q[2] : null,
        q_cat: i ? q[0] : null,
        q_dog: i ? q[1] : null,
        species: names[label],
      }),
    )
    .reverse()
    .join("\n"),
);
const options = {
  probabilities: ["p_*"],
  label: "truth",
  probabilitiesB: ["q_*"],
  labelB: "species",
  key: "id",
  group: "page",
};

describe("comparing class probabilities", () => {
  it("scores all classes, whatever the order of rows and columns", async () => {
    const found = await compareFiles(a, b, options);
    expect(found).toMatchObject({ n: 59, missing: 1, classes: names, groups: { count: 15 } });
    const used = rows.slice(1);
    const mean = (of: (row: (typeof rows)[number]) => number) =>
      used.reduce((sum, row) => sum + of(row), 0) / used.length;
    const brier = (p: number[], label: number) =>
      p.reduce((sum, x, k) => sum + (x - Number(k === label)) ** 2, 0);
    expect(found.a.brier.value).toBeCloseTo(
      mean(({ p, label }) => brier(p, label)),
      12,
    );
    expect(found.b.brier.value).toBeCloseTo(
      mean(({ q, label }) => brier(q, label)),
      12,
    );
    expect(found.a.logLoss.value).toBeCloseTo(
      mean(({ p, label }) => -Math.log(p[label])),
      12,
    );
    expect(found.difference.brier.value).toBeCloseTo(found.b.brier.value - found.a.brier.value, 12);
    expect(found.difference.logLoss.value).toBeCloseTo(found.b.logLoss.value - found.a.logLoss.value, 12);
    expect(found.difference.logLoss).toMatchObject({ n: 59, groups: 15 });
    expect(found.a.accuracy.value).toBe(mean(({ p, label }) => Number(p.indexOf(Math.max(...p)) === label)));
    expect(renderComparison(found)).toContain("scores over all 3 classes");
  });

  it("finds no difference between a file and itself", async () => {
    const same = { probabilities: ["p_*"], label: "truth" };
    const { difference, pairedBy } = await compareFiles(a, a, same);
    expect(pairedBy).toBe("order");
    for (const { value } of Object.values(difference)) expect(value).toBe(0);
  });

  it("refuses other classes, and half a request", async () => {
    await expect(
      compareFiles(a, b, { ...options, probabilitiesB: ["q_cat", "q_dog"] }),
    ).rejects.toMatchObject({ code: "unknown-class" });
    await expect(compareFiles(a, b, { probabilities: ["p_*"] })).rejects.toMatchObject({
      code: "invalid-option",
    });
  });
});
