import { simultaneousEstimates } from "credence/estimate";
import { createRandom } from "credence/numeric";
import { expect, it } from "vitest";
import { smallRecords } from "../records.test-support.js";
import { gapEstimate } from "./scored.js";
import { computeSlices } from "./slices.js";

const settings = { bins: 15, level: 0.95, seed: 0, tolerance: 0.05 };

it("has the intervals of the definition: max-t over the rows' influences, by group", () => {
  const { confidences, outcomes, group, slices } = smallRecords({ together: 0.5 });
  const groups = group?.codes ?? new Int32Array();
  const found = computeSlices({ confidences, outcomes, groups }, slices, settings);
  const gaps = Array.from(confidences, (p, i) => p - outcomes[i]);
  const means = [0, 1, 2].map((code) => {
    const own = gaps.filter((_, i) => slices[0].codes[i] === code);
    return own.reduce((sum, gap) => sum + gap, 0) / own.length;
  });
  const data = gaps.flatMap((gap, i) =>
    [0, 1, 2].map((code) => (slices[0].codes[i] === code ? 3 * (gap - means[code]) : 0)),
  );
  const expected = simultaneousEstimates(
    means,
    { data, rows: 600, columns: 3 },
    { groups, level: 0.95, seed: 0 },
  );
  for (const slice of found) {
    const { interval } = expected[slices[0].labels.indexOf(slice.value)];
    expect(slice.gap.interval?.[0]).toBeCloseTo(interval?.[0] ?? Number.NaN, 10);
    expect(slice.gap.interval?.[1]).toBeCloseTo(interval?.[1] ?? Number.NaN, 10);
  }
});

it("cannot be fooled by twenty calibrated slices: rarely is any of them called off", () => {
  // Nominal 5 % of 40 repetitions are 2; more than 12 happen with probability below 1e-6.
  let fooled = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const { confidences, outcomes } = smallRecords({ groups: 100, seed });
    const random = createRandom(seed);
    const codes = Int32Array.from(confidences, () => Math.floor(random.uniform() * 20));
    const labels = Array.from({ length: 20 }, (_, k) => `s${k}`);
    const column = { name: "x", codes, count: 20, labels };
    const found = computeSlices({ confidences, outcomes, groups: null }, [column], settings);
    if (found.some(({ gap }) => (gap.interval?.[0] ?? 0) > 0 || (gap.interval?.[1] ?? 0) < 0)) fooled++;
  }
  expect(fooled).toBeLessThanOrEqual(12);
});

it("sums of many rows tell as much as the rows: merging units leaves the interval nearly as it is", () => {
  const { confidences, outcomes, slices } = smallRecords({ groups: 2000 });
  const [all] = computeSlices({ confidences, outcomes, groups: null }, slices, settings);
  const n = all.n;
  const gaps = Array.from(confidences, (p, i) => p - outcomes[i]).filter(
    (_, i) => slices[0].labels[slices[0].codes[i]] === all.value,
  );
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / n;
  const se = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / n / n);
  const [low, high] = all.gap.interval as readonly [number, number];
  // Three nearly independent slices: Šidák's 2.39 standard errors.
  expect((high - low) / 2 / se).toBeGreaterThan(2.2);
  expect((high - low) / 2 / se).toBeLessThan(2.6);
});

it("small slices without a miss prove nothing where confidences are high", () => {
  // Calibrated: twelve answers at about 94.5 % are all right half of the time. Of 20 repetitions, 1 is nominal
  // and more than 8 happen with probability below 1e-6.
  let fooled = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const random = createRandom(seed);
    const codes = Int32Array.from({ length: 120 }, (_, i) => Math.floor(i / 12));
    const confidences = Float64Array.from(codes, () => 0.92 + 0.05 * random.uniform());
    const outcomes = Uint8Array.from(confidences, (p) => Number(random.uniform() < p));
    const column = { name: "x", codes, count: 10, labels: Array.from({ length: 10 }, (_, k) => `s${k}`) };
    const found = computeSlices({ confidences, outcomes, groups: null }, [column], settings);
    for (const { gap } of found) {
      const [low, high] = gap.interval as readonly [number, number];
      expect(low >= -1 && high <= 1).toBe(true);
    }
    if (found.some(({ finding }) => finding !== "undecided" && finding !== "fine")) fooled++;
  }
  expect(fooled).toBeLessThanOrEqual(8);
});

it("three right answers do not claim to know the gap", () => {
  const rows = { confidences: new Float64Array(3).fill(0.9), outcomes: new Uint8Array(3).fill(1) };
  const [low, high] = gapEstimate(rows, { level: 0.95 }).interval as readonly [number, number];
  expect(low).toBeLessThan(-0.5);
  expect(high).toBeGreaterThan(0.5);
});
