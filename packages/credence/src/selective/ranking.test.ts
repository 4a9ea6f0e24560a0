import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jackknife } from "../estimate/jackknife.js";
import { clopperPearson } from "../estimate/proportion.js";
import { atLeast } from "../estimate/simulation.test-support.js";
import { sampleNormal, shuffle } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { augrc } from "./augrc.js";
import { type AurcConvention, aurc, excessAurc } from "./aurc.js";
import { errorDetectionAuroc } from "./errorDetectionAuroc.js";
import { predictionRejectionRatio } from "./predictionRejectionRatio.js";
import { riskCoverageCurve } from "./riskCoverageCurve.js";

const row = fc.record({ c: fc.integer({ min: 0, max: 6 }).map((k) => k / 6), y: fc.constantFrom(0, 1) });
const rows = fc.array(row, { minLength: 1, maxLength: 30 });
const mixed = rows.filter((r) => r.some((x) => x.y === 0) && r.some((x) => x.y === 1));
const columns = (r: readonly { c: number; y: number }[]) => [r.map((x) => x.c), r.map((x) => x.y)] as const;
const point = { interval: false } as const;

/** The expected number of errors among the first k rows over all orders of tied rows. */
function expectedErrors(c: readonly number[], y: readonly number[], k: number): number {
  const sorted = [...c].sort((a, b) => b - a);
  const edge = sorted[k - 1];
  const above = c.filter((x) => x > edge).length;
  const tied = c.filter((x) => x === edge).length;
  let errors = 0;
  c.forEach((x, i) => {
    if (x > edge) errors += 1 - y[i];
    else if (x === edge) errors += ((1 - y[i]) * (k - above)) / tied;
  });
  return errors;
}

const risks = (c: readonly number[], y: readonly number[]) =>
  c.map((_, i) => expectedErrors(c, y, i + 1) / (i + 1));

/** The three conventions, written out. */
const slowAurc: Record<AurcConvention, (c: readonly number[], y: readonly number[]) => number> = {
  mean: (c, y) => risks(c, y).reduce((a, b) => a + b) / c.length,
  trapezoid(c, y) {
    const r = risks(c, y);
    if (r.length === 1) return r[0];
    let sum = 0;
    for (let k = 1; k < r.length; k++) sum += (r[k - 1] + r[k]) / 2 / r.length;
    return sum / (1 - 1 / r.length);
  },
  thresholds(c, y) {
    let sum = 0;
    let [x0, r0] = [0, Number.NaN];
    for (const t of [...new Set(c)].sort((a, b) => b - a)) {
      const kept = y.filter((_, i) => c[i] >= t);
      const x = kept.length / c.length;
      const r = kept.filter((v) => v === 0).length / kept.length;
      sum += (x - x0) * (Number.isNaN(r0) ? r : (r0 + r) / 2);
      [x0, r0] = [x, r];
    }
    return sum;
  },
};

describe("aurc", () => {
  it.each(["mean", "trapezoid", "thresholds"] as const)("equals its definition: %s", (convention) => {
    fc.assert(
      fc.property(rows, (r) => {
        const [c, y] = columns(r);
        expect(aurc(c, y, { ...point, convention }).value).toBeCloseTo(slowAurc[convention](c, y), 12);
      }),
    );
  });

  it("is the average over all orders of tied rows", () => {
    const c = [0.9, 0.7, 0.7, 0.7, 0.2];
    const orders = [
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ];
    const byOrder = orders.map((tied) => aurc([0.9, 0.72, 0.71, 0.7, 0.2], [1, ...tied, 0], point).value);
    expect(aurc(c, [1, 0, 1, 1, 0], point).value).toBeCloseTo(byOrder.reduce((a, b) => a + b) / 3, 12);
  });

  it("excess is the distance to the perfect ranking of the same rows", () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom<AurcConvention>("mean", "trapezoid", "thresholds"),
        (r, convention) => {
          const [c, y] = columns(r);
          const right = y.filter((v) => v === 1).length;
          const perfect = c.map((_, i) => 1 - i / c.length);
          const sorted = c.map((_, i) => Number(i < right));
          const expected = slowAurc[convention](c, y) - slowAurc[convention](perfect, sorted);
          expect(excessAurc(c, y, { ...point, convention }).value).toBeCloseTo(expected, 12);
        },
      ),
    );
  });
});

