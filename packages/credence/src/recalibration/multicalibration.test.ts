import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { multicalibration } from "./multicalibration.js";
import { simulate } from "./simulate.test-support.js";

/** Calibrated on the whole, but half the rows of each language are off by ±shift. */
function languages(n: number, seed: number, shift: number) {
  const random = createRandom(seed);
  const { truth } = simulate(n, random);
  const language = Array.from({ length: n }, () => (random.uniform() < 0.5 ? "Welsh" : "Danish"));
  const length = Array.from({ length: n }, () => Math.floor(random.uniform() * 3));
  const real = truth.map((p, i) => Math.min(1, Math.max(0, p + (language[i] === "Welsh" ? -shift : shift))));
  const outcomes = Array.from(real, (p) => Number(random.uniform() < p));
  return { scores: [...truth], outcomes, truth: real, by: { language, length } };
}

test("names the wrong cells in words, corrects them, and the audit holds", () => {
  const { scores, outcomes, by } = languages(40_000, 1, 0.15);
  const calibrator = multicalibration.fit(scores, outcomes, { by });
  const { findings, corrections, audit } = calibrator.parameters;
  expect(calibrator.status).toBe("ok");
  expect(new Set(findings.map(({ attribute }) => attribute))).toContain("language");
  expect(findings[0].words).toMatch(
    /^Where language is (Welsh|Danish) and the confidence is [\d.]+ to [\d.]+, answers are right [\d.]+ % of the time, not [\d.]+ % \(\d+ rows\)\.$/,
  );
  expect(corrections.length).toBeGreaterThan(10);
  expect(audit.holds).toBe(true);
  // On fresh rows with known truth: every large cell is right to within the tolerance.
  const fresh = languages(28_000, 2, 0.15);
  const p = calibrator.predict(fresh);
  for (const who of ["Welsh", "Danish"])
    for (let level = 0; level < 10; level++) {
      const cell = [...p.keys()].filter(
        (i) => fresh.by.language[i] === who && p[i] > level / 10 && p[i] <= (level + 1) / 10,
      );
      if (cell.length < 900) continue;
      const bias = cell.reduce((sum, i) => sum + fresh.truth[i] - p[i], 0) / cell.length;
      expect(Math.abs(bias)).toBeLessThan(0.05);
    }
});

test("on the fit part every large cell is within the tolerance when boosting ends", () => {
  // With nearly all rows in the fit part, the fit part is the data.
  const { scores, outcomes, by } = languages(4000, 3, 0.15);
  const calibrator = multicalibration.fit(scores, outcomes, { by, auditShare: 0.001, minRows: 50 });
  const p = calibrator.predict({ scores, by });
  for (const [attribute, values] of Object.entries(by))
    for (const value of new Set<string | number>(values))
      for (let level = 0; level < 10; level++) {
        const cell = [...p.keys()].filter(
          (i) => (values as (string | number)[])[i] === value && Math.ceil(10 * p[i] - 1e-12) - 1 === level,
        );
        if (cell.length < 60) continue; // a few rows are in the audit part
        const bias = cell.reduce((sum, i) => sum + outcomes[i] - p[i], 0) / cell.length;
        expect([attribute, value, level, Math.abs(bias) < 0.07]).toEqual([attribute, value, level, true]);
      }
});

test("leaves calibrated scores alone, and the audit seldom cries wolf", () => {
  let failed = 0;
  for (let seed = 0; seed < 20; seed++) {
    const { scores, outcomes, by } = languages(6000, 100 + seed, 0);
    const { parameters } = multicalibration.fit(scores, outcomes, { by, tolerance: 0.08 });
    expect(parameters.corrections.length).toBeLessThan(3);
    if (!parameters.audit.holds) failed++;
  }
  expect(failed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-7, 20, 0.05));
});

test("one level is multiaccuracy: every group is right on average", () => {
  const { scores, outcomes, by } = languages(8000, 4, 0.15);
  const { parameters, predict } = multicalibration.fit(scores, outcomes, { by, levels: 1 });
  expect(parameters.corrections.every(({ level }) => level === 0)).toBe(true);
  const p = predict({ scores, by });
  const welsh = [...p.keys()].filter((i) => by.language[i] === "Welsh");
  const bias = welsh.reduce((sum, i) => sum + outcomes[i] - p[i], 0) / welsh.length;
  expect(Math.abs(bias)).toBeLessThan(0.06);
});

test("too few rows for any audit: says so", () => {
  const { scores, outcomes, by } = languages(100, 5, 0.1);
  const { status, notes, parameters } = multicalibration.fit(scores, outcomes, { by });
  expect(status).toBe("too-few");
  expect(parameters.audit.holds).toBe(false);
  expect(notes.join()).toContain("nothing could be audited");
});

test("groups stay whole between fit and audit, and widen the audit's intervals", () => {
  const { scores, outcomes, by } = languages(4000, 6, 0.1);
  const groups = scores.map((_, i) => i % 40);
  const { parameters } = multicalibration.fit(scores, outcomes, { by, groups, levels: 1 });
  expect(parameters.audit.rows).toBe(1200);
  expect(parameters.audit.cells[0].bias).toMatchObject({ groups: 12, method: "cluster-delta-sidak" });
});

test("survives JSON exactly and refuses bad input", () => {
  const { scores, outcomes, by } = languages(6000, 7, 0.15);
  const calibrator = multicalibration.fit(scores, outcomes, { by, minRows: 100 });
  const text = JSON.stringify(calibrator);
  const back = multicalibration.fromJSON(text);
  expect(JSON.stringify(back)).toBe(text);
  expect([...back.predict({ scores, by })]).toEqual([...calibrator.predict({ scores, by })]);
  const json = JSON.parse(text);
  json.parameters.corrections[0].level = 99;
  expect(() => multicalibration.fromJSON(json)).toThrow("parameters.corrections[0].level");
  expect(() => calibrator.predict({ scores, by: { language: by.language } })).toThrow('"length": is missing');
  expect(() => multicalibration.fit(scores, outcomes, { by: { language: ["a"] } })).toThrow("by.language");
  expect(() => multicalibration.fit(scores, outcomes, { by, tolerance: 0 })).toThrow("tolerance");
});
