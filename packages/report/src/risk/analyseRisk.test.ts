import { conformalRiskControl, hoeffdingBentkus, learnThenTest } from "credence/conformal";
import { meanEstimate, proportionEstimate, splitRows } from "credence/estimate";
import { createRandom } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { gateReport } from "../gate/reportGate.js";
import { renderHtml } from "../html/index.js";
import { InputError } from "../reading/inputError.js";
import { renderJson } from "../render/json.js";
import { renderMarkdown } from "../render/markdown.js";
import { renderTerminal } from "../render/terminal.js";
import { analyseRisk, type RiskAnalysisOptions } from "./analyseRisk.js";
import { acceptedLosses, sweepLosses, thresholdsOf } from "./lossSweep.js";
import { type LossReadOptions, type LossRecords, readLosses } from "./readLosses.js";
import { leastUnits, startOf, upperBound } from "./riskThresholds.js";

const folder = temporaryFolder();

interface Asked {
  readonly n?: number;
  readonly grouped?: boolean;
  readonly bound?: number;
  readonly seed?: number;
  /** Losses of the least confident. */
  readonly worst?: number;
}

/** Answers lose more often the less confident they are; rows of one group of six share their luck in part. */
function losing({ n = 1800, grouped = false, bound = 1, seed = 5, worst = 0.4 }: Asked = {}): LossRecords {
  const random = createRandom(seed);
  const codes = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 6));
  let fate = 0;
  const confidences = new Float64Array(n);
  const losses = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (i % 6 === 0) fate = random.uniform();
    confidences[i] = Math.round(1000 * random.uniform()) / 1000;
    const luck = random.uniform() < 0.3 ? fate : random.uniform();
    losses[i] = luck < worst * (1 - confidences[i]) ? bound * random.uniform() : 0;
  }
  return {
    origin: {
      files: ["l.csv"],
      format: "memory",
      columns: { confidence: "c", loss: "l", group: grouped ? "user" : null },
      by: [],
      where: null,
      guesses: [],
    },
    n,
    missing: 0,
    unlabelled: 4,
    confidences,
    losses,
    bound,
    group: grouped ? { name: "user", codes, count: n / 6 } : null,
    slices: [],
    suspects: [],
  };
}

/** The parts that the analysis uses, made once more, with losses as shares of the bound. */
function partsOf({ confidences, losses, group, bound }: LossRecords) {
  const shares = losses.map((loss) => loss / bound);
  const groups = group?.codes;
  const split = splitRows(
    [confidences, shares],
    { fit: 0.3, certify: 0.4, evaluate: 0.3 },
    { ...(groups && { groups }) },
  );
  const take = ({ indices }: { indices: Int32Array }) => ({
    confidences: Float64Array.from(indices, (i) => confidences[i]),
    losses: Float64Array.from(indices, (i) => shares[i]),
    groups: groups ? Int32Array.from(indices, (i) => groups[i]) : null,
  });
  return { fit: take(split.fit), certify: take(split.certify), evaluate: take(split.evaluate) };
}

