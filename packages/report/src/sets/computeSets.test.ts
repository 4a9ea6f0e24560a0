import { aps, coverageBy, lac, raps } from "credence/conformal";
import { meanEstimate, proportionEstimate } from "credence/estimate";
import { createRandom } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analyse.js";
import type { AnalysisOptions } from "../analysis/options.js";
import { splitRecords } from "../analysis/splits.js";
import { takeRows } from "../analysis/takeRows.js";
import { gateReport } from "../gate/reportGate.js";
import { renderHtml } from "../html/index.js";
import type { ClassRows, Records } from "../reading/records.js";
import { renderMarkdown } from "../render/markdown.js";
import { renderTerminal } from "../render/terminal.js";
import { takeMatrixRows } from "./computeSets.js";

const CLASSES = 4;

/** Calibrated class probabilities in groups of 5 rows; in the last of three slices the truth is drawn at random instead. */
function classRecords(groups: number, grouped = true): Records & { readonly classes: ClassRows } {
  const random = createRandom(4);
  const n = 5 * groups;
  const data = new Float64Array(n * CLASSES);
  const labels = new Int32Array(n);
  const confidences = new Float64Array(n);
  const outcomes = new Uint8Array(n);
  const codes = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 5));
  const slice = codes.map((group) => group % 3);
  for (let i = 0; i < n; i++) {
    const odds = Array.from({ length: CLASSES }, () => Math.exp(9 * random.uniform()));
    const total = odds.reduce((sum, x) => sum + x, 0);
    const p = odds.map((x) => x / total);
    data.set(p, i * CLASSES);
    const drawn = slice[i] === 2 ? p.map(() => 1 / CLASSES) : p;
    let left = random.uniform();
    while (labels[i] < CLASSES - 1 && left > drawn[labels[i]]) left -= drawn[labels[i]++];
    confidences[i] = Math.max(...p);
    outcomes[i] = Number(p.indexOf(confidences[i]) === labels[i]);
  }
  const columns = { confidence: "p", outcome: "y", group: grouped ? "page" : null, by: ["kind"] };
  return {
    origin: { files: ["classes.csv"], format: "memory", columns, where: null, guesses: [] },
    n,
    missing: 0,
    unlabelled: 0,
    confidences,
    outcomes,
    group: grouped ? { name: "page", codes, count: groups } : null,
    slices: [{ name: "kind", codes: slice, count: 3, labels: ["plain", "faint", "random"] }],
    suspects: [],
    classes: { names: ["a", "b", "c", "d"], labels, probabilities: { data, rows: n, columns: CLASSES } },
  };
}

/** The parts that the analysis uses, made once more. */
function partsOf({ confidences, outcomes, group, classes, slices }: ReturnType<typeof classRecords>) {
  const { parts } = splitRecords({ confidences, outcomes, groups: group?.codes ?? null }, 0);
  if (!parts) throw new Error("no parts");
  return [parts.certify, parts.evaluate].map(({ indices, groups }) => ({
    probabilities: takeMatrixRows(classes.probabilities, indices),
    labels: takeRows(classes.labels, indices),
    kinds: takeRows(slices[0].codes, indices),
    groups: groups ?? undefined,
  }));
}

const setsOf = (records: Records, options: AnalysisOptions = {}) => {
  const { sets } = analyse(records, options);
  if (!sets) throw new Error("no sets");
  return sets;
};

