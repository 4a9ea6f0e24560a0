import type { Random } from "credence/numeric";
import { createNetwork, type Network } from "./network.js";
import { type ColumnScale, type NetworkParts, shapesOfNetwork } from "./networkFile.js";
import { fitFamily } from "./statistics.js";

/** A network learnt on standardised columns, in the units of the data. */
export function toDataUnits(network: Network, scales: readonly ColumnScale[]): Network {
  const families = network.families.map((family, i) => {
    if (family.kind === "discrete") return family;
    const k = family.continuousParents.length;
    const own = scales[i];
    const weights = family.weights.map(
      (w, at) => (w * own.deviation) / scales[family.continuousParents[at % k]].deviation,
    );
    const intercepts = family.intercepts.map((intercept, c) => {
      let value = own.mean + own.deviation * intercept;
      family.continuousParents.forEach((p, j) => {
        value -= weights[c * k + j] * scales[p].mean;
      });
      return value;
    });
    return { ...family, weights, intercepts, variances: family.variances.map((v) => v * own.deviation ** 2) };
  });
  return createNetwork(network.variables, families);
}

/** Networks with parameters drawn from their posterior. */
export function drawNetworks(parts: NetworkParts, count: number, random: Random): Network[] {
  const { network, statistics, scales, equivalentSampleSize, posterior } = parts;
  const shapes = shapesOfNetwork(network);
  return Array.from({ length: count }, (_, k) => {
    const of = statistics[k % statistics.length];
    const families = shapes.map((shape, f) =>
      // The weightings of groups are draws already.
      fitFamily(shape, of[f], equivalentSampleSize, posterior === "groups" ? undefined : random),
    );
    return toDataUnits(createNetwork(network.variables, families), scales);
  });
}
