import { expect, test } from "vitest";
import { equalMassEdges } from "../numeric/bins.js";
import { logGamma } from "../numeric/special.js";
import { bayesianBinning } from "./bayesianBinning.js";
import { excessLogLoss, overconfident, simulate } from "./simulate.test-support.js";

test("equals the average over all numbers of bins, written out", () => {
  const { scores, outcomes } = simulate(64, 2, overconfident(2)); // ∛64 = 4: 1 to 40 bins
  const sorted = [...scores].sort((a, b) => a - b);
  const queries = [0.05, 0.3, 0.6, 0.95];
  const sums = queries.map(() => 0);
  let total = 0;
  let edgesBefore = 0;
  for (let bins = 1; bins <= 40; bins++) {
    const edges = equalMassEdges(sorted, bins, "right");
    if (edges.length === edgesBefore) continue;
    edgesBefore = edges.length;
    const count = edges.length - 1;
    const inBin = (s: number, b: number) => (s > edges[b] || b === 0) && s <= edges[b + 1];
    let evidence = 1;
    const means: number[] = [];
    for (let b = 0; b < count; b++) {
      const mine = [...scores.keys()].filter((i) => inBin(scores[i], b));
      const hits = mine.filter((i) => outcomes[i]).length;
      const middle = (edges[b] + edges[b + 1]) / 2;
      const [alpha, beta] = [(2 / count) * middle, (2 / count) * (1 - middle)];
      const gamma = (x: number) => Math.exp(logGamma(x));
      evidence *= gamma(2 / count) / gamma(mine.length + 2 / count);
      evidence *= (gamma(hits + alpha) / gamma(alpha)) * (gamma(mine.length - hits + beta) / gamma(beta));
      means.push((hits + alpha) / (mine.length + 2 / count));
    }
    total += evidence;
    queries.forEach((q, i) => {
      sums[i] += evidence * means[means.findIndex((_, b) => inBin(q, b))];
    });
  }
  const predicted = bayesianBinning.fit(scores, outcomes).predict(queries);
  sums.forEach((sum, i) => {
    expect(predicted[i]).toBeCloseTo(sum / total, 5); // models below a millionth of the best are left out
  });
});

test("improves overconfident scores", () => {
  const { scores, outcomes } = simulate(5000, 3, overconfident(2.5));
  const fresh = simulate(5000, 4, overconfident(2.5));
  const calibrator = bayesianBinning.fit(scores, outcomes);
  const after = excessLogLoss(calibrator.predict(fresh.scores), fresh.truth);
  expect(after).toBeLessThan(excessLogLoss(fresh.scores, fresh.truth) / 5);
});