describe.each([false, true])("thresholds, rows in groups: %s", (grouped) => {
  const records = losing({ grouped, bound: 5 });
  const options = { risk: 0.6, delta: 0.1 };
  const report = analyseRisk(records, options);
  const { fit, certify, evaluate } = partsOf(records);
  const tried = thresholdsOf(fit.confidences);
  const alpha = 0.12;

  /** The p-value of one threshold by Learn then Test, on its accepted rows alone. */
  const pValue = (threshold: number): number => {
    const rows = Array.from(certify.losses.keys()).filter((i) => certify.confidences[i] >= threshold);
    if (rows.length === 0) return 1;
    const data = rows.map((i) => certify.losses[i]);
    const groups = certify.groups ? { groups: rows.map((i) => (certify.groups as Int32Array)[i]) } : {};
    return learnThenTest({ data, rows: rows.length, columns: 1 }, { alpha, delta: 0.1, ...groups })
      .pValues[0];
  };

  it("are certified by Learn then Test, downwards from where the fit part points to", () => {
    const start = startOf(sweepLosses(fit, tried), { alpha, delta: 0.1, binary: false });
    let expected: number | null = null;
    for (const threshold of tried.slice(start)) {
      if (pValue(threshold) > 0.1) break;
      expected = threshold;
    }
    expect(expected).not.toBeNull();
    expect(report.certified).toMatchObject({ threshold: expected, reason: null, needed: null });
    const units = acceptedLosses(certify, expected as number);
    expect(report.certified.loss).toBeCloseTo(5 * meanEstimate(units).value, 10);
  });

  it("per answer asked are those of conformal risk control on the whole grid", () => {
    const ascending = [...tried].reverse();
    const data = Array.from(certify.losses).flatMap((loss, i) =>
      ascending.map((threshold) => (certify.confidences[i] >= threshold ? loss : 0)),
    );
    const matrix = { data, rows: certify.losses.length, columns: ascending.length };
    const groups = certify.groups ? { groups: certify.groups } : {};
    const found = conformalRiskControl(matrix, { alpha, lambdas: ascending, ...groups });
    expect(found.lambda).not.toBeNull();
    expect(report.perAnswer.threshold).toBe(found.lambda);
    expect(report.perAnswer.loss).toBeCloseTo(5 * found.risk, 10);
  });

  it("on average go down until the inequality of conformal risk control fails", () => {
    const start = startOf(sweepLosses(fit, tried), { alpha, delta: 0.1, binary: false });
    let expected: number | null = null;
    for (const threshold of tried.slice(start)) {
      const units = acceptedLosses(certify, threshold);
      if ((units.reduce((sum, loss) => sum + loss, 0) + 1) / (units.length + 1) > alpha) break;
      expected = threshold;
    }
    expect(report.expected.threshold).toBe(expected);
    expect(report.expected.threshold as number).toBeLessThanOrEqual(report.certified.threshold as number);
  });

  it("are checked on rows that had no say", () => {
    const threshold = report.certified.threshold as number;
    const losses = acceptedLosses(evaluate, threshold);
    expect(report.certified.evaluated?.loss?.value).toBeCloseTo(5 * meanEstimate(losses).value, 10);
    expect(report.certified.evaluated?.coverage).toEqual(
      proportionEstimate(
        Array.from(evaluate.confidences, (p) => p >= threshold),
        evaluate.groups ? { groups: evaluate.groups } : {},
      ),
    );
  });

  it("stand on a curve whose bounds are where the p-value is δ", () => {
    for (const { threshold, loss, bound, units } of report.curve.filter((_, k) => k % 13 === 0)) {
      const own = acceptedLosses(certify, threshold);
      expect(units).toBe(own.length);
      expect(loss).toBeCloseTo(5 * meanEstimate(own).value, 10);
      if (bound < 5) expect(hoeffdingBentkus(loss / 5, units, bound / 5)).toBeCloseTo(0.1, 3);
    }
  });
});

describe("what the promises are worth", () => {
  it("certified thresholds break theirs no more often than δ, those on average keep it on average", () => {
    // Expected loss of answers from confidence t on: the mean of worst · (1 − c)/2 over c in [t, 1].
    const risk = 0.05;
    const trueLoss = (t: number) => (0.4 / 2) * ((1 - t) / 2);
    const runs = 60;
    let broken = 0;
    let sum = 0;
    let perAnswer = 0;
    for (let run = 0; run < runs; run++) {
      const {
        certified,
        expected,
        perAnswer: each,
      } = analyseRisk(losing({ n: 900, seed: 100 + run }), { risk, delta: 0.1 });
      if (certified.threshold !== null && trueLoss(certified.threshold) > risk) broken++;
      sum += expected.threshold === null ? 0 : trueLoss(expected.threshold);
      perAnswer += each.threshold === null ? 0 : trueLoss(each.threshold) * (1 - each.threshold);
    }
    // Hoeffding–Bentkus is careful: at δ = 0.1 and 60 runs, 14 or more would be a one-in-a-thousand accident.
    expect(broken).toBeLessThan(14);
    expect(sum / runs).toBeLessThan(risk + 0.005);
    expect(perAnswer / runs).toBeLessThan(risk + 0.005);
    expect(perAnswer / runs).toBeGreaterThan(0.5 * risk);
  });

  it("says plainly when nothing certifies, and how many would be needed", () => {
    const few = analyseRisk(losing({ n: 120, grouped: true }), { risk: 0.02 });
    expect(few.certified).toMatchObject({
      threshold: null,
      reason: expect.stringMatching(/8 groups that certify are too few/),
    });
    expect(few.certified.needed).toBeGreaterThan(20);
    // Never fewer than there are.
    for (let seed = 0; seed < 20; seed++) {
      const { certified } = analyseRisk(losing({ n: 300, grouped: true, seed }), { risk: 0.1 });
      if (certified.needed !== null) expect(certified.needed).toBeGreaterThan(50);
    }
    expect(few.verdict.status).toBe("unknown");
    const hopeless = analyseRisk({ ...losing(), losses: new Float64Array(1800).fill(0.5) }, { risk: 0.1 });
    expect(hopeless.certified).toMatchObject({
      needed: null,
      reason: expect.stringContaining("whether more labels would"),
    });
    expect(hopeless.verdict.status).toBe("bad");
    const two = analyseRisk(losing({ n: 12, grouped: true }));
    expect(two).toMatchObject({ parts: null, curve: [], certified: { threshold: null } });
    expect(two.certified.reason).toContain("2 groups cannot be split");
    // At 5 %, 19 flawless groups keep the average; they are 40 % of all.
    expect(two.expected).toMatchObject({ needed: 48, reason: expect.stringContaining("About 48 groups") });
    expect(two.certified.needed).toBeGreaterThan(48);
    for (const report of [few, hopeless, two]) {
      expect(renderTerminal(report)).toContain("None: ");
      expect(renderHtml(report)).not.toMatch(/NaN|undefined/);
    }
  });

  it("needs as many units as its p-value says", () => {
    const target = { alpha: 0.1, delta: 0.05, binary: true };
    const least = leastUnits(0.02, target);
    expect(hoeffdingBentkus(0.02, least, 0.1, true)).toBeLessThanOrEqual(0.05);
    expect(hoeffdingBentkus(0.02, least - 1, 0.1, true)).toBeGreaterThan(0.05);
    expect(upperBound({ threshold: 0, units: 0, meanLoss: 0, rows: 0 }, target)).toBe(1);
  });
});

