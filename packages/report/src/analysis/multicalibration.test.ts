import { meanEstimate } from "credence/estimate";
import { createRandom } from "credence/numeric";
import { describe, expect, it } from "vitest";
import type { SliceColumn } from "../reading/records.js";
import { multicalibrationLead, multicalibrationSentences } from "../words/multicalibrationWords.js";
import { bandOf, confidenceBands } from "./confidenceBands.js";
import { computeMulticalibration } from "./multicalibration.js";
import type { Scored } from "./scored.js";
import { splitRecords } from "./splits.js";

interface Made {
  readonly rows: Scored;
  readonly language: SliceColumn;
}

/** Answers in three languages, calibrated but for `overstated` where confident answers are Welsh. */
function made(seed: number, groups: number, overstated = 0, together = 0.3): Made {
  const random = createRandom(seed);
  const cells: { p: number; y: number; group: number; language: number }[] = [];
  for (let group = 0; group < groups; group++) {
    const fate = random.uniform();
    const size = 1 + ((group * 7) % 20);
    for (let k = 0; k < size; k++) {
      const p = 0.3 + 0.69 * random.uniform();
      const language = Math.floor(3 * random.uniform());
      const truth = language === 1 && p > 0.76 ? p - overstated : p;
      const luck = random.uniform() < together ? fate : random.uniform();
      cells.push({ p, y: luck < truth ? 1 : 0, group, language });
    }
  }
  return {
    rows: {
      confidences: Float64Array.from(cells, ({ p }) => p),
      outcomes: Uint8Array.from(cells, ({ y }) => y),
      groups: Int32Array.from(cells, ({ group }) => group),
    },
    language: {
      name: "language",
      codes: Int32Array.from(cells, ({ language }) => language),
      count: 3,
      labels: ["Danish", "Welsh", "Finnish"],
    },
  };
}

const audit = ({ rows, language }: Made, seed = 0, level = 0.95) =>
  computeMulticalibration(splitRecords(rows, seed), [language], level, 0);

describe("cells of slice and confidence", () => {
  it("names a planted cell in words", () => {
    const found = audit(made(3, 300, 0.3));
    const [sentence] = multicalibrationSentences(found, 1);
    expect(sentence).toMatch(
      /^Where language is Welsh, confident answers \(0\.\d\d or more\) are right \d\d % of the time, not \d\d %: \d+ to \d\d points too sure\.$/,
    );
    expect(multicalibrationLead(found)).toMatch(
      /^Of 9 cells \(a slice × a band of confidence\), \d looked off on the fit part; 1 of them is proven off/,
    );
  });

  it("finds it nearly always", () => {
    let hits = 0;
    for (let seed = 0; seed < 40; seed++) {
      const [worst] = audit(made(seed, 300, 0.3), seed).cells ?? [];
      if (worst?.finding && worst.value === "Welsh" && worst.band.name === "confident") hits++;
    }
    expect(hits).toBeGreaterThanOrEqual(34);
  });

  it("measures on the evaluate part alone, by the definition", () => {
    const { rows, language } = made(3, 300, 0.3);
    const parts = splitRecords(rows, 0);
    const found = computeMulticalibration(parts, [language], 0.95, 0);
    const { confidences, outcomes, groups, indices } = parts.parts!.evaluate;
    for (const { value, band, n, groups: count, gap, accuracy, meanConfidence } of found.cells!) {
      const inside = Array.from(confidences.keys()).filter(
        (i) =>
          language.labels[language.codes[indices[i]]] === value &&
          found.bands[bandOf(found.bands, confidences[i])] === band,
      );
      const mean = meanEstimate(
        inside.map((i) => confidences[i] - outcomes[i]),
        { groups: inside.map((i) => groups![i]) },
      );
      expect(n).toBe(inside.length);
      expect(count).toBe(mean.groups);
      expect(gap.value).toBeCloseTo(mean.value, 12);
      expect(meanConfidence - accuracy).toBeCloseTo(mean.value, 12);
      // Together they must hold: wider than alone.
      expect(gap.interval![1] - gap.interval![0]).toBeGreaterThan(
        0.99 * (mean.interval![1] - mean.interval![0]),
      );
    }
  });

  it("blames calibrated confidences in at most 5 % of repetitions", () => {
    const repetitions = 200;
    let blamed = 0;
    let measured = 0;
    for (let seed = 0; seed < repetitions; seed++) {
      const { cells } = audit(made(seed, 120, 0, 0.5), seed);
      measured += cells!.length;
      if (cells!.some(({ finding }) => finding)) blamed++;
    }
    expect(measured).toBeGreaterThan(repetitions); // chance does send cells to be measured
    expect(blamed / repetitions).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / repetitions));
  });

  it("says why where nothing can be looked for", () => {
    const few = made(1, 20);
    const parts = splitRecords(few.rows, 0);
    expect(computeMulticalibration(parts, [], 0.95, 0)).toMatchObject({
      cells: null,
      reason: expect.stringContaining("--by COLUMN"),
    });
    expect(audit(few)).toMatchObject({ cells: null, reason: expect.stringContaining("10 are needed") });
    expect(audit(made(1, 2))).toMatchObject({
      cells: null,
      reason: expect.stringContaining("too few groups"),
    });
  });
});

it("looks for nothing where a few large groups hold most rows", () => {
  const { rows, language } = made(1, 300);
  const groups = rows.groups!.map((g) => (g % 10 < 7 ? g % 10 : g));
  const found = audit({ rows: { ...rows, groups }, language });
  expect(found).toMatchObject({ cells: null, reason: expect.stringContaining("as if equally large") });
});

describe("bands of confidence", () => {
  it("are thirds with round ends", () => {
    const bands = confidenceBands(Float64Array.from({ length: 999 }, (_, i) => i / 1000));
    expect(bands).toEqual([
      { name: "hesitant", from: 0, to: 0.33 },
      { name: "middling", from: 0.33, to: 0.67 },
      { name: "confident", from: 0.67, to: 1 },
    ]);
    expect([0, 0.33, 0.329, 0.67, 1].map((p) => bandOf(bands, p))).toEqual([0, 1, 0, 2, 2]);
  });

  it("are fewer where confidences are equal", () => {
    expect(confidenceBands(new Float64Array(50).fill(0.8))).toEqual([{ name: "", from: 0, to: 1 }]);
    const two = confidenceBands(Float64Array.from({ length: 60 }, (_, i) => (i < 30 ? 0.5 : 1)));
    expect(two.map(({ name, from }) => [name, from])).toEqual([
      ["hesitant", 0],
      ["confident", 1],
    ]);
    // Rounding would put everything on one side.
    const close = confidenceBands(Float64Array.from({ length: 90 }, (_, i) => 0.9901 + i / 1e5));
    expect(close).toHaveLength(3);
  });
});
