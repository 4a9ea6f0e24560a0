import { describe, expect, it } from "vitest";
import { createRandom } from "./random.js";
import { chiSquaredSurvival } from "./special.js";

describe("createRandom", () => {
  it("gives the same stream for the same seed, for good", () => {
    const random = createRandom(0);
    expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([1789933344, 44971166, 2521387044]);
    expect(createRandom(42).uniform()).toBe(createRandom(42).uniform());
  });

  it("tells close seeds apart, fractions and seeds beyond 32 bits included", () => {
    const first = [0, 1, 2, 0.1, 0.2, -1, 2 ** 32, 2 ** 32 + 1, 1e300].map((seed) =>
      createRandom(seed).uniform(),
    );
    expect(new Set(first).size).toBe(first.length);
  });

  it("is uniform in its first 1 000 cells, by chi-square", () => {
    const random = createRandom(3);
    const cells = new Float64Array(1000);
    const n = 400_000;
    for (let i = 0; i < n; i++) cells[Math.floor(random.uniform() * 1000)]++;
    let chi = 0;
    for (const cell of cells) chi += (cell - n / 1000) ** 2 / (n / 1000);
    const p = chiSquaredSurvival(chi, 999);
    expect(p).toBeGreaterThan(1e-6);
    expect(p).toBeLessThan(1 - 1e-6);
  });

  it("has no memory: successive pairs fill the square evenly", () => {
    const random = createRandom(4);
    const cells = new Float64Array(256);
    const n = 256_000;
    for (let i = 0; i < n; i++)
      cells[Math.floor(random.uniform() * 16) * 16 + Math.floor(random.uniform() * 16)]++;
    let chi = 0;
    for (const cell of cells) chi += (cell - n / 256) ** 2 / (n / 256);
    expect(chiSquaredSurvival(chi, 255)).toBeGreaterThan(1e-6);
  });

  it("forks into a stream that does not depend on what the parent draws later", () => {
    const parent = createRandom(5);
    const child = parent.fork();
    parent.uniform();
    const again = createRandom(5).fork();
    expect([child.uint32(), child.uint32()]).toEqual([again.uint32(), again.uint32()]);
    expect(createRandom(5).uint32()).not.toBe(createRandom(5).fork().uint32());
  });
});
