import { InputError } from "../reading/inputError.js";

/**
 * The coverages asked for, ascending, each once.
 * @throws InputError "invalid-option".
 */
export function coverageOption(asked: readonly number[] | undefined, defaults: readonly number[]): number[] {
  const wanted = asked === undefined || asked.length === 0 ? defaults : asked;
  for (const coverage of wanted)
    if (!(coverage > 0 && coverage < 1))
      throw new InputError("invalid-option", `--coverage is ${coverage}: must lie strictly between 0 and 1.`);
  return [...new Set(wanted)].sort((a, b) => a - b);
}

/** 1 − coverage, without the rounding error that would need one more row. */
export const missRate = (coverage: number): number => Number((1 - coverage).toPrecision(12));
