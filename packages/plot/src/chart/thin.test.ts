import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { thinPoints } from "./thin.js";

const x = (p: readonly [number, number]) => p[0];
const y = (p: readonly [number, number]) => p[1];

describe("thinPoints", () => {
  it("leaves few points alone", () => {
    const points = [
      [0, 1],
      [1, 2],
    ] as const;
    expect(thinPoints(points, x, y)).toBe(points);
    expect(thinPoints([], x, y)).toEqual([]);
  });

  it("keeps the ends and, in every bucket, the lowest and the highest point", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
          {
            minLength: 1,
            maxLength: 300,
          },
        ),
        fc.integer({ min: 1, max: 20 }),
        (rows, buckets) => {
          const points = rows.sort((a, b) => a[0] - b[0]);
          const kept = thinPoints(points, x, y, buckets);
          if (points.length <= 2 * buckets) return;
          expect(kept.length).toBeLessThanOrEqual(2 * (buckets + 1) + 2);
          expect(kept[0]).toBe(points[0]);
          expect(kept[kept.length - 1]).toBe(points[points.length - 1]);
          expect(kept.every((p, i) => i === 0 || points.indexOf(p) > points.indexOf(kept[i - 1]))).toBe(true);
          const range = points[points.length - 1][0] - points[0][0] || 1;
          const bucketOf = (p: readonly [number, number]) =>
            Math.floor(((p[0] - points[0][0]) / range) * buckets);
          for (let b = 0; b <= buckets; b++) {
            const all = points.filter((p) => bucketOf(p) === b).map(y);
            const left = kept.filter((p) => bucketOf(p) === b).map(y);
            if (all.length === 0) continue;
            expect(Math.min(...left)).toBe(Math.min(...all));
            expect(Math.max(...left)).toBe(Math.max(...all));
          }
        },
      ),
    );
  });
});
