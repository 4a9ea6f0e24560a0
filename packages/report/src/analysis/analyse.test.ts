import { expectedCalibrationError } from "credence/calibration";
import { describe, expect, it } from "vitest";
import type { Records } from "../reading/records.js";
import { smallRecords } from "../records.test-support.js";
import { analyse } from "./analyse.js";

const calibrated = analyse(smallRecords());

function only(records: Records, rows: readonly number[]): Records {
  return {
    ...records,
    n: rows.length,
    confidences: Float64Array.from(rows, (i) => records.confidences[i]),
    outcomes: Uint8Array.from(rows, (i) => records.outcomes[i]),
    group: null,
    slices: [],
  };
}

describe("the report of small records", () => {
  it("counts rows, groups and what is missing", () => {
    expect(calibrated).toMatchObject({ schema: "credence.report/1", n: 600, missing: 7, unlabelled: 0 });
    expect(calibrated.groups).toMatchObject({ column: "page", count: 60, largest: 10 });
  });

  it("holds the numbers of the functions it is made of", () => {
    const { confidences, outcomes, group } = smallRecords();
    const groups = group?.codes;
    expect(calibrated.metrics.ece).toEqual(
      expectedCalibrationError(confidences, outcomes, { groups, level: 0.95, bins: 15, seed: 0 }),
    );
    const mean = confidences.reduce((sum, p, i) => sum + p - outcomes[i], 0) / 600;
    expect(calibrated.metrics.gap.value).toBeCloseTo(mean, 12);
  });

  it("tells the slices by their definition", () => {
    const { confidences, outcomes, slices } = smallRecords();
    for (const slice of calibrated.slices) {
      const code = slices[0].labels.indexOf(slice.value);
      const rows = Array.from(confidences.keys()).filter((i) => slices[0].codes[i] === code);
      const mean = (of: (i: number) => number) => rows.reduce((sum, i) => sum + of(i), 0) / rows.length;
      expect(slice.n).toBe(rows.length);
      expect(slice.groups).toBe(20);
      expect(slice.accuracy.value).toBeCloseTo(
        mean((i) => outcomes[i]),
        12,
      );
      expect(slice.meanConfidence.value).toBeCloseTo(
        mean((i) => confidences[i]),
        12,
      );
      expect(slice.gap.value).toBeCloseTo(
        mean((i) => confidences[i] - outcomes[i]),
        12,
      );
    }
  });

  it("splits groups whole, and says which rows did what", () => {
    const { parts } = calibrated.splits;
    expect(parts?.fit.groups).toBe(18);
    expect(parts?.certify.groups).toBe(24);
    expect(parts?.evaluate.groups).toBe(18);
    expect((parts?.fit.n ?? 0) + (parts?.certify.n ?? 0) + (parts?.evaluate.n ?? 0)).toBe(600);
    expect(calibrated.threshold.rows).toEqual(parts?.certify);
    expect(calibrated.recalibration.calibrator).toMatchObject({ fitted: { rows: parts?.fit } });
  });

  it("is the same again, and survives JSON", () => {
    const forget = (report: unknown) =>
      JSON.parse(JSON.stringify(report), (key, value) => (key === "fittedAt" ? undefined : value));
    expect(forget(analyse(smallRecords()))).toEqual(forget(calibrated));
  });

  it("names every footnote that exists once", () => {
    const ids = calibrated.methods.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("findings", () => {
  it("names the slice that overstates, and no other", () => {
    const { slices, verdict } = analyse(smallRecords({ overstated: 0.35, groups: 300 }));
    expect(slices.map(({ value, finding }) => [value, finding === "overconfident"])).toEqual([
      ["noisy", true],
      [slices[1].value, false],
      [slices[2].value, false],
    ]);
    expect(verdict.answers[1].answer).toContain("by condition, worst first: noisy (says");
  });

  it("shows what counting rows would have claimed", () => {
    const { contrast } = analyse(smallRecords({ together: 0.9, groups: 200 }));
    const width = ([low, high]: readonly [number, number]) => high - low;
    const row = width(contrast?.byRow.accuracy.interval as [number, number]);
    const group = width(contrast?.byGroup.accuracy.interval as [number, number]);
    expect(group).toBeGreaterThan(2 * row);
  });
});

describe("data that leaves little to say", () => {
  const records = smallRecords();

  it("one row: infinite intervals and reasons, not an error", () => {
    const report = analyse(only(records, [0]));
    expect(report.metrics.gap.interval).toEqual([-Infinity, Infinity]);
    expect(report.splits.parts).toBeNull();
    expect(report.recalibration).toMatchObject({ chosen: null, evaluation: null });
    expect(report.threshold).toMatchObject({ certified: false, threshold: null });
    expect(report.verdict.status).toBe("unknown");
  });

  it("two and three rows", () => {
    for (const rows of [
      [0, 1],
      [0, 1, 2],
    ])
      expect(analyse(only(records, rows)).n).toBe(rows.length);
  });

  it("all outcomes equal: a warning, no AUROC, no recalibration", () => {
    for (const outcome of [0, 1]) {
      const same = { ...records, outcomes: records.outcomes.map(() => outcome) };
      const report = analyse(same);
      expect(report.metrics.auroc).toBeNull();
      expect(report.recalibration.chosen).toBeNull();
      expect(report.warnings.map(({ code }) => code)).toContain("one-class");
    }
  });

  it("one group", () => {
    const one = { ...records, group: { name: "page", codes: new Int32Array(600), count: 1 } };
    const report = analyse(one);
    expect(report.metrics.gap.interval).toEqual([-Infinity, Infinity]);
    expect(report.groups?.designEffect).toBeNull();
    expect(report.splits.reason).toContain("too few groups");
  });

  it("groups of one row", () => {
    const alone = {
      ...records,
      group: { name: "id", codes: Int32Array.from(records.confidences.keys()), count: 600 },
    };
    expect(analyse(alone).threshold.method).toBe("clopper-pearson");
  });

  it("confidences of exactly 0 and 1 are pointed out", () => {
    const extreme = { ...records, confidences: records.confidences.map((p, i) => (i < 3 ? 1 : p)) };
    expect(analyse(extreme).warnings.find(({ code }) => code === "extreme-confidences")?.message).toContain(
      "3 confidences",
    );
  });
});

it.each([
  { risk: 0 },
  { delta: 1 },
  { level: 1.5 },
  { bins: 0 },
  { bins: 2.5 },
  { tolerance: -1 },
  { seed: Number.NaN },
])("refuses the options %j", (options) => {
  expect(() => analyse(smallRecords(), options)).toThrow(`--${Object.keys(options)[0]}`);
});
