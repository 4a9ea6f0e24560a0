import { cholesky, choleskySolve, createRandom, type Random } from "credence/numeric";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignments, randomNetwork } from "./bayesianNetwork.test-support.js";
import { conditionalSampler, logEvidence, mostProbable, posteriorMixture } from "./infer.js";
import { conditionalMean, configurationOf, logJoint, type Network } from "./network.js";
import { posteriorOf } from "./posterior.js";
import { sizeOf } from "./table.js";

const fn = "test";

/** Some variables known, at random values that are possible. */
function randomEvidence(network: Network, random: Random, share: number): Float64Array {
  return Float64Array.from(network.variables, (variable) => {
    if (random.uniform() > share) return Number.NaN;
    const size = sizeOf(variable);
    return size ? Math.floor(random.uniform() * size) : 4 * random.uniform() - 2;
  });
}

const agrees = (values: Float64Array, evidence: Float64Array) =>
  evidence.every((e, i) => Number.isNaN(e) || e === values[i]);

const unknownOf = (evidence: Float64Array) =>
  Array.from(evidence, (e, i) => (Number.isNaN(e) ? i : -1)).filter((i) => i >= 0);

/** The joint Gaussian of continuous variables, written down by its precision matrix (I − B)ᵀ D⁻¹ (I − B). */
function precisionOf(network: Network, levels: Float64Array, nodes: readonly number[]) {
  const k = nodes.length;
  const residual = new Float64Array(k * k);
  const variances = new Float64Array(k);
  nodes.forEach((v, i) => {
    const family = network.families[v];
    if (family.kind === "discrete") throw new Error("not continuous");
    const c = configurationOf(network.variables, family.discreteParents, levels);
    variances[i] = family.variances[c];
    residual[i * k + i] = 1;
    family.continuousParents.forEach((p, a) => {
      residual[i * k + nodes.indexOf(p)] = -family.weights[c * family.continuousParents.length + a];
    });
  });
  const precision = Float64Array.from({ length: k * k }, (_, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    let sum = 0;
    for (let r = 0; r < k; r++) sum += (residual[r * k + i] * residual[r * k + j]) / variances[r];
    return sum;
  });
  const mean = new Float64Array(k);
  const values = levels.slice();
  for (const v of network.order) {
    const family = network.families[v];
    if (family.kind === "discrete") continue;
    values[v] = conditionalMean(
      family,
      configurationOf(network.variables, family.discreteParents, values),
      values,
    );
    mean[nodes.indexOf(v)] = values[v];
  }
  return { precision, mean };
}

/** Conditions by the precision matrix: covariance Λ⁻¹ of the unknown block, mean shifted by Λ⁻¹ times the cross block. */
function conditionByPrecision(
  network: Network,
  levels: Float64Array,
  evidence: Float64Array,
  nodes: readonly number[],
) {
  const { precision, mean } = precisionOf(network, levels, nodes);
  const k = nodes.length;
  const u = nodes.map((_, i) => i).filter((i) => Number.isNaN(evidence[nodes[i]]));
  const o = nodes.map((_, i) => i).filter((i) => !u.includes(i));
  const block = Float64Array.from(
    { length: u.length ** 2 },
    (_, at) => precision[u[Math.floor(at / u.length)] * k + u[at % u.length]],
  );
  const lower = cholesky(block, u.length) as Float64Array;
  const shift = choleskySolve(
    lower,
    u.length,
    u.map((i) => o.reduce((sum, j) => sum - precision[i * k + j] * (evidence[nodes[j]] - mean[j]), 0)),
  );
  const covariance = u.map((_, i) =>
    choleskySolve(
      lower,
      u.length,
      u.map((__, j) => Number(i === j)),
    ),
  );
  // log N(evidence): joint density at (conditional mean, evidence) over the conditional one at its mean.
  const full = levels.slice();
  nodes.forEach((v, i) => {
    full[v] = u.includes(i) ? mean[i] + shift[u.indexOf(i)] : evidence[v];
  });
  let log = 0.5 * u.length * Math.log(2 * Math.PI);
  for (let i = 0; i < u.length; i++) log -= Math.log(lower[i * u.length + i]);
  return { mean: u.map((i, a) => mean[i] + shift[a]), covariance, full, log };
}

const close = (a: number, b: number, tolerance = 1e-12) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b)));

describe("inference in discrete networks", () => {
  it("equals enumeration to 1e-12", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed);
        const kinds = Array.from({ length: 2 + Math.floor(random.uniform() * 6) }, () =>
          random.uniform() < 0.1 ? 1 : 2 + Math.floor(random.uniform() * 2),
        );
        const network = randomNetwork(random, kinds);
        const evidence = randomEvidence(network, random, 0.4);
        const query = unknownOf(evidence).slice(0, 3).reverse();
        const sizes = query.map((v) => kinds[v]);
        const exact = new Float64Array(sizes.reduce((a, b) => a * b, 1));
        let total = 0;
        let best = Number.NEGATIVE_INFINITY;
        for (const values of assignments(network.variables)) {
          if (!agrees(values, evidence)) continue;
          const log = logJoint(network, values);
          best = Math.max(best, log);
          total += Math.exp(log);
          exact[query.reduce((at, v, k) => at * sizes[k] + values[v], 0)] += Math.exp(log);
        }
        close(Math.exp(logEvidence(fn, network, evidence)), total);
        const { probabilities, cells } = posteriorOf(fn, network, evidence, query);
        probabilities.forEach((p, k) => close(p, exact[k] / total));
        expect(cells).toHaveLength(exact.length);
        const top = mostProbable(fn, network, evidence);
        close(top.logProbability, best);
        close(logJoint(network, top.values), best);
        expect(agrees(top.values, evidence)).toBe(true);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("does not vanish where the evidence is very improbable", () => {
    // All of 600 variables are known: the probability is below the smallest number there is.
    const network = randomNetwork(createRandom(3), Array(600).fill(3), 2);
    const evidence = randomEvidence(network, createRandom(4), 1);
    const log = logEvidence(fn, network, evidence);
    expect(log).toBeLessThan(-745);
    close(log, logJoint(network, evidence));
  });

  it("refuses impossible evidence", () => {
    const network = randomNetwork(createRandom(5), [2, 2], 1);
    const family = network.families[0];
    if (family.kind === "discrete")
      for (let c = 0; c < family.table.length; c += 2) family.table.set([1, 0], c);
    const evidence = Float64Array.of(1, Number.NaN);
    expect(logEvidence(fn, network, evidence)).toBe(Number.NEGATIVE_INFINITY);
    for (const ask of [
      () => posteriorOf(fn, network, evidence, [1]),
      () => mostProbable(fn, network, evidence),
      () => conditionalSampler(fn, network, evidence),
    ])
      expect(ask).toThrow(expect.objectContaining({ code: "impossible-evidence" }));
  });
});

