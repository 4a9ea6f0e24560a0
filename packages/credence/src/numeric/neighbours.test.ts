import { describe, expect, it } from "vitest";
import { sampleInteger, sampleNormal } from "./distributions.js";
import { gram } from "./gram.js";
import type { Matrix } from "./matrix.js";
import { countWithin, mutuallyWithin, nearestNeighbours, pointsWithin } from "./neighbours.js";
import { createRandom } from "./random.js";

const random = createRandom(7);

function normals(rows: number, columns: number, shift = 0): Matrix {
  return {
    data: Float64Array.from({ length: rows * columns }, () => sampleNormal(random) + shift),
    rows,
    columns,
  };
}

/** Few distinct values, so that ties and coinciding rows abound. */
function lattice(rows: number, columns: number): Matrix {
  return {
    data: Float64Array.from({ length: rows * columns }, () => sampleInteger(random, 3)),
    rows,
    columns,
  };
}

function distance(a: Matrix, i: number, b: Matrix, j: number): number {
  let sum = 0;
  for (let t = 0; t < a.columns; t++) sum += (a.data[i * a.columns + t] - b.data[j * a.columns + t]) ** 2;
  return Math.sqrt(sum);
}

/** The definition: all distances, sorted by distance and then by index. */
function brute(points: Matrix, k: number, queries?: Matrix) {
  const from = queries ?? points;
  return Array.from({ length: from.rows }, (_, q) =>
    Array.from({ length: points.rows }, (_, index) => ({ index, far: distance(from, q, points, index) }))
      .filter(({ index }) => queries || index !== q)
      .sort((a, b) => a.far - b.far || a.index - b.index)
      .slice(0, k),
  );
}

const cases: [string, Matrix, Matrix][] = [
  ["tiles, 20 columns", normals(300, 20), normals(70, 20)],
  ["tiles, far from the origin", normals(90, 9, 1e8), normals(33, 9, 1e8)],
  ["tiles, few points", normals(9, 2), normals(5, 2)],
  ["tree, 2 columns", normals(500, 2), normals(61, 2)],
  ["tree, 8 columns", normals(300, 8), normals(50, 8)],
  ["tree, ties", lattice(300, 3), lattice(40, 3)],
  ["tiles, ties", lattice(270, 9), lattice(40, 9)],
  ["tree, all rows equal", { data: new Float64Array(900), rows: 300, columns: 3 }, lattice(10, 3)],
];

describe("nearestNeighbours", () => {
  it.each(cases)("equals sorting all distances: %s", (_, points, queries) => {
    for (const [k, others] of [
      [1, undefined],
      [5, queries],
      [7, undefined],
      [8, queries],
    ] as const) {
      const found = nearestNeighbours(points, k, others);
      const wanted = brute(points, k, others).flat();
      expect(Array.from(found.indices)).toEqual(wanted.map(({ index }) => index));
      expect(Array.from(found.distances)).toEqual(wanted.map(({ far }) => far));
    }
  });

  it("reads float32 and plain arrays alike", () => {
    const data = Float32Array.from({ length: 60 }, () => sampleNormal(random));
    const a = nearestNeighbours({ data, rows: 6, columns: 10 }, 2);
    const b = nearestNeighbours({ data: Array.from(data), rows: 6, columns: 10 }, 2);
    expect(a).toEqual(b);
  });

  it("refuses more neighbours than there are, and other columns", () => {
    expect(() => nearestNeighbours(normals(3, 2), 3)).toThrow(/only 2 points/);
    expect(() => nearestNeighbours(normals(3, 2), 1, normals(3, 4))).toThrow(/4 columns but points has 2/);
    expect(() => nearestNeighbours(normals(3, 2), 0)).toThrow(/at least 1/);
  });
});

describe("pointsWithin", () => {
  it.each(cases)("equals comparing all distances: %s", (_, points, queries) => {
    // Radii that are themselves distances: the boundary belongs to the ball.
    const radii = Array.from({ length: queries.rows }, (_, q) =>
      distance(queries, q, points, q % points.rows),
    );
    const found = pointsWithin(points, queries, radii);
    const wanted = brute(points, points.rows, queries).map((list, q) =>
      list.filter(({ far }) => far <= radii[q]),
    );
    expect(Array.from(found.indices)).toEqual(wanted.flat().map(({ index }) => index));
    expect(Array.from(found.distances)).toEqual(wanted.flat().map(({ far }) => far));
    expect(Array.from(countWithin(points, queries, radii))).toEqual(wanted.map((list) => list.length));
  });

  it.each(cases)("is one half of mutuallyWithin: %s", (_, points, queries) => {
    const [of, back] = [points, queries].map((centres, s) =>
      Array.from({ length: centres.rows }, (_, i) =>
        distance(centres, i, s ? points : queries, i % (s ? points : queries).rows),
      ),
    );
    expect(mutuallyWithin(points, queries, of, back)).toEqual([
      pointsWithin(queries, points, of),
      pointsWithin(points, queries, back),
    ]);
  });
});

describe("gram", () => {
  it("equals the sums of products", () => {
    for (const [a, b] of [
      [normals(37, 5), normals(21, 5)],
      [normals(300, 130), undefined],
    ] as const) {
      const { data, columns } = gram(a, b);
      const other = b ?? a;
      for (let i = 0; i < a.rows; i += 7)
        for (let j = 0; j < other.rows; j += 3) {
          let sum = 0;
          for (let t = 0; t < a.columns; t++)
            sum += a.data[i * a.columns + t] * other.data[j * a.columns + t];
          expect(data[i * columns + j]).toBeCloseTo(sum, 10);
        }
    }
  });
});
