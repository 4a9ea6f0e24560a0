import { describe, expect, test } from "vitest";
import { sampleInteger } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { expectMeanAtLeast } from "./conformal.test-support.js";
import { conformalRiskControl } from "./conformalRiskControl.js";
import { learnThenTest } from "./learnThenTest.js";
import { rcps } from "./rcps.js";
import type { RiskTest } from "./riskTests.js";

const COLUMNS = 41;
const LAMBDAS = Array.from({ length: COLUMNS }, (_, j) => j / (COLUMNS - 1));

/** A population of 4 000 rows: false-negative shares of a multilabel classifier, falling with λ. */
function createPopulation(random: Random, binary: boolean): { losses: Matrix; risks: Float64Array } {
  const rows = 4000;
  const data = new Float64Array(rows * COLUMNS);
  for (let i = 0; i < rows; i++) {
    const needed = Array.from({ length: 1 + sampleInteger(random, 4) }, () => random.uniform() ** 0.7);
    LAMBDAS.forEach((lambda, j) => {
      const missed = needed.filter((v) => v > lambda).length;
      data[i * COLUMNS + j] = binary ? Number(missed > 0) : missed / needed.length;
    });
  }
  const risks = new Float64Array(COLUMNS);
  for (let k = 0; k < data.length; k++) risks[k % COLUMNS] += data[k] / rows;
  return { losses: { data, rows, columns: COLUMNS }, risks };
}

/** n rows drawn with replacement: the risk is taken over the whole population. */
function sample(random: Random, { data, rows }: Matrix, n: number): Matrix {
  const drawn = new Float64Array(n * COLUMNS);
  for (let i = 0; i < n; i++) {
    const row = sampleInteger(random, rows);
    for (let j = 0; j < COLUMNS; j++) drawn[i * COLUMNS + j] = data[row * COLUMNS + j];
  }
  return { data: drawn, rows: n, columns: COLUMNS };
}

describe.each([true, false])("binary losses: %s", (binary) => {
  const random = createRandom(Number(binary));
  const { losses, risks } = createPopulation(random, binary);

  test.each([19, 99, 1000])("CRC at n = %i: mean risk ≤ α", (n) => {
    const seen = Array.from({ length: n === 1000 ? 1000 : 4000 }, () => {
      const { index } = conformalRiskControl(sample(random, losses, n), { alpha: 0.1 });
      return index === null ? 0 : risks[index];
    });
    expectMeanAtLeast(
      seen.map((r) => -r),
      -0.1,
      4,
    );
  });

  const tests: RiskTest[] = [
    "hoeffding-bentkus",
    "betting",
    "bernstein",
    ...(binary ? (["binomial"] as const) : []),
  ];
  describe.each(tests)("%s", (method) => {
    test.each([99, 1000])("RCPS and Learn then Test at n = %i: P(risk > α) ≤ δ", (n) => {
      const repeats = 1000;
      let rcpsBroken = 0;
      let lttBroken = 0;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const drawn = sample(random, losses, n);
        const options = { alpha: 0.15, delta: 0.1, test: method };
        const { index } = rcps(drawn, options);
        if (index !== null && risks[index] > 0.15) rcpsBroken++;
        const shares = [0.5, 0, 0, 0, 0.5];
        const order = [38, 37, 36, 35, 34];
        if (learnThenTest(drawn, { ...options, order, shares }).certified.some((j) => risks[j] > 0.15))
          lttBroken++;
      }
      expect(rcpsBroken).toBeLessThanOrEqual(binomialQuantile(0.9999, repeats, 0.1));
      expect(lttBroken).toBeLessThanOrEqual(binomialQuantile(0.9999, repeats, 0.1));
    });
  });
});