describe("inference in Gaussian and mixed networks", () => {
  it("equals the formula with the precision matrix", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed);
        const network = randomNetwork(random, Array(2 + Math.floor(random.uniform() * 5)).fill(0));
        const evidence = randomEvidence(network, random, 0.5);
        const unknown = unknownOf(evidence);
        const nodes = network.variables.map((_, i) => i);
        const exact = conditionByPrecision(network, evidence, evidence, nodes);
        const { mean, covariance, logEvidence: log } = posteriorOf(fn, network, evidence, unknown);
        mean.forEach((m, i) => close(m, exact.mean[i], 1e-9));
        exact.covariance.forEach((row, i) => {
          row.forEach((c, j) => close(covariance.data[i * unknown.length + j], c, 1e-9));
        });
        close(log, logJoint(network, exact.full) + exact.log, 1e-9);
        const top = mostProbable(fn, network, evidence);
        close(top.logProbability, logJoint(network, exact.full), 1e-9);
        unknown.forEach((v, i) => close(top.values[v], exact.mean[i], 1e-9));
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it("equals enumeration of the discrete variables of a mixed network", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed);
        const kinds = Array.from({ length: 3 + Math.floor(random.uniform() * 5) }, () =>
          random.uniform() < 0.5 ? 0 : 2 + Math.floor(random.uniform() * 2),
        );
        const network = randomNetwork(random, kinds);
        const evidence = randomEvidence(network, random, 0.4);
        const nodes = kinds.flatMap((size, i) => (size === 0 ? [i] : []));
        const unknown = unknownOf(evidence);
        const continuous = unknown.filter((v) => kinds[v] === 0);
        const discrete = unknown.filter((v) => kinds[v] > 0);
        const levelsOnly = network.variables.map((v) =>
          v.kind === "discrete" ? v : ({ kind: "discrete", name: v.name, levels: ["-"] } as const),
        );
        let total = 0;
        let best = Number.NEGATIVE_INFINITY;
        const mean = new Float64Array(continuous.length);
        const marginals = discrete.map((v) => new Float64Array(kinds[v]));
        for (const levels of assignments(levelsOnly)) {
          if (kinds.some((size, i) => size > 0 && !Number.isNaN(evidence[i]) && evidence[i] !== levels[i]))
            continue;
          const exact = conditionByPrecision(network, levels, evidence, nodes);
          const peak = logJoint(network, exact.full);
          best = Math.max(best, peak);
          const weight = Math.exp(peak + exact.log);
          total += weight;
          exact.mean.forEach((m, i) => {
            mean[i] += weight * m;
          });
          discrete.forEach((v, k) => {
            marginals[k][levels[v]] += weight;
          });
        }
        close(logEvidence(fn, network, evidence), Math.log(total), 1e-9);
        close(mostProbable(fn, network, evidence).logProbability, best, 1e-9);
        posteriorOf(fn, network, evidence, continuous).mean.forEach((m, i) =>
          close(m, mean[i] / total, 1e-9),
        );
        discrete.forEach((v, k) => {
          posteriorOf(fn, network, evidence, [v]).probabilities.forEach((p, level) =>
            close(p, marginals[k][level] / total, 1e-9),
          );
        });
        const mixture = posteriorMixture(fn, network, evidence, unknown);
        close(
          mixture.weights.reduce((a, b) => a + b, 0),
          1,
        );
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});

describe("conditional samples", () => {
  it("have the frequencies and moments of the exact posterior", () => {
    for (const seed of [1, 2, 3, 4]) {
      const random = createRandom(seed);
      const network = randomNetwork(random, [2, 3, 0, 0, 2, 0, 3, 0]);
      const evidence = randomEvidence(network, random, 0.3);
      const unknown = unknownOf(evidence);
      const draw = conditionalSampler(fn, network, evidence);
      const draws = Array.from({ length: 4000 }, () => draw(random));
      for (const v of unknown) {
        const { probabilities, mean, covariance } = posteriorOf(fn, network, evidence, [v]);
        if (sizeOf(network.variables[v]))
          probabilities.forEach((p, level) => {
            const share = draws.filter((row) => row[v] === level).length / draws.length;
            // Five standard errors, and some for p near 0.
            expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws.length) + 5e-3);
          });
        else {
          const average = draws.reduce((sum, row) => sum + row[v], 0) / draws.length;
          const error = 5 * Math.sqrt(covariance.data[0] / draws.length);
          expect(Math.abs(average - mean[0])).toBeLessThan(error);
        }
      }
      for (const row of draws) expect(agrees(row, evidence)).toBe(true);
    }
  });
});
