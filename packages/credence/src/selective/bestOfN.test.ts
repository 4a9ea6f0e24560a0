import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { bestOfN } from "./bestOfN.js";

/** All subsets of n candidates, the most confident picked, ties averaged. */
function slowBestOfN(candidates: readonly { c: number; y: number }[], n: number) {
  let [confidence, right, oracle, subsets] = [0, 0, 0, 0];
  for (let mask = 0; mask < 1 << candidates.length; mask++) {
    const chosen = candidates.filter((_, i) => mask & (1 << i));
    if (chosen.length !== n) continue;
    const most = Math.max(...chosen.map((x) => x.c));
    const tied = chosen.filter((x) => x.c === most);
    subsets++;
    confidence += most;
    right += tied.reduce((sum, x) => sum + x.y, 0) / tied.length;
    oracle += Number(chosen.some((x) => x.y === 1));
  }
  return { confidence: confidence / subsets, right: right / subsets, oracle: oracle / subsets };
}

describe("bestOfN", () => {
  it("averages over all choices of n candidates", () => {
    const candidate = fc.record({
      c: fc.integer({ min: 0, max: 4 }).map((k) => k / 4),
      y: fc.constantFrom(0, 1),
    });
    const prompt = fc.array(candidate, { minLength: 4, maxLength: 7 });
    fc.assert(
      fc.property(
        fc.array(prompt, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (prompts, n) => {
          const flat = prompts.flatMap((candidates, p) => candidates.map((x) => ({ ...x, p })));
          const [found] = bestOfN(
            flat.map((x) => x.c),
            flat.map((x) => x.y),
            flat.map((x) => x.p),
            { n: [n] },
          );
          const slow = prompts.map((candidates) => slowBestOfN(candidates, n));
          const average = (read: (s: (typeof slow)[0]) => number) =>
            slow.reduce((sum, s) => sum + read(s), 0) / slow.length;
          expect(found.accuracy.value).toBeCloseTo(
            average((s) => s.right),
            10,
          );
          expect(found.confidence.value).toBeCloseTo(
            average((s) => s.confidence),
            10,
          );
          expect(found.oracle.value).toBeCloseTo(
            average((s) => s.oracle),
            10,
          );
          expect(found.overconfidence.value).toBeCloseTo(
            average((s) => s.confidence - s.right),
            10,
          );
        },
      ),
    );
  });

  it("shows what selection does to a calibrated confidence that is partly noise", () => {
    const random = createRandom(1);
    const [c, y, p]: number[][] = [[], [], []];
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    for (let prompt = 0; prompt < 2000; prompt++) {
      // One truth per prompt; every candidate's confidence is a noisy reading of it.
      const truth = 2 * sampleNormal(random);
      for (let k = 0; k < 8; k++) {
        c.push(sigmoid(truth + 1.5 * sampleNormal(random)));
        y.push(Number(random.uniform() < sigmoid(truth)));
        p.push(prompt);
      }
    }
    const results = bestOfN(c, y, p);
    expect(results.map((r) => r.n)).toEqual([1, 2, 4, 8]);
    for (let i = 1; i < 4; i++)
      expect(results[i].overconfidence.value).toBeGreaterThan(results[i - 1].overconfidence.value + 0.05);
    expect(results[3].accuracy.interval![1]).toBeGreaterThan(results[0].accuracy.value);
    expect(results[0].accuracy).toMatchObject({ n: 2000, method: "delta" });
  });

  it("takes clusters of prompts", () => {
    const c = [0.9, 0.6, 0.7, 0.8, 0.5, 0.4];
    const y = [1, 0, 0, 1, 0, 0];
    const prompts = ["a", "a", "b", "b", "c", "c"];
    const [one] = bestOfN(c, y, prompts, { groups: [1, 1, 1, 1, 2, 2], n: [1] });
    expect(one.accuracy).toMatchObject({ method: "cluster-delta", n: 3, groups: 2 });
    expect(bestOfN(c, y, prompts, { interval: false })[0].accuracy.interval).toBeNull();
  });

  it.each([
    [() => bestOfN([], [], []), "empty-input"],
    [() => bestOfN([0.5], [1], []), "length-mismatch"],
    [() => bestOfN([0.5, 0.6, 0.7], [1, 0, 1], [1, 1, 2], { n: [2] }), "too-few"],
    [() => bestOfN([0.5], [1], [1], { n: [0] }), "out-of-range"],
    [() => bestOfN([0.5, 0.6], [1, 0], [1, 1], { groups: ["a", "b"] }), "unknown-group"],
    [() => bestOfN([1.5], [1], [1]), "not-a-probability"],
  ])("refuses bad input %#", (call, code) => {
    expect(call).toThrowError(expect.objectContaining({ code }));
  });
});
