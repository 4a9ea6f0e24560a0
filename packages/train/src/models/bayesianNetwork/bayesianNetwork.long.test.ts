import { binomialQuantile, createRandom } from "credence/numeric";
import { expect, it } from "vitest";
import {
  drawTable,
  randomNetwork,
  STRONG_EDGES,
  strongNetwork,
  withHoles,
} from "./bayesianNetwork.test-support.js";
import {
  type BayesianNetworkOptions,
  bayesianNetwork,
  cpdagOf,
  type Edge,
  structuralHammingDistance,
} from "./index.js";
import { posteriorOf } from "./posterior.js";

async function distances(
  seeds: number,
  holes: number,
  options: BayesianNetworkOptions = {},
): Promise<number[]> {
  const found: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const complete = drawTable(strongNetwork(seed), 5000, createRandom(1000 + seed));
    const table = holes > 0 ? withHoles(complete, holes, createRandom(seed)) : complete;
    const model = await bayesianNetwork(options).train(table, { seed });
    found.push(structuralHammingDistance(model.cpdag, cpdagOf(STRONG_EDGES)));
  }
  return found;
}

it("finds the equivalence class of eight variables from 5 000 rows within one edge, in 18 of 20 seeds", async () => {
  const found = await distances(20, 0);
  expect(found.filter((d) => d <= 1).length).toBeGreaterThanOrEqual(18);
});

it("does so with a tenth of the entries missing, in 9 of 10 seeds", async () => {
  const found = await distances(10, 0.1);
  expect(found.filter((d) => d <= 1).length).toBeGreaterThanOrEqual(9);
});

/** How many of `runs` credible intervals at 90 % miss the truth, where truths are drawn at random too. */
async function misses(runs: number, holes: number, kinds: readonly number[]): Promise<number> {
  const event = kinds[2] > 0 ? { v2: "l0" } : "v2";
  const evidence = kinds[0] > 0 ? { v0: "l0" } : { v0: 0.5 };
  const structure: Edge[] = [
    ["v0", "v1"],
    ["v0", "v2"],
    ["v1", "v2"],
  ];
  let missed = 0;
  let run = 0;
  for (let seed = 0; run < runs; seed++) {
    const random = createRandom(seed);
    const network = randomNetwork(random, kinds);
    // The truth must be a network that the given edges can express.
    if (network.order.join() !== "0,1,2") continue;
    run++;
    const table = drawTable(network, 150, random);
    const levels = Object.fromEntries(
      network.variables.flatMap((v) => (v.kind === "discrete" ? [[v.name, v.levels]] : [])),
    );
    const model = await bayesianNetwork({ structure, levels }).train(
      holes > 0 ? withHoles(table, holes, random) : table,
      { seed },
    );
    const { interval } = model.estimate(event, evidence, { level: 0.9, seed });
    const known = Float64Array.of(kinds[0] > 0 ? 0 : 0.5, Number.NaN, Number.NaN);
    const { probabilities, mean } = posteriorOf("test", network, known, [2]);
    const truth = kinds[2] > 0 ? probabilities[0] : mean[0];
    const [low, high] = interval as readonly [number, number];
    if (truth < low || truth > high) missed++;
  }
  return missed;
}

it.each([
  ["discrete", 0, [2, 3, 2]],
  ["linear Gaussian", 0, [0, 0, 0]],
  ["discrete with missing entries", 0.3, [2, 3, 2]],
  ["linear Gaussian with missing entries", 0.3, [0, 0, 0]],
] as const)("covers the truth at the level it states: %s", async (_, holes, kinds) => {
  const runs = 300;
  // The prior is not the one the truths are drawn from, so that coverage is near 90 % rather than exact.
  expect(await misses(runs, holes, kinds)).toBeLessThanOrEqual(binomialQuantile(0.999, runs, 0.12));
});
