import { add, mul, parameter, sub, type Tensor } from "../graph/index.js";
import { nameOf } from "../graph/tensor.js";

/** The name of a parameter's running average. */
export const averageName = (name: string): string => `average of ${name}`;

/**
 * Exponential moving averages of parameters, e ← e + (1 − decay)(p − e), starting from their first values.
 * @param updates The parameters' new values; the averages' new values are added to them.
 */
export function movingAverages(
  parameters: readonly Tensor[],
  updates: Map<Tensor, Tensor>,
  decay: number,
): void {
  for (const p of parameters) {
    if (p.source.kind !== "parameter") continue;
    const { data } = p.source.initial;
    const average = parameter(averageName(nameOf(p)), p.shape, Array.from(data, Number), p.type);
    updates.set(average, add(average, mul(sub(updates.get(p) ?? p, average), 1 - decay)));
  }
}