describe("prediction sets in a report", () => {
  const records = classRecords(160);
  const sets = setsOf(records);
  const [calibrate, evaluate] = partsOf(records);
  const { groups } = evaluate;

  it("are those of credence, judged on the other part", () => {
    expect(sets).toMatchObject({ method: "lac", classes: 4, levels: [{ target: 0.9 }, { target: 0.95 }] });
    expect(sets.parts).toMatchObject({
      calibrate: { part: "certify", groups: 64 },
      evaluate: { part: "evaluate" },
    });
    for (const { target, ...found } of sets.levels) {
      const alpha = target === 0.9 ? 0.1 : 0.05;
      const fitted = lac.fit(calibrate.probabilities, calibrate.labels, { alpha, groups: calibrate.groups });
      const predicted = fitted.predict(evaluate.probabilities);
      const covered = predicted.map((set, i) => set.includes(evaluate.labels[i]));
      const sizes = predicted.map((set) => set.length);
      const share = (size: number) =>
        proportionEstimate(
          sizes.map((s) => s === size),
          { groups },
        );
      expect(found.threshold).toBe(fitted.threshold);
      expect(found.coverage).toEqual(proportionEstimate(covered, { groups }));
      expect(found.size).toEqual(meanEstimate(sizes, { groups }));
      expect(found.empty).toEqual(share(0));
      expect(found.single).toEqual(share(1));
      expect(found.sizes).toEqual([0, 1, 2, 3, 4].map((size) => sizes.filter((s) => s === size).length));
    }
  });

  it("are looked at by slice, worst first, with one threshold and with one each", () => {
    const [level] = sets.levels;
    const options = { alpha: 0.1, groups: calibrate.groups };
    const pooled = lac
      .fit(calibrate.probabilities, calibrate.labels, options)
      .predict(evaluate.probabilities);
    const own = lac
      .fit(calibrate.probabilities, calibrate.labels, { ...options, categories: calibrate.kinds })
      .predict(evaluate.probabilities, { categories: evaluate.kinds });
    const names = ["plain", "faint", "random"];
    const expected = (predicted: number[][]) =>
      coverageBy(
        predicted.map((set, i) => set.includes(evaluate.labels[i])),
        evaluate.kinds,
        { groups },
      );
    expect(
      level.slices.map(({ value, pooled: { coverage } }) => [value, coverage.value, coverage.interval]),
    ).toEqual(
      expected(pooled).map(({ stratum, coverage }) => [
        names[stratum as number],
        coverage.value,
        coverage.interval,
      ]),
    );
    for (const { stratum, coverage } of expected(own)) {
      const slice = level.slices.find(({ value }) => value === names[stratum as number]);
      expect(slice?.mondrian.coverage.interval).toEqual(coverage.interval);
      const sizes = own.filter((_, i) => evaluate.kinds[i] === stratum).map((set) => set.length);
      expect(slice?.mondrian.size).toBeCloseTo(sizes.reduce((a, b) => a + b, 0) / sizes.length, 12);
    }
    // The slice in which probabilities mean nothing is left behind by one threshold, and mended by its own.
    expect(level.slices[0]).toMatchObject({ value: "random" });
    expect(level.slices[0].pooled.coverage.interval?.[1]).toBeLessThan(0.9);
    expect(level.slices[0].mondrian.coverage.interval?.[1]).toBeGreaterThan(0.9);
  });

  it("say in every form where the promise holds only on average, and what it assumes", () => {
    const report = analyse(records);
    const plain = (text: string) => text.replace(/\s+/g, " ");
    for (const text of [renderMarkdown(report), renderTerminal(report)].map(plain)) {
      expect(text).toContain(
        "holds only on average over all rows: it is broken in 1 of 3 slices, worst first: random",
      );
      expect(text).toContain("pages are exchangeable");
      expect(text).toMatch(/Sizes at 90 %: .*2 in \d+\.\d %/);
    }
    const page = renderHtml(report);
    for (const id of [
      "sets",
      "sets-900-sizes-title",
      "sets-900-slices-title",
      "sets-950-mondrian-title",
      "method-set-slices",
    ])
      expect(page).toContain(`id="${id}"`);
    expect(report.splits.uses.map(({ what }) => what)).toContain("calibration of the prediction sets");
    expect(gateReport(report, "sets.levels[0].slices[0].pooled.coverage.high < 0.9").holds).toBe(true);
  });

  it("takes APS and RAPS where asked, and other coverages", () => {
    const plain = classRecords(160, false);
    const [fit, judge] = partsOf(plain);
    for (const [method, asked] of [
      [aps, "aps"],
      [raps, "raps"],
    ] as const) {
      const { levels } = setsOf(plain, { sets: asked, coverage: [0.8] });
      const fitted = method.fit(fit.probabilities, fit.labels, { alpha: 0.2 });
      const sizes = fitted.predict(judge.probabilities).map((set) => set.length);
      expect(levels).toMatchObject([{ target: 0.8, threshold: fitted.threshold, size: meanEstimate(sizes) }]);
    }
  });

  it("are full, with the reason, where there is too little to promise anything", () => {
    const few = setsOf(classRecords(6));
    expect(few.levels[0]).toMatchObject({
      threshold: Infinity,
      reason: expect.stringContaining("2 calibration groups cannot promise 90 %"),
      coverage: { value: 1 },
      size: { value: 4 },
    });
    const none = setsOf(classRecords(1));
    expect(none).toMatchObject({
      parts: null,
      levels: [],
      reason: expect.stringContaining("too few groups"),
    });
    expect(renderTerminal(analyse(classRecords(1)))).toContain("No prediction sets");
  });

  it("hold every class in a slice that calibration never saw", () => {
    const [, rare] = partsOf(records);
    const last = splitRecords(
      { confidences: records.confidences, outcomes: records.outcomes, groups: records.group?.codes ?? null },
      0,
    ).parts?.evaluate.indices[0] as number;
    const codes = records.slices[0].codes.map((code, i) => (i === last ? 3 : code));
    const slices = [{ ...records.slices[0], codes, count: 4, labels: ["plain", "faint", "random", "new"] }];
    const slice = setsOf({ ...records, slices }).levels[0].slices.find(({ value }) => value === "new");
    expect(slice).toMatchObject({ n: 1, mondrian: { size: 4, threshold: Infinity } });
    expect(slice?.mondrian.reason).toContain("no calibration row");
    expect(rare.labels.length).toBeGreaterThan(0);
  });

  it.each([
    [{ coverage: [1] }, "--coverage is 1"],
    [{ sets: "thr" as "lac" }, "--sets is thr"],
  ])("refuses %j", (options, message) => {
    expect(() => analyse(records, options)).toThrow(message);
  });
});