describe("augrc, AUROC and PRR", () => {
  it("augrc is the trapezoid over distinct thresholds of errors over all rows", () => {
    fc.assert(
      fc.property(rows, (r) => {
        const [c, y] = columns(r);
        let sum = 0;
        let [x0, g0] = [0, 0];
        for (const t of [...new Set(c)].sort((a, b) => b - a)) {
          const kept = y.filter((_, i) => c[i] >= t);
          const [x, g] = [kept.length / c.length, kept.filter((v) => v === 0).length / c.length];
          sum += ((x - x0) * (g0 + g)) / 2;
          [x0, g0] = [x, g];
        }
        expect(augrc(c, y, point).value).toBeCloseTo(sum, 12);
      }),
    );
  });

  it("AUROC counts pairs, ties half; augrc follows from it and the accuracy", () => {
    fc.assert(
      fc.property(mixed, (r) => {
        const [c, y] = columns(r);
        let won = 0;
        let pairs = 0;
        c.forEach((a, i) => {
          c.forEach((b, j) => {
            if (y[i] !== 1 || y[j] !== 0) return;
            pairs++;
            won += a > b ? 1 : a === b ? 0.5 : 0;
          });
        });
        const auroc = errorDetectionAuroc(c, y, point).value;
        expect(auroc).toBeCloseTo(won / pairs, 12);
        const a = y.filter((v) => v === 1).length / y.length;
        expect(augrc(c, y, point).value).toBeCloseTo((1 - auroc) * a * (1 - a) + (1 - a) ** 2 / 2, 12);
      }),
    );
  });

  it("PRR: 'dropped' is the gain in AURC over the perfect gain, 'replaced' is 2·AUROC − 1", () => {
    fc.assert(
      fc.property(mixed, (r) => {
        const [c, y] = columns(r);
        const e = y.filter((v) => v === 0).length / y.length;
        const perfect = slowAurc.mean(
          c.map((_, i) => 1 - i / c.length),
          c.map((_, i) => Number(i < y.filter((v) => v === 1).length)),
        );
        const found = predictionRejectionRatio(c, y, point).value;
        expect(found).toBeCloseTo((e - slowAurc.mean(c, y)) / (e - perfect), 9);
        expect(predictionRejectionRatio(c, y, { ...point, rejected: "replaced" }).value).toBeCloseTo(
          2 * errorDetectionAuroc(c, y, point).value - 1,
          12,
        );
      }),
    );
  });
});

const metrics = {
  aurc,
  excessAurc,
  augrc,
  errorDetectionAuroc,
  predictionRejectionRatio,
};

/** Rows in groups: groups are easier or harder, and their confidences know it in part. */
function draw(seed: number, groupCount: number, size: number, decimals = 2) {
  const random = createRandom(seed);
  const n = groupCount * size;
  const confidences = new Float64Array(n);
  const outcomes = new Uint8Array(n);
  const groups = Int32Array.from({ length: n }, (_, i) => Math.floor(i / size));
  let shared = 0;
  for (let i = 0; i < n; i++) {
    if (i % size === 0) shared = 0.7 * sampleNormal(random);
    const z = sampleNormal(random) + shared + 1.2;
    confidences[i] = Number((1 / (1 + Math.exp(-z))).toFixed(decimals));
    outcomes[i] = Number(random.uniform() < 1 / (1 + Math.exp(-0.8 * z - 0.5 * shared)));
  }
  return { confidences, outcomes, groups };
}

