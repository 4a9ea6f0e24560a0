import { binomialCdf, normalQuantile } from "../numeric/special.js";

/** The boldest of the stakes of the betting certificate holds three quarters of the capital. */
const BOLD_SHARE = 0.75;

/**
 * The fewest accepted rows with which the exact test certifies `risk` at `delta` with the given power if the true risk is
 * `expectedRisk` (< risk), and how many errors it then allows.
 */
export function acceptedForRisk(
  risk: number,
  delta: number,
  expectedRisk: number,
  power: number,
): { readonly accepted: number; readonly allowedErrors: number } {
  const powerful = (errors: number) =>
    binomialCdf(errors, fewestFor(errors, risk, delta), expectedRisk) >= power;
  let high = 0;
  while (!powerful(high)) high = 2 * high + 1;
  let low = Math.floor((high - 1) / 2); // did not suffice, or is −1
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (powerful(middle)) high = middle;
    else low = middle;
  }
  return { accepted: fewestFor(high, risk, delta), allowedErrors: high };
}

/** The fewest rows among which that many errors still certify the risk. */
function fewestFor(errors: number, risk: number, delta: number): number {
  let high = errors + 1;
  while (binomialCdf(errors, high, risk) > delta) high *= 2;
  let low = Math.max(errors, high >> 1);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(errors, middle, risk) > delta) low = middle;
    else high = middle;
  }
  return high;
}

/** What a group brings on average. */
export interface GroupEvidence {
  /** Expected r · accepted − errors of a group. */
  readonly margin: number;
  /** Variance of errors − risk · accepted over groups. */
  readonly variance: number;
  /** The most that a group can lose, (1 − r) · largest size. */
  readonly largestLoss: number;
  readonly delta: number;
  readonly power: number;
}

/**
 * About how many groups the betting certificate needs: ln capital grows by f m − f² (v + m²)/2 a group at stake f, with a
 * standard deviation of f √v, and must reach ln(1/δ).
 */
export function groupsForRisk({ margin, variance, largestLoss, delta, power }: GroupEvidence): number {
  const m = margin / largestLoss;
  const v = variance / largestLoss ** 2;
  const stake = Math.min(1, m / (v + m * m));
  const growth = stake * m - (stake * stake * (v + m * m)) / 2;
  const spread = stake * Math.sqrt(v) * normalQuantile(power);
  const needed = -Math.log(delta * BOLD_SHARE);
  // growth · G − spread · √G = needed
  return ((spread + Math.sqrt(spread * spread + 4 * growth * needed)) / (2 * growth)) ** 2;
}
