/** One threshold that was tested. */
export interface TestedThreshold {
  readonly threshold: number;
  /** Rows answered at it. */
  readonly accepted: number;
  /** Wrong ones among them. */
  readonly errors: number;
  /** p-value of a risk above the target. */
  readonly pValue: number;
  /** The part of δ that was available. */
  readonly budget: number;
  /** Whether the threshold passed. */
  readonly certified: boolean;
}

/** The promise, and what it rests on. */
export function certificateInWords(
  { threshold, accepted, errors }: TestedThreshold,
  n: number,
  target: number,
  delta: number,
): string {
  return `Of ${n} rows ${accepted} have a confidence of at least ${threshold}; ${errors} of them are wrong, few enough to certify a risk of at most ${target} with probability ${1 - delta}.`;
}

/** Why there is no promise, and what it would take. */
export function refusalInWords(
  tested: readonly TestedThreshold[],
  needed: number | null,
  target: number,
  delta: number,
  grouped: boolean,
  tooRisky: boolean,
): string {
  const populated = tested.filter((step) => step.accepted > 0);
  const best = populated.reduce((a, b) => (b.pValue <= a.pValue ? b : a), populated[0]);
  const closest =
    best === undefined
      ? "No row is confident enough to be tested."
      : `The closest is ${best.threshold}: ${best.errors} wrong of ${best.accepted} rows, p = ${best.pValue.toPrecision(2)}.`;
  const more =
    needed === null
      ? tooRisky
        ? "The risk is above the target wherever it was tested, beyond chance, so more labels of this kind would not help: improve the confidences or allow a higher risk."
        : "The risk seen is not below the target anywhere, but so few rows do not prove that it is above: label more to find out, improve the confidences or allow a higher risk."
      : `About ${needed} labelled rows${grouped ? " in groups of this kind" : ""} would be needed.`;
  return `No threshold keeps the risk at or below ${target} with probability ${1 - delta}. ${closest} ${more}`;
}