describe("intervals of the ranking metrics", () => {
  const sample = draw(1, 60, 8);

  it.each(Object.entries(metrics))(
    "%s: the delta method agrees with the jackknife, by rows and by groups",
    (_, metric) => {
      const { confidences, outcomes, groups } = sample;
      for (const options of [{}, { groups }]) {
        const delta = metric(confidences, outcomes, options).interval!;
        const statistic = (kept: Int32Array) =>
          metric(
            Array.from(kept, (i) => confidences[i]),
            Array.from(kept, (i) => outcomes[i]),
            point,
          ).value;
        const knife = jackknife(confidences.length, statistic, options).interval!;
        expect((delta[1] - delta[0]) / (knife[1] - knife[0])).toBeCloseTo(1, 1);
      }
    },
  );

  it.each(Object.entries(metrics))("%s does not depend on the order of the rows", (_, metric) => {
    const { confidences, outcomes, groups } = sample;
    const order = shuffle(
      createRandom(2),
      Array.from(confidences, (__, i) => i),
    );
    const take = (column: ArrayLike<number>) => order.map((i) => column[i]);
    const a = metric(confidences, outcomes, { groups });
    const b = metric(take(confidences), take(outcomes), { groups: take(groups) });
    expect(b.value).toBeCloseTo(a.value, 12);
    expect(b.interval![0]).toBeCloseTo(a.interval![0], 9);
    expect(b).toMatchObject({ method: a.method, n: a.n, groups: 60 });
  });

  it("cover the truth under clustering", () => {
    const truth = Object.fromEntries(
      Object.entries(metrics).map(([name, metric]) => {
        const { confidences, outcomes } = draw(99, 30_000, 8);
        return [name, metric(confidences, outcomes, point).value];
      }),
    );
    const runs = 250;
    const covered: Record<string, number> = {};
    let naive = 0;
    for (let run = 0; run < runs; run++) {
      const { confidences, outcomes, groups } = draw(1000 + run, 60, 8);
      for (const [name, metric] of Object.entries(metrics)) {
        const [low, high] = metric(confidences, outcomes, { groups }).interval!;
        if (low <= truth[name] && truth[name] <= high) covered[name] = (covered[name] ?? 0) + 1;
      }
      const [low, high] = aurc(confidences, outcomes).interval!;
      if (low <= truth.aurc && truth.aurc <= high) naive++;
    }
    for (const name of Object.keys(metrics))
      expect(covered[name]).toBeGreaterThanOrEqual(atLeast(0.91, runs));
    expect(naive).toBeLessThan(covered.aurc);
  });

  it("never claim certainty where nothing varies", () => {
    const c = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
    const right = new Array(8).fill(1);
    const upper = clopperPearson(0, 8)[1];
    expect(aurc(c, right)).toMatchObject({ value: 0, method: "worst-ranking" });
    expect(aurc(c, right).interval![1]).toBeCloseTo(upper - upper * Math.log(upper), 12);
    expect(augrc(c, right).interval![1]).toBeCloseTo(upper - upper ** 2 / 2, 12);
    expect(excessAurc(c, right).interval![0]).toBe(0);
    expect(excessAurc(c, right).interval![1]).toBeGreaterThan(0.3);
    const wrong = new Array(8).fill(0);
    expect(aurc(c, wrong)).toMatchObject({ value: 1 });
    expect(aurc(c, wrong).interval![0]).toBeLessThan(0.6);
    expect(excessAurc(c, wrong).value).toBeCloseTo(0, 12);
    const perfect = [1, 1, 1, 1, 1, 0, 0, 0];
    expect(errorDetectionAuroc(c, perfect).interval).toEqual(clopperPearson(3, 3));
    expect(errorDetectionAuroc(c, [...perfect].reverse()).interval![1]).toBeLessThan(1);
    expect(predictionRejectionRatio(c, perfect).interval).toEqual([-Infinity, Infinity]);
    expect(predictionRejectionRatio(c, perfect, { rejected: "replaced" }).value).toBe(1);
    const groups = [1, 1, 2, 2, 3, 3, 4, 4];
    expect(errorDetectionAuroc(c, perfect, { groups }).interval).toEqual(clopperPearson(2, 2));
    expect(errorDetectionAuroc(c, perfect, { groups: new Array(8).fill(1) }).interval).toEqual([0, 1]);
    expect(aurc(c, right, { groups })).toMatchObject({ method: "cluster-worst-ranking", groups: 4 });
  });
});

