import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binIndices, binOf, createBinning } from "./bins.js";
import { CredenceError } from "./error.js";

const probability = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc
    .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 30 }))
    .map(([i, k]) => Math.min(1, i / k)),
);

/** The definition: the first bin whose interval holds the value. */
function slowBin(edges: ArrayLike<number>, closed: "left" | "right", value: number): number {
  const last = edges.length - 2;
  for (let b = 0; b <= last; b++) {
    const inside =
      closed === "right"
        ? (value > edges[b] || b === 0) && value <= edges[b + 1]
        : value >= edges[b] && (value < edges[b + 1] || b === last);
    if (inside) return b;
  }
  throw new Error("no bin");
}

describe("bins of equal width", () => {
  it("have the float64 edges i/k", () => {
    expect([...createBinning("f", [], { bins: 3 }).edges]).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect(createBinning("f", []).edges.length).toBe(16);
  });

  it("put every value where comparison with the edges puts it", () => {
    fc.assert(
      fc.property(
        probability,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("left", "right"),
        (p, bins, closed) => {
          const binning = createBinning("f", [], { bins, closed });
          expect(binOf(binning, p)).toBe(slowBin(binning.edges, closed, p));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("put a value that is an edge below it (right) or above it (left), for all k up to 64", () => {
    for (let bins = 1; bins <= 64; bins++)
      for (let i = 0; i <= bins; i++) {
        expect(binOf(createBinning("f", [], { bins, closed: "right" }), i / bins)).toBe(Math.max(0, i - 1));
        expect(binOf(createBinning("f", [], { bins, closed: "left" }), i / bins)).toBe(Math.min(bins - 1, i));
      }
  });

  it("are not fooled by rounding: 0.29 · 100 is 28.999…", () => {
    expect(binOf(createBinning("f", [], { bins: 100, closed: "left" }), 0.29)).toBe(29);
  });
});

describe("bins of equal mass", () => {
  it("never tear tied values apart and hold every value", () => {
    const values = fc.array(fc.oneof(probability, fc.constantFrom(0, 0.5, 0.9, 1)), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom("left", "right"),
        (p, bins, closed) => {
          const { edges } = createBinning("f", p, { bins, binning: "mass", closed });
          expect(edges.length).toBeLessThanOrEqual(bins + 1);
          expect([edges[0], edges[edges.length - 1]]).toEqual([0, 1]);
          for (let b = 1; b < edges.length; b++) expect(edges[b]).toBeGreaterThan(edges[b - 1]);
          const placed = binIndices("f", "p", p, { edges, closed });
          p.forEach((value, i) => {
            expect(placed[i]).toBe(slowBin(edges, closed, value));
          });
        },
      ),
    );
  });

  it.each(["left", "right"] as const)(
    "hold n/k values each where there are no ties (closed: %s)",
    (closed) => {
      const values = Array.from({ length: 103 }, (_, i) => ((i * 37) % 103) / 103 + 0.001);
      const binning = createBinning("f", values, { bins: 10, binning: "mass", closed });
      const counts = new Array(10).fill(0);
      for (const bin of binIndices("f", "values", values, binning)) counts[bin]++;
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(10);
      expect(Math.max(...counts)).toBeLessThanOrEqual(11);
    },
  );

  it("of constant values are one or two, and nothing is lost", () => {
    for (const value of [0, 0.7, 1])
      for (const closed of ["left", "right"] as const) {
        const values = new Array(50).fill(value);
        const binning = createBinning("f", values, { bins: 15, binning: "mass", closed });
        expect(new Set(binIndices("f", "values", values, binning)).size).toBe(1);
      }
  });
});

describe("bad input", () => {
  it.each([
    [{ bins: 0 }, "out-of-range"],
    [{ bins: 2.5 }, "out-of-range"],
    [{ binning: "equal" as "mass" }, "unknown-option"],
    [{ closed: "both" as "left" }, "unknown-option"],
  ])("%o is refused", (options, code) => {
    expect(() => createBinning("f", [0.5], options)).toThrowError(expect.objectContaining({ code }));
  });

  it("a value outside [0, 1] is refused with its place", () => {
    const binning = createBinning("f", []);
    for (const bad of [1.2, -0.1, Number.NaN]) {
      let caught: unknown;
      try {
        binIndices("f", "confidences", [0.5, bad], binning);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(CredenceError);
      expect((caught as CredenceError).place).toMatchObject({ argument: "confidences", index: 1 });
    }
  });
});