it("sweeps as the slow definition does, ties together", () => {
  const { certify } = partsOf(losing({ grouped: true }));
  for (const rows of [certify, { ...certify, groups: null }])
    for (const point of sweepLosses(rows, [0.999, 0.5, 0.2, 0])) {
      const own = acceptedLosses(rows, point.threshold);
      expect(point.units).toBe(own.length);
      expect(point.meanLoss).toBeCloseTo(own.length === 0 ? 0 : meanEstimate(own).value, 12);
    }
  expect(thresholdsOf(Float64Array.of(0.3, 0.9, 0.3))).toEqual([0.9, 0.3]);
  expect(thresholdsOf(Float64Array.from({ length: 5000 }, (_, i) => i / 5000))).toHaveLength(100);
});

describe("in every form", () => {
  const report = analyseRisk(losing({ grouped: true, bound: 5 }), { risk: 0.6, delta: 0.1 });

  it("says what is promised, and to whom", () => {
    const page = renderHtml(report);
    expect(page).toContain('<p class="status good">Certified</p>');
    expect(page).toContain('id="risk-curve-title"');
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
    expect(page).toContain("as a share of the largest, 5");
    for (const text of [renderMarkdown(report), renderTerminal(report)]) {
      expect(text.replace(/\s+/g, " ")).toContain("of a new user that go out is at most 0.6");
      expect(text).toContain("4 without a loss");
    }
    for (const line of renderTerminal(report).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(JSON.parse(renderJson(report)).schema).toBe("credence.risk/1");
    expect(gateReport(report, "certified.evaluated.coverage.low < 0.01 or meanLoss.high > 5").holds).toBe(
      false,
    );
  });
});

describe("what is refused", () => {
  const head = "confidence,cost,user\n0.5,1,a\n";
  it.each([
    ["0.5,2.5,a", {}, "out-of-range", "cost"],
    ["0.5,-1,a", {}, "out-of-range", "cost"],
    ["0.5,nan,a", {}, "not-a-number", "cost"],
    ["0.5,free,a", {}, "not-a-number", "cost"],
    ["50,1,a", {}, "not-a-probability", "confidence"],
    ["0.5,1,", { group: "user" }, "missing-group", "user"],
  ])("%s with %j is %s", async (line, asked: Partial<LossReadOptions>, code, column) => {
    const file = folder.write("bad.csv", `${head}${line}\n`);
    const error: unknown = await readLosses([file], { loss: "cost", lossBound: 2, ...asked }).catch(
      (found: unknown) => found,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code, place: { row: 2, line: 3, column } });
  });

  it("is told of rows without a loss, and of bounds and risks that make no sense", async () => {
    const file = folder.write("some.csv", `${head}0.7,,b\n,1,b\n`);
    expect(await readLosses([file], { loss: "cost" })).toMatchObject({
      n: 1,
      missing: 1,
      unlabelled: 1,
      bound: 1,
    });
    expect(() => readLosses([file], { loss: "cost", lossBound: 0 })).toThrow("--loss-bound is 0");
    for (const [options, message] of [
      [{ risk: 1 }, "--risk is 1"],
      [{ delta: 0 }, "--delta is 0"],
    ] as [RiskAnalysisOptions, string][])
      expect(() => analyseRisk(losing(), options)).toThrow(message);
  });
});
