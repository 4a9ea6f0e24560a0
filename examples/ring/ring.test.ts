import { createRandom } from "credence/numeric";
import { expect, it } from "vitest";
import { MODES, RADIUS, REACH, ringLogDensity, sampleRing } from "./ring.js";

it("has a density that integrates to 1, and samples that follow it", () => {
  // Importance sampling over a square that holds the ring.
  const half = RADIUS + REACH;
  const random = createRandom(1);
  const n = 200_000;
  const square = {
    data: Float64Array.from({ length: 2 * n }, () => half * (2 * random.uniform() - 1)),
    rows: n,
    columns: 2,
  };
  const logs = ringLogDensity(square);
  const mass = (value: (log: number) => number) =>
    logs.reduce((sum, log) => sum + (log > -Infinity ? Math.exp(log) * value(log) : 0), 0) *
    ((2 * half) ** 2 / n);
  expect(Math.abs(mass(() => 1) - 1)).toBeLessThan(0.02);
  const drawn = ringLogDensity(sampleRing(50_000, 2));
  expect(drawn.every(Number.isFinite)).toBe(true);
  expect(Math.abs(drawn.reduce((a, b) => a + b, 0) / 50_000 - mass((log) => log))).toBeLessThan(0.1);
});

it("fills its modes evenly", () => {
  const { data } = sampleRing(8000, 3);
  const counts = new Array<number>(MODES).fill(0);
  for (let i = 0; i < 8000; i++) {
    const turn = Math.atan2(data[2 * i + 1], data[2 * i]) / (2 * Math.PI);
    counts[(Math.round(turn * MODES) + MODES) % MODES]++;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
