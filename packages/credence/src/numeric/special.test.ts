// biome-ignore-all lint/correctness/noPrecisionLoss: digits as printed by the reference
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  betaCdf,
  betaQuantile,
  binomialCdf,
  binomialQuantile,
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredSurvival,
  gammaCdf,
  gammaSurvival,
  logGamma,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from "./special.js";

// Reference values to 17 digits from mpmath 1.3 with 40–60 digits (chi-squared quantiles: SciPy 1.17).
const LOG_GAMMA = [
  [1e-10, 23.025850929882735],
  [0.001, 6.9071788853838537],
  [0.5, 0.57236494292470009],
  [1, 0.0],
  [1.5, -0.12078223763524522],
  [2, 0.0],
  [2.5, 0.28468287047291916],
  [9.99, 12.779315214350193],
  [10, 12.80182748008147],
  [10.01, 12.824350262448247],
  [100.25, 360.28455963776423],
  [12345.678, 103959.91990554606],
  [1e7, 151180949.36947391],
  [1e15, 33538776394910669.0],
];
const BETA_CDF = [
  [0.5, 0.5, 0.5, 0.5],
  [0.1, 2, 3, 0.052300000000000005],
  [0.9, 2, 3, 0.9963],
  [1e-5, 0.1, 7, 0.4011646680896818],
  [0.3, 50, 100, 0.1945518337722461],
  [0.31, 50, 100, 0.27642805130177813],
  [0.001, 1, 59, 0.057321058835667472],
  [0.999, 59, 1, 0.94267894116433248],
  [0.02, 20, 981, 0.53064146353165267],
  [0.05, 4.5, 200.25, 0.98605302677119448],
  [0.05, 50000, 950001, 0.50064066543366866],
  [0.0501, 50000, 950001, 0.67729491729771481],
  [0.0495, 50000, 950001, 0.010728682444953758],
  [0.5, 5000000, 5000001, 0.50012615662294709],
  [0.4998, 5000000, 5000001, 0.10300828778598636],
  [0.499, 5000000, 5000001, 1.2723637679102152e-10],
  [1e-6, 3, 9999998, 0.99723061336446601],
  [0.9999999, 9999999, 2, 0.73575888253652045],
];
const BETA_QUANTILE = [
  [0.05, 1, 59, 0.00086900007152558714],
  [0.95, 1, 59, 0.049507609888226933],
  [0.025, 3, 2, 0.19412044968324337],
  [0.975, 3, 2, 0.93241401351145701],
  [0.5, 0.5, 0.5, 0.5],
  [1e-6, 10, 20, 0.051166081690194207],
  [0.999999, 10, 20, 0.74663615077605516],
  [1e-12, 2, 2, 5.7735038030079033e-7],
  [0.025, 500, 9501, 0.045809942198770605],
  [0.05, 0.02, 3, 2.0064250420018034e-66],
  [0.975, 50000, 950001, 0.050427965324560366],
  [0.025, 5000000, 5000001, 0.49969005252137109],
  [0.05, 3, 9999998, 8.1769149550213861e-8],
];
const GAMMA = [
  [0.1, 0.5, 0.34527915398142298, 0.65472084601857702],
  [1, 1, 0.63212055882855768, 0.36787944117144232],
  [5, 2.5, 0.92476475385348782, 0.075235246146512179],
  [30, 2.5, 0.99999999998784543, 1.2154569777183039e-11],
  [100, 100, 0.51329879827914866, 0.48670120172085134],
  [130, 100, 0.99724959163269347, 0.0027504083673065263],
  [1e-8, 3, 1.6666666541666668e-25, 1.0],
  [1000.5, 1000, 0.51051071092317903, 0.48948928907682097],
  [10200, 10000, 0.9767126778664012, 0.023287322133598804],
];
const CHI_SQUARED_QUANTILE = [
  [0.95, 1, 3.841458820694124],
  [0.05, 3, 0.35184631774927144],
  [0.99, 14, 29.141237740672796],
  [0.5, 100, 99.334129235988456],
  [1e-6, 2, 2.0000010000006676e-6],
  [0.999999, 5, 35.888186879610423],
];
const NORMAL_CDF = [
  [-38, 2.8854283600687843e-316],
  [-20, 2.7536241186062337e-89],
  [-8, 6.2209605742717841e-16],
  [-3, 0.0013498980316300945],
  [-1, 0.15865525393145705],
  [-0.001, 0.49960105778608894],
  [0.5, 0.6914624612740131],
  [2, 0.97724986805182079],
  [6, 0.99999999901341235],
];
const NORMAL_QUANTILE = [
  [1e-300, -37.047096299361199],
  [1e-100, -21.273453560965324],
  [1e-20, -9.2623400897984076],
  [1e-10, -6.3613409024040562],
  [1e-5, -4.2648907939228246],
  [0.02425, -1.9729610513118848],
  [0.1, -1.2815515655446004],
  [0.4, -0.25334710313579974],
  [0.5, 0.0],
  [0.75, 0.67448975019608174],
  [0.975, 1.9599639845400539],
  [0.999999, 4.7534243088170878],
];
const BINOMIAL_CDF = [
  [0, 59, 0.05, 0.048494525249423229],
  [3, 100, 0.05, 0.25783865911601635],
  [50, 100, 0.5, 0.53979461869358938],
  [10, 10000, 0.002, 0.010753619802883065],
  [500000, 10000000, 0.05, 0.50037624999831691],
  [499000, 10000000, 0.05, 0.073464108406113346],
];
const STUDENT_CDF = [
  [-3, 2, 0.047732983133354566],
  [1.5, 7.5, 0.91275971470676788],
  [-40, 3, 1.7190340394579264e-5],
  [0.1, 1000000.0, 0.53982782725397842],
  [2, 1, 0.85241638234956673],
];
const STUDENT_QUANTILE = [
  [0.975, 1, 12.706204736174693],
  [0.975, 4, 2.7764451051977935],
  [0.025, 29, -2.0452296421327043],
  [0.99, 10000.0, 2.3267208386694754],
  [0.6, 3, 0.27667066233268985],
  [1e-8, 5, -62.404506110967291],
];

