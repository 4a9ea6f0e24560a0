import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cholesky, choleskySolve } from "./linear.js";

describe("cholesky", () => {
  it("factors and solves random positive-definite systems", () => {
    const entry = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((n) =>
            fc.tuple(
              fc.constant(n),
              fc.array(entry, { minLength: n * n, maxLength: n * n }),
              fc.array(entry, { minLength: n, maxLength: n }),
            ),
          ),
        ([n, b, x]) => {
          // A = B Bᵀ + I
          const a = Float64Array.from({ length: n * n }, (_, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            let sum = i === j ? 1 : 0;
            for (let k = 0; k < n; k++) sum += b[i * n + k] * b[j * n + k];
            return sum;
          });
          const right = Float64Array.from({ length: n }, (_, i) =>
            x.reduce((sum, v, j) => sum + a[i * n + j] * v, 0),
          );
          const lower = cholesky(a, n)!;
          for (let i = 0; i < n; i++)
            for (let j = 0; j < n; j++) {
              let sum = 0;
              for (let k = 0; k < n; k++) sum += lower[i * n + k] * lower[j * n + k];
              expect(sum).toBeCloseTo(a[i * n + j], 9);
              if (j > i) expect(lower[i * n + j]).toBe(0);
            }
          choleskySolve(lower, n, right).forEach((value, i) => {
            expect(value).toBeCloseTo(x[i], 6);
          });
        },
      ),
    );
  });

  it("is null for a matrix that is not positive definite", () => {
    expect(cholesky([1, 2, 2, 1], 2)).toBeNull();
    expect(cholesky([0], 1)).toBeNull();
    expect(cholesky([Number.NaN], 1)).toBeNull();
  });
});
