import { CredenceError, checkCount } from "credence/numeric";
import { type Head, mixtureHead, quantileHead } from "./heads.js";

/** How the next value's distribution is described. */
export type HeadOptions =
  /** A mixture of normals: an explicit density. */
  | { readonly kind: "mixture"; readonly components: number }
  /** Quantiles at levels. */
  | { readonly kind: "quantiles"; readonly levels: readonly number[] }
  /** A generator that turns normal noise into values: draws alone. */
  | { readonly kind: "gan"; readonly latent: number };

/** The head of a network that gives parameters. */
export const headOf = (options: Exclude<HeadOptions, { kind: "gan" }>): Head =>
  options.kind === "mixture" ? mixtureHead(options.components) : quantileHead(options.levels);

/** 0.01, 0.05, 0.10 … 0.95, 0.99. */
const LEVELS = [0.01, ...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.99];

/** The head that was asked for, with what was left open filled in. */
export function completeHead(
  fn: string,
  {
    head = "mixture",
    components = 3,
    levels = LEVELS,
    latent = 4,
  }: { head?: HeadOptions["kind"]; components?: number; levels?: readonly number[]; latent?: number },
): HeadOptions {
  switch (head) {
    case "mixture":
      checkCount(fn, "components", components);
      return { kind: head, components };
    case "quantiles":
      levels.forEach((level, i) => {
        if (!(level > 0 && level < 1 && (i === 0 || level > levels[i - 1])))
          throw new CredenceError(
            "out-of-range",
            { function: fn, argument: "levels", index: i, value: level },
            "levels lie between 0 and 1 and rise.",
          );
      });
      checkCount(fn, "levels.length", levels.length, 2);
      return { kind: head, levels };
    case "gan":
      checkCount(fn, "latent", latent);
      return { kind: head, latent };
    default:
      throw new CredenceError(
        "unknown-option",
        { function: fn, argument: "head", value: head },
        'must be "mixture", "quantiles" or "gan".',
      );
  }
}