/** The relative error, or the absolute one where the truth is 0. */
const error = (found: number, truth: number) => Math.abs(found - truth) / (Math.abs(truth) || 1);
const worst = (rows: number[][], f: (...inputs: number[]) => number, column = -1) =>
  Math.max(...rows.map((row) => error(f(...row), row.at(column)!)));

describe("special functions against 40 digits", () => {
  it("logGamma, absolutely near its zeros and relatively elsewhere", () => {
    for (const [x, truth] of LOG_GAMMA)
      expect(Math.abs(logGamma(x) - truth)).toBeLessThan(5e-15 * Math.max(1, Math.abs(truth)));
  });

  it("betaCdf, with shapes up to ten million", () => {
    expect(worst(BETA_CDF, (x, a, b) => betaCdf(x, a, b))).toBeLessThan(1e-11);
    expect([betaCdf(0, 2, 3), betaCdf(-1, 2, 3), betaCdf(1, 2, 3), betaCdf(2, 2, 3)]).toEqual([0, 0, 1, 1]);
  });

  it("betaQuantile, with shapes up to ten million", () => {
    expect(worst(BETA_QUANTILE, (p, a, b) => betaQuantile(p, a, b))).toBeLessThan(1e-11);
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
  });

  it("gammaCdf and gammaSurvival", () => {
    expect(worst(GAMMA, (x, a) => gammaCdf(x, a), -2)).toBeLessThan(1e-12);
    expect(worst(GAMMA, (x, a) => gammaSurvival(x, a))).toBeLessThan(1e-12);
    expect([gammaCdf(0, 2), gammaSurvival(0, 2)]).toEqual([0, 1]);
  });

  it("chi-squared", () => {
    expect(worst(CHI_SQUARED_QUANTILE, (p, df) => chiSquaredQuantile(p, df))).toBeLessThan(1e-11);
    expect(chiSquaredCdf(3.841458820694124, 1)).toBeCloseTo(0.95, 14);
    expect(chiSquaredSurvival(60, 2)).toBeCloseTo(Math.exp(-30), 25);
    expect([chiSquaredQuantile(0, 3), chiSquaredQuantile(1, 3)]).toEqual([0, Infinity]);
  });

  it("normalCdf, down to the smallest floats", () => {
    for (const [z, truth] of NORMAL_CDF)
      expect(error(normalCdf(z), truth)).toBeLessThan(z < -30 ? 1e-8 : 2e-13);
    expect(normalCdf(0)).toBe(0.5);
  });

  it("ends at infinity, and where squares overflow", () => {
    expect([gammaCdf(Infinity, 2), gammaSurvival(Infinity, 2)]).toEqual([1, 0]);
    expect([normalCdf(-1e200), normalCdf(1e200)]).toEqual([0, 1]);
    expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
    expect(chiSquaredSurvival(Infinity, 4)).toBe(0);
  });

  it("normalQuantile, down to p = 1e-300", () => {
    expect(worst(NORMAL_QUANTILE, (p) => normalQuantile(p))).toBeLessThan(1e-13);
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(-1)]).toEqual([
      -Infinity,
      Infinity,
      Number.NaN,
    ]);
  });

  it("Student's t", () => {
    expect(worst(STUDENT_CDF, (t, df) => studentCdf(t, df))).toBeLessThan(1e-12);
    expect(worst(STUDENT_QUANTILE, (p, df) => studentQuantile(p, df))).toBeLessThan(1e-10);
    expect([studentQuantile(0.5, 3), studentQuantile(0, 3), studentQuantile(1, 3)]).toEqual([
      0,
      -Infinity,
      Infinity,
    ]);
    expect(studentQuantile(0.975, Infinity)).toBe(normalQuantile(0.975));
    for (const df of [Number.NaN, 0, -1]) expect(studentQuantile(0.975, df)).toBeNaN();
    expect(studentQuantile(Number.NaN, 3)).toBeNaN();
  });

  it("binomialCdf, with ten million trials", () => {
    expect(worst(BINOMIAL_CDF, (k, n, p) => binomialCdf(k, n, p))).toBeLessThan(1e-11);
    expect([binomialCdf(-1, 5, 0.5), binomialCdf(5, 5, 0.5)]).toEqual([0, 1]);
    expect(binomialCdf(2.7, 5, 0.5)).toBeCloseTo(0.5, 14);
  });
});

describe("special functions against their definitions", () => {
  it("binomialCdf is the sum of the masses", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          let mass = (1 - p) ** n;
          let sum = 0;
          for (let k = 0; k < n; k++) {
            sum += mass;
            expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 12);
            mass *= ((n - k) / (k + 1)) * (p / (1 - p));
          }
        },
      ),
    );
  });

  it("binomialQuantile is the smallest k that reaches q", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (n, p, q) => {
          let k = 0;
          while (binomialCdf(k, n, p) < q) k++;
          expect(binomialQuantile(q, n, p)).toBe(k);
        },
      ),
    );
  });

  it("quantiles invert distribution functions", () => {
    const p = fc.double({ min: 1e-9, max: 0.999, noNaN: true });
    const shape = fc.double({ min: 1, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(p, shape, shape, (q, a, b) => {
        expect(error(betaCdf(betaQuantile(q, a, b), a, b), q)).toBeLessThan(1e-9);
        expect(error(studentCdf(studentQuantile(q, a), a), q)).toBeLessThan(1e-8);
        expect(error(normalCdf(normalQuantile(q)), q)).toBeLessThan(1e-11);
      }),
      { numRuns: 300 },
    );
  });
});
