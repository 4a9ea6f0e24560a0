import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { decomposeEntropy } from "./decomposeEntropy.js";
import { decomposeVariance } from "./decomposeVariance.js";
import { memberVotes, pairwiseDisagreement, variationRatio } from "./disagreement.js";

const code = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof CredenceError) return error.code;
    throw error;
  }
  return "accepted";
};

const entropy = (p: readonly number[]) => -p.reduce((s, x) => s + (x > 0 ? x * Math.log(x) : 0), 0);

const ensembles = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 5 }))
  .chain(([members, classes]) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: classes, maxLength: classes }), {
      minLength: members,
      maxLength: members,
    }),
  )
  .filter((rows) => rows.every((row) => row.some((x) => x > 0)))
  .map((rows) => rows.map((row) => row.map((x) => x / row.reduce((a, b) => a + b))));

describe("decomposeEntropy", () => {
  test("equals its definition, adds up, and is never negative", () => {
    fc.assert(
      fc.property(ensembles, (members) => {
        const mean = members[0].map((_, j) => members.reduce((s, p) => s + p[j], 0) / members.length);
        const found = decomposeEntropy(members);
        expect(found.total).toBeCloseTo(entropy(mean), 12);
        expect(found.aleatoric).toBeCloseTo(members.reduce((s, p) => s + entropy(p), 0) / members.length, 12);
        expect(found.total).toBeCloseTo(found.aleatoric + found.epistemic, 12);
        expect(found.epistemic).toBeGreaterThanOrEqual(0);
        expect(decomposeEntropy(members, { unit: "bits" }).total).toBeCloseTo(found.total / Math.LN2, 12);
      }),
    );
  });

  test("rows of matrices are cases", () => {
    const a: Matrix = { data: [1, 0, 0.5, 0.5], rows: 2, columns: 2 };
    const b: Matrix = { data: [0, 1, 0.5, 0.5], rows: 2, columns: 2 };
    const found = decomposeEntropy([a, b]);
    expect([...found.epistemic]).toEqual([Math.LN2, 0]);
    expect(found.aleatoric[1]).toBeCloseTo(Math.LN2, 15);
  });

  test("refuses what is no ensemble", () => {
    expect(code(() => decomposeEntropy([]))).toBe("empty-input");
    expect(code(() => decomposeEntropy([[0.5, 0.4]]))).toBe("not-normalised");
    expect(code(() => decomposeEntropy([[1.5, -0.5]]))).toBe("not-a-probability");
    expect(
      code(() =>
        decomposeEntropy([
          [1, 0],
          [1, 0, 0],
        ]),
      ),
    ).toBe("length-mismatch");
    expect(code(() => decomposeEntropy([[1]], { unit: "bans" as "bits" }))).toBe("unknown-option");
  });
});

describe("decomposeVariance", () => {
  test("is the variance of the mixture", () => {
    const means: Matrix = { data: [1, 3, 8, 0, 0, 0], rows: 2, columns: 3 };
    const variances: Matrix = { data: [1, 2, 3, 1, 1, 1], rows: 2, columns: 3 };
    const found = decomposeVariance(means, variances);
    const secondMoment = (1 + 1 + 9 + 2 + 64 + 3) / 3;
    expect(found.total[0]).toBeCloseTo(secondMoment - 4 ** 2, 12);
    expect([...found.mean]).toEqual([4, 0]);
    expect(found.epistemic[1]).toBe(0);
    expect(decomposeVariance(means, variances, { divisor: "sample" }).epistemic[0]).toBeCloseTo(13, 12);
    expect(code(() => decomposeVariance(means, { ...variances, data: [-1, 2, 3, 1, 1, 1] }))).toBe(
      "out-of-range",
    );
    expect(code(() => decomposeVariance(means, { data: [1], rows: 1, columns: 1 }))).toBe("length-mismatch");
    const one: Matrix = { data: [1], rows: 1, columns: 1 };
    expect(code(() => decomposeVariance(one, one, { divisor: "sample" }))).toBe("too-few");
  });
});

describe("disagreement", () => {
  test("variation ratio and pairwise disagreement by counting", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 8 }), (votes) => {
        const matrix = { data: votes, rows: 1, columns: votes.length };
        const most = Math.max(...votes.map((v) => votes.filter((w) => w === v).length));
        let different = 0;
        let pairs = 0;
        for (let i = 0; i < votes.length; i++)
          for (let j = 0; j < i; j++) {
            pairs++;
            if (votes[i] !== votes[j]) different++;
          }
        expect(variationRatio(matrix)[0]).toBeCloseTo(1 - most / votes.length, 12);
        expect(pairwiseDisagreement(matrix)[0]).toBeCloseTo(different / pairs, 12);
      }),
    );
    const member = (data: number[]): Matrix => ({ data, rows: 2, columns: 2 });
    const votes = memberVotes([member([0.5, 0.5, 0.1, 0.9]), member([0.2, 0.8, 0.3, 0.7])]);
    expect([...(votes.data as Float64Array)]).toEqual([0, 1, 1, 1]);
    expect(code(() => pairwiseDisagreement({ data: [1], rows: 1, columns: 1 }))).toBe("too-few");
    expect(code(() => variationRatio({ data: [Number.NaN], rows: 1, columns: 1 }))).toBe("not-finite");
  });
});
