import { describe, expect, it } from "vitest";
import {
  sampleBeta,
  sampleBinomial,
  sampleExponential,
  sampleGamma,
  sampleInteger,
  sampleMultinomial,
  sampleNormal,
  shuffle,
} from "./distributions.js";
import { createRandom } from "./random.js";
import { betaCdf, binomialCdf, chiSquaredSurvival, gammaCdf, normalCdf } from "./special.js";

/** Kolmogorov's distance of draws from a distribution function, times √n; above 2.6 with probability < 3e-6. */
function kolmogorov(draws: Float64Array, cdf: (x: number) => number): number {
  const sorted = draws.slice().sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    distance = Math.max(distance, Math.abs(cdf(x) - i / n), Math.abs(cdf(x) - (i + 1) / n));
  });
  return distance * Math.sqrt(n);
}

/** p-value of counts against expected counts; cells with less than 5 expected are pooled with the next. */
function chiSquareTest(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let chi = 0;
  let cells = 0;
  let seen = 0;
  let due = 0;
  for (let i = 0; i < observed.length; i++) {
    seen += observed[i];
    due += expected[i];
    if (due < 5 && i < observed.length - 1) continue;
    chi += (seen - due) ** 2 / Math.max(due, 1e-9);
    cells++;
    seen = 0;
    due = 0;
  }
  return chiSquaredSurvival(chi, Math.max(1, cells - 1));
}

const draws = (draw: (random: ReturnType<typeof createRandom>) => number, n = 40_000, seed = 1) => {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, () => draw(random));
};

describe("continuous samplers follow their distribution functions", () => {
  it("normal", () => expect(kolmogorov(draws(sampleNormal), normalCdf)).toBeLessThan(2.6));
  it("exponential", () =>
    expect(kolmogorov(draws(sampleExponential), (x) => -Math.expm1(-x))).toBeLessThan(2.6));
  it.each([0.1, 0.5, 1, 2.5, 50, 3000])("gamma(%d)", (shape) =>
    expect(
      kolmogorov(
        draws((r) => sampleGamma(r, shape)),
        (x) => gammaCdf(x, shape),
      ),
    ).toBeLessThan(2.6),
  );
  it.each([
    [0.5, 0.5],
    [2, 5],
    [100, 3],
  ])("beta(%d, %d)", (a, b) =>
    expect(
      kolmogorov(
        draws((r) => sampleBeta(r, a, b)),
        (x) => betaCdf(x, a, b),
      ),
    ).toBeLessThan(2.6),
  );
});

describe("discrete samplers follow their masses", () => {
  it.each([
    [1, 0.3],
    [7, 0.01],
    [20, 0.5],
    [30, 0.9],
    [25, 0.4],
    [100, 0.1],
    [100, 0.95],
    [1000, 0.3],
    [100_000, 0.00005],
    [100_000, 0.37],
  ])("binomial(%d, %d), by chi-square", (n, p) => {
    const count = 40_000;
    const sample = draws((r) => sampleBinomial(r, n, p), count, n);
    const spread = 8 * Math.sqrt(n * p * (1 - p)) + 8;
    const low = Math.max(0, Math.floor(n * p - spread));
    const high = Math.min(n, Math.ceil(n * p + spread));
    const width = Math.max(1, Math.floor((high - low) / 60));
    const cells = Math.ceil((high - low + 1) / width);
    const observed = new Float64Array(cells);
    expect(sample.every((k) => Number.isInteger(k) && k >= low && k <= high)).toBe(true);
    for (const k of sample) observed[Math.floor((k - low) / width)]++;
    const expected = Array.from(
      { length: cells },
      (_, c) =>
        count * (binomialCdf(low + (c + 1) * width - 1, n, p) - binomialCdf(low + c * width - 1, n, p)),
    );
    expect(chiSquareTest(observed, expected)).toBeGreaterThan(1e-6);
  });

  it("binomial at its ends", () => {
    const random = createRandom(0);
    expect([
      sampleBinomial(random, 0, 0.5),
      sampleBinomial(random, 9, 0),
      sampleBinomial(random, 9, 1),
    ]).toEqual([0, 0, 9]);
  });

  it("multinomial: sums to n, and each cell is binomial", () => {
    const random = createRandom(2);
    const shares = [0.5, 0, 0.2, 0.3];
    const counts = new Float64Array(4);
    const observed = new Float64Array(51);
    let broken = 0;
    for (let i = 0; i < 20_000; i++) {
      sampleMultinomial(random, 50, shares, counts);
      if (counts[0] + counts[1] + counts[2] + counts[3] !== 50 || counts[1] !== 0) broken++;
      observed[counts[3]]++;
    }
    expect(broken).toBe(0);
    const expected = Array.from(
      observed,
      (_, k) => 20_000 * (binomialCdf(k, 50, 0.3) - binomialCdf(k - 1, 50, 0.3)),
    );
    expect(chiSquareTest(observed, expected)).toBeGreaterThan(1e-6);
  });

  it("multinomial survives shares that do not quite sum to 1", () => {
    const counts = new Float64Array(3);
    sampleMultinomial(createRandom(1), 1000, [0.3, 0.7, 0], counts);
    expect(counts[0] + counts[1] + counts[2]).toBe(1000);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
  });

  it("integers", () => {
    const observed = new Float64Array(7);
    for (const k of draws((r) => sampleInteger(r, 7), 70_000)) observed[k]++;
    expect(chiSquareTest(observed, new Array(7).fill(10_000))).toBeGreaterThan(1e-6);
  });

  it("shuffle makes all 24 orders of 4 equally likely", () => {
    const random = createRandom(9);
    const seen = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = shuffle(random, [0, 1, 2, 3]).join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    expect(chiSquareTest([...seen.values()], new Array(24).fill(1000))).toBeGreaterThan(1e-6);
  });
});
