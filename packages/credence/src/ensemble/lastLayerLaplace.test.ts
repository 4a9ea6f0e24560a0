import { describe, expect, it } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { softmaxRows } from "../numeric/softmax.js";
import { decomposeEntropy, lastLayerLaplace } from "./index.js";

function normal(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return { data: Float64Array.from({ length: rows * columns }, () => sampleNormal(random)), rows, columns };
}

function probabilities(rows: number, classes: number, seed: number): Matrix {
  const { data } = normal(rows, classes, seed);
  softmaxRows(data as Float64Array, classes);
  return { data, rows, columns: classes };
}

/** The inverse by Gauss–Jordan, written out. */
function inverse(matrix: number[][]): number[][] {
  const n = matrix.length;
  const a = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => Number(i === j))]);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c; r < n; r++) if (Math.abs(a[r][c]) > Math.abs(a[pivot][c])) pivot = r;
    [a[c], a[pivot]] = [a[pivot], a[c]];
    const by = a[c][c];
    a[c] = a[c].map((v) => v / by);
    for (let r = 0; r < n; r++)
      if (r !== c) {
        const factor = a[r][c];
        a[r] = a[r].map((v, j) => v - factor * a[c][j]);
      }
  }
  return a.map((row) => row.slice(n));
}

describe("last-layer Laplace", () => {
  const [rows, columns, classes] = [40, 3, 4];
  const embeddings = normal(rows, columns, 1);
  const p = probabilities(rows, classes, 2);
  const prior = 0.7;
  const posterior = lastLayerLaplace.fit(embeddings, p, { priorPrecision: prior });
  const queries = normal(5, columns, 3);

  it("has the covariance of n A ⊗ G + prior, inverted as a whole", () => {
    const phi = Array.from({ length: rows }, (_, i) => [
      ...Array.from({ length: columns }, (_, j) => embeddings.data[i * columns + j]),
      1,
    ]);
    const probability = (i: number, c: number) => p.data[i * classes + c];
    const A = [0, 1, 2, 3].map((a) =>
      [0, 1, 2, 3].map((b) => phi.reduce((s, f) => s + (f[a] * f[b]) / rows, 0)),
    );
    const G = [0, 1, 2, 3].map((a) =>
      [0, 1, 2, 3].map((b) =>
        phi.reduce(
          (s, _, i) => s + ((a === b ? probability(i, a) : 0) - probability(i, a) * probability(i, b)) / rows,
          0,
        ),
      ),
    );
    const size = 16;
    const precision = Array.from({ length: size }, (_, u) =>
      Array.from(
        { length: size },
        (_, v) => rows * A[u >> 2][v >> 2] * G[u % 4][v % 4] + (u === v ? prior : 0),
      ),
    );
    const covariance = inverse(precision);
    const { data } = posterior.variances(queries);
    for (let i = 0; i < 5; i++) {
      const f = [...Array.from({ length: columns }, (_, j) => queries.data[i * columns + j]), 1];
      for (let c = 0; c < classes; c++) {
        let expected = 0;
        for (let a = 0; a < 4; a++)
          for (let b = 0; b < 4; b++) expected += f[a] * f[b] * covariance[4 * a + c][4 * b + c];
        expect(data[i * classes + c]).toBeCloseTo(expected, 10);
      }
    }
  });

  it("draws logits around the network's with that variance", () => {
    // Two classes: the log odds of a draw are the difference of its logits.
    const two = lastLayerLaplace.fit(embeddings, probabilities(rows, 2, 5));
    const logits = { data: [0.3, -0.2], rows: 1, columns: 2 };
    const query = { data: [1, -1, 0.5], rows: 1, columns: 3 };
    const draws = two.draw(query, logits, { samples: 20_000, seed: 4 });
    const odds = draws.map(({ data }) => Math.log(data[0] / data[1]));
    const mean = odds.reduce((a, b) => a + b) / odds.length;
    const variance = odds.reduce((s, v) => s + (v - mean) ** 2, 0) / odds.length;
    // Of G the one eigenvector with curvature is (1, −1) / √2: the difference has twice its variance, the sum none of it.
    const along = two.variances(query).data;
    const prior = 1 * (1 + 1 + 0.25 + 1); // what the flat direction has: ‖φ‖² / priorPrecision
    const expected = 2 * (2 * along[0] - prior);
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(expected / odds.length));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / odds.length));
  });

  it("is less sure far from the data and with fewer rows", () => {
    const near = { data: [0, 0, 0], rows: 1, columns: 3 };
    const far = { data: [30, -20, 10], rows: 1, columns: 3 };
    const logits = { data: [4, 0, 0, 0], rows: 1, columns: 4 };
    const epistemic = (x: Matrix, of = posterior) =>
      decomposeEntropy(of.draw(x, logits, { samples: 400, seed: 1 })).epistemic[0];
    expect(epistemic(far)).toBeGreaterThan(2 * epistemic(near));
    const few = lastLayerLaplace.fit(normal(10, 3, 1), probabilities(10, 4, 2), { priorPrecision: prior });
    expect(few.variances(near).data[0]).toBeGreaterThan(posterior.variances(near).data[0]);
  });

  it("refuses what does not fit", () => {
    const refuse = (f: () => unknown, code: string) => expect(f).toThrow(expect.objectContaining({ code }));
    refuse(() => lastLayerLaplace.fit(embeddings, probabilities(39, 4, 1)), "length-mismatch");
    refuse(() => lastLayerLaplace.fit(embeddings, p, { priorPrecision: 0 }), "out-of-range");
    refuse(() => posterior.variances(normal(2, 4, 1)), "length-mismatch");
    refuse(() => posterior.draw(queries, normal(5, 3, 1)), "length-mismatch");
    refuse(() => posterior.draw(queries, normal(4, 4, 1)), "length-mismatch");
    refuse(() => posterior.draw(queries, normal(5, 4, 1), { samples: 0 }), "out-of-range");
  });
});
