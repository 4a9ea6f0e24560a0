import type { ReadingFlags } from "./readingOptions.js";

/** What `credence report` can be told. */
export interface ReportFlags extends ReadingFlags {
  readonly by?: string[];
  readonly probabilities?: string[];
  readonly label?: string;
  readonly logits?: boolean;
  readonly coverage?: number[];
  readonly sets?: string;
  readonly prediction?: string;
  readonly observed?: string;
  readonly sd?: string;
  readonly lower?: string;
  readonly upper?: string;
  readonly nominal?: number;
  readonly time?: string;
  readonly loss?: string;
  readonly lossBound?: number;
  readonly risk?: number;
  readonly delta?: number;
  readonly bins?: number;
  readonly tolerance?: number;
  readonly html?: string;
  readonly json?: string;
  readonly md?: string;
  readonly out?: string;
  readonly failIf?: string[];
  readonly serve?: number | true;
}

/** Confidences and whether they were right; class probabilities; predicted numbers; confidences and losses. */
export type ReportKind = "answers" | keyof typeof OWN;

/** The flags that only one kind of report takes. */
const OWN = {
  classes: ["probabilities", "label", "logits", "sets"],
  regression: ["prediction", "observed", "sd", "lower", "upper", "nominal", "time"],
  loss: ["loss", "lossBound"],
} as const;

/** Other flags, and the kinds of report that take them; flags that are not here suit all. */
const SHARED: Readonly<Partial<Record<keyof ReportFlags, readonly string[]>>> = {
  // With class probabilities they are refused where those are read.
  confidence: ["answers", "classes", "loss"],
  outcome: ["answers", "classes"],
  by: ["answers", "classes", "regression"],
  bins: ["answers", "classes"],
  tolerance: ["answers", "classes"],
  coverage: ["classes", "regression"],
  risk: ["answers", "classes", "loss"],
  delta: ["answers", "classes", "loss"],
};

/**
 * The kind of report that the flags ask for: they must go together.
 * @param refuse Makes the error.
 */
export function reportKind(flags: ReportFlags, refuse: (message: string) => Error): ReportKind {
  const option = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const asked = (Object.keys(OWN) as (keyof typeof OWN)[]).flatMap((kind) => {
    const named = OWN[kind].find((name) => flags[name] !== undefined);
    return named ? [{ kind, named }] : [];
  });
  if (asked.length > 1)
    throw refuse(
      `${option(asked[0].named)} and ${option(asked[1].named)} ask for different reports; make one after the other.`,
    );
  const kind: ReportKind = asked.length > 0 ? asked[0].kind : "answers";
  for (const [name, kinds] of Object.entries(SHARED))
    if (flags[name as keyof ReportFlags] !== undefined && !kinds.includes(kind))
      throw refuse(
        kind === "answers"
          ? `${option(name)} needs class probabilities (--probabilities) or predictions (--prediction).`
          : `${option(name)} cannot be combined with ${option(asked[0].named)}; leave it out.`,
      );
  if (kind === "loss" && flags.loss === undefined) throw refuse("--loss-bound needs --loss COLUMN.");
  return kind;
}