describe("riskCoverageCurve", () => {
  it("equals its definition at every distinct confidence", () => {
    fc.assert(
      fc.property(rows, (r) => {
        const [c, y] = columns(r);
        const { points, n } = riskCoverageCurve(c, y);
        expect(n).toBe(c.length);
        expect(points.map((p) => p.threshold)).toEqual([...new Set(c)].sort((a, b) => b - a));
        for (const p of points) {
          const kept = y.filter((_, i) => c[i] >= p.threshold);
          const errors = kept.filter((v) => v === 0).length;
          expect(p).toMatchObject({ accepted: kept.length, errors, risk: errors / kept.length });
          expect(p.coverage).toBe(kept.length / c.length);
          expect(p.interval).toEqual(clopperPearson(errors, kept.length));
        }
      }),
    );
  });

  it("takes groups, a level, and no interval", () => {
    const { confidences, outcomes, groups } = draw(5, 40, 10);
    const byRow = riskCoverageCurve(confidences, outcomes);
    const byGroup = riskCoverageCurve(confidences, outcomes, { groups });
    expect(byGroup).toMatchObject({ method: "cluster-clopper-pearson", groups: 40 });
    const width = (curve: typeof byRow) => {
      const [low, high] = curve.points[curve.points.length - 1].interval!;
      return high - low;
    };
    expect(width(byGroup)).toBeGreaterThan(1.2 * width(byRow));
    expect(width(riskCoverageCurve(confidences, outcomes, { level: 0.5 }))).toBeLessThan(width(byRow));
    expect(riskCoverageCurve(confidences, outcomes, { interval: false }).points[0].interval).toBeNull();
  });
});

describe("bad input", () => {
  const every = { ...metrics, riskCoverageCurve };
  it.each(Object.entries(every))("%s", (_, call) => {
    const code = (c: string) => expect.objectContaining({ code: c });
    expect(() => call([], [])).toThrowError(code("empty-input"));
    expect(() => call([0.5], [1, 0])).toThrowError(code("length-mismatch"));
    expect(() => call([0.5, 1.2], [1, 0])).toThrowError(code("not-a-probability"));
    expect(() => call([0.5, Number.NaN], [1, 0])).toThrowError(code("not-finite"));
    expect(() => call([0.5, 0.2], [1, 3])).toThrowError(code("not-binary"));
    expect(() => call([0.5, 0.2], [1, 0], { level: 2 })).toThrowError(code("out-of-range"));
    expect(() => call([0.5, 0.2], [1, 0], { groups: [1] })).toThrowError(code("length-mismatch"));
  });

  it("conventions and what needs both kinds of outcome", () => {
    const code = (c: string) => expect.objectContaining({ code: c });
    for (const metric of [aurc, excessAurc])
      expect(() => metric([0.5], [1], { convention: "median" as "mean" })).toThrowError(
        code("unknown-option"),
      );
    expect(() => predictionRejectionRatio([0.5], [1], { rejected: "x" as "dropped" })).toThrowError(
      code("unknown-option"),
    );
    for (const metric of [errorDetectionAuroc, predictionRejectionRatio]) {
      expect(() => metric([0.5, 0.6], [1, 1])).toThrowError(/all right/);
      expect(() => metric([0.5, 0.6], [0, 0])).toThrowError(/all wrong/);
    }
  });
});
