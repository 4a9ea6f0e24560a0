import { decisionCurve } from "credence/calibration";
import { clopperPearson, proportionEstimate, sidakLevel } from "credence/estimate";
import { createRandom } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { smallRecords } from "../records.test-support.js";
import { decisionSubtitle, decisionWords } from "../words/decisionWords.js";
import { computeDecision } from "./decision.js";
import type { Scored } from "./scored.js";

/** Rows that stand alone; `right` says how likely a row with a confidence is right. */
function rowsOf(n: number, seed: number, right: (p: number) => number): Scored {
  const random = createRandom(seed);
  const confidences = Float64Array.from({ length: n }, () => random.uniform());
  const outcomes = Uint8Array.from(confidences, (p) => (random.uniform() < right(p) ? 1 : 0));
  return { confidences, outcomes, groups: null };
}

describe("the decision curve of a report", () => {
  const { confidences, outcomes, group } = smallRecords({ overstated: 0.4, together: 0.3 });
  const groups = group!.codes;
  const decision = computeDecision({ confidences, outcomes, groups }, 0.95, 0);

  it("holds the net benefits of the library", () => {
    const thresholds = decision.points.map(({ threshold }) => threshold);
    expect(thresholds).toHaveLength(49);
    const curve = decisionCurve(confidences, outcomes, { thresholds, groups, level: 0.95 });
    decision.points.forEach(({ model, all, advantage }, i) => {
      expect({ model, all, advantage }).toMatchObject({
        model: curve[i].model,
        all: curve[i].all,
        advantage: curve[i].advantage,
      });
    });
  });

  it("calls better and worse what the shares on both sides of the threshold prove", () => {
    const level = sidakLevel(0.95, 98);
    const interval = (keep: (p: number) => boolean) => {
      const rows = Array.from(confidences.keys()).filter((i) => keep(confidences[i]));
      if (rows.length === 0) return [0, 1];
      return proportionEstimate(
        rows.map((i) => outcomes[i]),
        { level, groups: rows.map((i) => groups[i]) },
      ).interval!;
    };
    for (const { threshold: t, finding } of decision.points) {
      const [above, below] = [interval((p) => p >= t), interval((p) => p < t)];
      const better = above[0] > t && below[1] < t;
      const worse = above[1] < t || below[0] > t;
      expect(finding).toBe(better ? "better" : worse ? "worse" : "undecided");
    }
  });

  it("says where calibrated confidences are worth acting on, and that nowhere it hurts", () => {
    const calibrated = computeDecision(
      rowsOf(4000, 1, (p) => p),
      0.95,
      0,
    );
    expect(calibrated.worse).toEqual([]);
    expect(calibrated.better).toHaveLength(1);
    expect(calibrated.better[0].from).toBeLessThan(0.2);
    expect(calibrated.better[0].to).toBeGreaterThan(0.8);
    expect(decisionWords(calibrated, 0.95)).toMatch(
      /^Acting on the confidences beats acting on every answer and on none at thresholds 0\.\d\d to 0\.\d\d, where a wrong answer costs 0\.\d to \d+(\.\d)? times what a right one gains \(proven for all thresholds at once, level 95 %\)\.$/,
    );
    expect(decisionSubtitle(calibrated)).toMatch(/proven best at thresholds/);
  });

  it("warns where confidences that promise too much do harm", () => {
    const n = 2000;
    const boaster = {
      confidences: new Float64Array(n).fill(0.9),
      outcomes: Uint8Array.from({ length: n }, (_, i) => (i % 5 < 3 ? 1 : 0)), // right 60 % of the time
      groups: null,
    };
    const { better, worse } = computeDecision(boaster, 0.95, 0);
    expect(better).toEqual([]);
    const most = clopperPearson(1200, n, sidakLevel(0.95, 98))[1];
    expect(worse).toEqual([{ from: Math.ceil(50 * most) / 50, to: 0.9 }]);
    expect(decisionWords({ points: [], better, worse }, 0.95)).toContain(
      "At thresholds 0.64 to 0.90 one of those two is better than acting on them.",
    );
  });

  it("takes a dozen right answers for no proof that 98 % are", () => {
    const n = 400;
    const rows = {
      confidences: Float64Array.from({ length: n }, (_, i) => (i < 12 ? 0.99 : 0.3)),
      outcomes: Uint8Array.from({ length: n }, (_, i) => (i < 12 || i % 10 < 3 ? 1 : 0)),
      groups: null,
    };
    const { points } = computeDecision(rows, 0.95, 0);
    const last = points[points.length - 1];
    expect(last.advantage.interval![0]).toBeGreaterThan(0); // the delta method is taken in
    expect(last.finding).toBe("undecided");
  });

  it("is silent, but for the odd time, where confidences know nothing", () => {
    const repetitions = 200;
    let claims = 0;
    for (let seed = 0; seed < repetitions; seed++)
      if (
        computeDecision(
          rowsOf(300, seed, () => 0.6),
          0.95,
          0,
        ).better.length > 0
      )
        claims++;
    // 5 % and three Monte-Carlo standard errors.
    expect(claims / repetitions).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / repetitions));
  });
});
