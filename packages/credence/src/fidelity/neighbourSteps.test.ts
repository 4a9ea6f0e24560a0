import { describe, expect, it } from "vitest";
import type { Neighbours } from "../numeric/neighbours.js";
import { createRandom } from "../numeric/random.js";
import { classifierTwoSampleTest, classifierTwoSampleTestSteps } from "./classifierTwoSampleTest.js";
import { allDistances, normals } from "./draw.test-support.js";
import { ensemblePrecisionRecall, ensemblePrecisionRecallSteps } from "./ensemblePrecisionRecall.js";
import type { NeighbourQuery, NeighbourSteps } from "./neighbourSteps.js";
import { precisionRecallCurve, precisionRecallCurveSteps } from "./precisionRecallCurve.js";

const random = createRandom(41);

const brute = ({ points, k, queries }: NeighbourQuery): Neighbours => {
  const nearest = allDistances(queries, points).map((row) =>
    row
      .map((distance, index) => ({ distance, index }))
      .sort((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, k),
  );
  return {
    rows: queries.rows,
    k,
    indices: Int32Array.from(nearest.flat(), ({ index }) => index),
    distances: Float64Array.from(nearest.flat(), ({ distance }) => distance),
  };
};

/** The result with neighbours found by `find`, and how often they were asked for. */
function finished<T>(steps: NeighbourSteps<T>, find: (query: NeighbourQuery) => Neighbours) {
  let asked = 0;
  let step = steps.next();
  for (; !step.done; asked++) step = steps.next(find(step.value));
  return { result: step.value, asked };
}

const pairs = {
  normals: [normals(random, 90, 10), normals(random, 70, 10, 1)],
  // Whole numbers: nearly every distance occurs many times.
  ties: [normals(random, 60, 3), normals(random, 80, 3, 1)].map((sample) => ({
    ...sample,
    data: Float64Array.from(sample.data, Math.round),
  })),
};
const ids = (rows: number) => Array.from({ length: rows }, (_, i) => i >> 2);

describe.each(Object.entries(pairs))("steps with neighbours found elsewhere: %s", (_, [real, generated]) => {
  const groups = { real: ids(real.rows), generated: ids(generated.rows) };

  it.each([
    ["knn", {}, 4],
    ["knn", { groups }, 4],
    ["knn", { interval: false, k: 3 } as const, 4],
    ["coverage", {}, 2],
  ] as const)("give the same curve: %s, %o", (family, more, asked) => {
    const options = { family, resamples: 20, angles: 7, ...more };
    expect(finished(precisionRecallCurveSteps(real, generated, options), brute)).toEqual({
      result: precisionRecallCurve(real, generated, options),
      asked,
    });
  });

  it.each([
    ["knn", {}, 4],
    ["knn", { groups, k: 2 }, 4],
    ["logistic", {}, 0],
  ] as const)("give the same two-sample test: %s, %o", (classifier, more, asked) => {
    const options = { classifier, ...more };
    expect(finished(classifierTwoSampleTestSteps(real, generated, options), brute)).toEqual({
      result: classifierTwoSampleTest(real, generated, options),
      asked,
    });
  });

  it.each([
    ["knn", 2 + 6 + 2 * (2 * 6 + 1)],
    ["coverage", 2 + 6 + (2 * 6 + 1)],
  ] as const)("give the same ensemble: %s", (family, asked) => {
    const models = [generated, real, generated];
    const options = { family, angles: 5 };
    expect(finished(ensemblePrecisionRecallSteps(real, models, options), brute)).toEqual({
      result: ensemblePrecisionRecall(real, models, options),
      asked,
    });
  });
});

describe("steps", () => {
  const [real, generated] = pairs.normals;

  it("believe what they are told", () => {
    const everywhere = (query: NeighbourQuery) => {
      const { distances, ...found } = brute(query);
      return { ...found, distances: distances.fill(1) };
    };
    const { result } = finished(precisionRecallCurveSteps(real, generated), everywhere);
    expect(result.auc.value).toBe(1); // Nothing can be told apart.
    expect(precisionRecallCurve(real, generated).auc.value).toBeLessThan(0.9);
  });

  it("refuse bad input at the first of them", () => {
    const other = normals(random, 20, 4);
    for (const steps of [
      precisionRecallCurveSteps(real, other),
      classifierTwoSampleTestSteps(real, other),
      ensemblePrecisionRecallSteps(real, [other, other]),
    ])
      expect(() => steps.next()).toThrow(/columns/);
  });
});
