import { describe, expect, test } from "vitest";
import { graphTest } from "../estimate/graphTest.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialCdf, binomialQuantile } from "../numeric/special.js";
import { expectMeanAtLeast, refusal } from "./conformal.test-support.js";
import { conformalRiskControl } from "./conformalRiskControl.js";
import { hoeffdingBentkus } from "./index.js";
import { learnThenTest } from "./learnThenTest.js";
import { rcps } from "./rcps.js";
import type { RiskTest } from "./riskTests.js";

const LAMBDAS = Array.from({ length: 21 }, (_, j) => j / 20);

/** A row loses max(0, v − λ) (or 1 where v > λ), v uniform: the risk at λ is (1 − λ)²/2 (or 1 − λ). */
function drawLosses(random: Random, rows: number, binary: boolean): Matrix {
  const data = new Float64Array(rows * LAMBDAS.length);
  for (let i = 0; i < rows; i++) {
    const v = random.uniform();
    LAMBDAS.forEach((lambda, j) => {
      data[i * LAMBDAS.length + j] = binary ? Number(v > lambda) : Math.max(0, v - lambda);
    });
  }
  return { data, rows, columns: LAMBDAS.length };
}
const trueRisk = (lambda: number, binary: boolean) => (binary ? 1 - lambda : (1 - lambda) ** 2 / 2);

describe("hoeffdingBentkus", () => {
  test("by its formula, the factor e only where losses are not binary", () => {
    const h = (a: number, b: number) =>
      (a > 0 ? a * Math.log(a / b) : 0) + (1 - a) * Math.log((1 - a) / (1 - b));
    for (const [risk, n, alpha] of [
      [0.02, 500, 0.05],
      [0, 59, 0.05],
      [0.3, 40, 0.2],
      [0.1234, 37, 0.25],
    ]) {
      const hoeffding = Math.exp(-n * h(Math.min(risk, alpha), alpha));
      const tail = binomialCdf(Math.ceil(n * risk - 1e-9), n, alpha);
      expect(hoeffdingBentkus(risk, n, alpha)).toBeCloseTo(Math.min(1, hoeffding, Math.E * tail), 12);
      expect(hoeffdingBentkus(risk, n, alpha, true)).toBeCloseTo(Math.min(1, hoeffding, tail), 12);
    }
  });
});

test("hoeffdingBentkus names itself and its own arguments where it refuses", () => {
  expect(() => hoeffdingBentkus(1.2, 10, 0.1)).toThrow("hoeffdingBentkus: meanLoss is 1.2");
  expect(() => hoeffdingBentkus(0.2, 10, 1)).toThrow("hoeffdingBentkus: alpha is 1");
});

describe("conformalRiskControl", () => {
  test("the first column that meets the inequality", () => {
    const random = createRandom(1);
    for (let repeat = 0; repeat < 50; repeat++) {
      const losses = drawLosses(random, 30, repeat % 2 === 0);
      const found = conformalRiskControl(losses, { alpha: 0.15, lambdas: LAMBDAS });
      const first = LAMBDAS.findIndex((_, j) => {
        let sum = 0;
        for (let i = 0; i < 30; i++) sum += losses.data[i * 21 + j];
        return (30 / 31) * (sum / 30) + 1 / 31 <= 0.15 + 1e-12;
      });
      expect(found.index).toBe(first);
      expect(found.lambda).toBe(LAMBDAS[first]);
    }
  });

  test("keeps the mean loss ≤ α, and not far below", () => {
    const random = createRandom(2);
    for (const n of [19, 99])
      for (const binary of [true, false]) {
        const risks = Array.from({ length: 1500 }, () =>
          trueRisk(
            conformalRiskControl(drawLosses(random, n, binary), { alpha: 0.2, lambdas: LAMBDAS }).lambda!,
            binary,
          ),
        );
        expectMeanAtLeast(
          risks.map((r) => -r),
          -0.2,
        );
        expect(risks.reduce((a, b) => a + b) / risks.length).toBeGreaterThan(0.1);
      }
  });

  test("scales with the bound; decimals at the boundary; groups count once", () => {
    const data = [10, 0, 10, 0, 0, 0];
    const losses = { data, rows: 3, columns: 2 };
    expect(conformalRiskControl(losses, { alpha: 0.25, bound: 10 }).index).toBe(1);
    // (Σ + 1)/(n + 1) = 3/10 exactly.
    const tenths = { data: [1, 1, 0, 0, 0, 0, 0, 0, 0], rows: 9, columns: 1 };
    expect(conformalRiskControl(tenths, { alpha: 0.3 }).index).toBe(0);
    const groups = ["a", "a", "a", "b", "c", "d", "e", "f", "g"];
    expect(conformalRiskControl(tenths, { alpha: 0.3, groups })).toMatchObject({ n: 7, index: 0 });
  });

  test("says what is missing where nothing can be promised", () => {
    const none = { data: [0, 0, 0], rows: 3, columns: 1 };
    expect(conformalRiskControl(none, { alpha: 0.1 }).reason).toContain("9 would do");
    expect(conformalRiskControl({ data: [1, 1], rows: 2, columns: 1 }, { alpha: 0.1 }).reason).toContain(
      "below 0.1",
    );
    expect(
      refusal(() => conformalRiskControl({ data: [0, 1], rows: 1, columns: 2 }, { alpha: 0.1 })).message,
    ).toContain("rise");
    expect(refusal(() => conformalRiskControl({ data: [2], rows: 1, columns: 1 }, { alpha: 0.1 })).code).toBe(
      "out-of-range",
    );
    expect(refusal(() => conformalRiskControl(none, { alpha: 1 })).code).toBe("out-of-range");
    expect(refusal(() => conformalRiskControl(none, { alpha: 0.1, lambdas: [1, 2] })).code).toBe(
      "length-mismatch",
    );
    expect(refusal(() => conformalRiskControl(none, { alpha: 0.1, bound: 0 })).code).toBe("out-of-range");
  });
});

describe("high-probability control, risk over the whole population", () => {
  const tests: [RiskTest, boolean][] = [
    ["hoeffding-bentkus", true],
    ["hoeffding-bentkus", false],
    ["betting", false],
    ["bernstein", false],
    ["binomial", true],
  ];
  test.each(tests)("rcps with %s, binary %s", (method, binary) => {
    const random = createRandom(3);
    const repeats = 200;
    let broken = 0;
    let chosen = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const losses = drawLosses(random, 300, binary);
      const { lambda } = rcps(losses, { alpha: 0.1, delta: 0.1, lambdas: LAMBDAS, test: method });
      if (lambda === null) continue;
      chosen++;
      if (trueRisk(lambda, binary) > 0.1 + 1e-12) broken++;
    }
    expect(broken).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.1));
    expect(chosen).toBe(repeats);
  });

  test.each(["fixed-sequence", "bonferroni", "graph"] as const)("learnThenTest by %s", (procedure) => {
    const random = createRandom(4);
    const repeats = 300;
    let broken = 0;
    let certified = 0;
    const n = LAMBDAS.length;
    // The graph starts half its budget at λ = 1 and half at .9, and hands it down.
    const weights = LAMBDAS.map((lambda) => (lambda === 1 || lambda === 0.9 ? 0.5 : 0));
    const data = new Float64Array(n * n);
    for (let i = 1; i < n; i++) data[i * n + i - 1] = 1;
    const graph = { weights, transitions: { data, rows: n, columns: n } };
    for (let repeat = 0; repeat < repeats; repeat++) {
      const found = learnThenTest(drawLosses(random, 200, true), {
        alpha: 0.2,
        delta: 0.1,
        lambdas: LAMBDAS,
        procedure,
        graph,
        test: "binomial",
      });
      if (found.lambdas.some((lambda) => trueRisk(lambda, true) > 0.2 + 1e-12)) broken++;
      if (found.lambdas.includes(0.9)) certified++;
    }
    expect(broken).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.1));
    expect(certified).toBeGreaterThan(0.9 * repeats);
  });

  test("options of learnThenTest", () => {
    const losses = drawLosses(createRandom(5), 200, true);
    const options = { alpha: 0.2, test: "binomial" as const };
    const late = learnThenTest(losses, { ...options, order: [18, 17, 16, 15], shares: [0.5, 0.5, 0, 0] });
    expect(late.certified).toContain(18);
    expect(refusal(() => learnThenTest(losses, { ...options, order: [1, 1] })).code).toBe("out-of-range");
    expect(refusal(() => learnThenTest(losses, { ...options, order: [1, 2], shares: [1, 1] })).code).toBe(
      "out-of-range",
    );
    expect(refusal(() => learnThenTest(losses, { ...options, procedure: "graph" })).code).toBe(
      "unknown-option",
    );
    expect(refusal(() => learnThenTest(losses, { ...options, test: "t" as "binomial" })).code).toBe(
      "unknown-option",
    );
    const halves = drawLosses(createRandom(5), 200, false);
    expect(refusal(() => learnThenTest(halves, options)).code).toBe("not-binary");
    const few = learnThenTest(drawLosses(createRandom(6), 5, true), options);
    expect(few.certified).toEqual([]);
    expect(few.reason).toContain("smallest of 21");
    expect(rcps(drawLosses(createRandom(6), 5, true), { alpha: 0.2 }).lambda).toBeNull();
  });
});

describe("graphTest", () => {
  test("is Holm's procedure on the complete graph", () => {
    const random = createRandom(7);
    const n = 5;
    const transitions = {
      data: Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 0 : 1 / (n - 1))),
      rows: n,
      columns: n,
    };
    for (let repeat = 0; repeat < 300; repeat++) {
      const p = Array.from({ length: n }, () => random.uniform() ** 4);
      const order = p.map((_, i) => i).sort((a, b) => p[a] - p[b]);
      const holm: number[] = [];
      for (const [step, i] of order.entries()) {
        if (p[i] > 0.05 / (n - step)) break;
        holm.push(i);
      }
      const { rejected } = graphTest(p, { weights: new Array(n).fill(1 / n), transitions }, 0.05);
      expect([...rejected].sort()).toEqual(holm.sort());
    }
    const two = (data: number[]) => ({ weights: [0.5, 0.5], transitions: { data, rows: 2, columns: 2 } });
    expect(refusal(() => graphTest([0.1, 0.1], two([1, 0, 0, 0]), 0.05)).code).toBe("out-of-range");
    expect(refusal(() => graphTest([0.1, 0.1], two([0, 2, 0, 0]), 0.05)).code).toBe("out-of-range");
    expect(refusal(() => graphTest([0.1], two([0, 1, 0, 0]), 0.05)).code).toBe("length-mismatch");
  });
});
