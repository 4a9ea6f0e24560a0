import { argsort } from "../numeric/sort.js";

/**
 * The best error rates of a family of thresholds, as the lower convex hull of (falseRate, missRate): falseRate = P(A), the
 * share of real rows taken for generated, ascending from 0 to 1; missRate = Q(Aᶜ), the share of generated rows taken for
 * real, descending from 1 to 0. Precision at slope λ is their support: α(λ) = min λ·P(A) + Q(Aᶜ), recall β = α/λ.
 */
export interface ErrorTradeoff {
  readonly falseRates: Float64Array;
  readonly missRates: Float64Array;
}

/** The hull over all thresholds γ of A = {score ≥ γ}, "nothing" and "everything" included. */
export function errorTradeoff(
  realScores: ArrayLike<number>,
  generatedScores: ArrayLike<number>,
): ErrorTradeoff {
  const n = realScores.length;
  const m = generatedScores.length;
  const scores = new Float64Array(n + m);
  scores.set(realScores);
  scores.set(generatedScores, n);
  const order = argsort(scores);
  const x = [0];
  const y = [1];
  let real = 0;
  let generated = 0;
  for (let p = n + m - 1; p >= 0; ) {
    const threshold = scores[order[p]];
    // Equal scores fall together: no threshold parts them.
    for (; p >= 0 && scores[order[p]] === threshold; p--) order[p] < n ? real++ : generated++;
    const nextX = real / n;
    const nextY = 1 - generated / m;
    while (
      x.length > 1 &&
      (x[x.length - 1] - x[x.length - 2]) * (nextY - y[y.length - 2]) <=
        (y[y.length - 1] - y[y.length - 2]) * (nextX - x[x.length - 2])
    ) {
      x.pop();
      y.pop();
    }
    x.push(nextX);
    y.push(nextY);
  }
  return { falseRates: Float64Array.from(x), missRates: Float64Array.from(y) };
}

/** The trade-off of a single threshold with these error rates. */
export function throughPoint(falseRate: number, missRate: number): ErrorTradeoff {
  const useful = falseRate + missRate < 1; // Chance does as well as any other.
  return {
    falseRates: Float64Array.from(useful ? [0, falseRate, 1] : [0, 1]),
    missRates: Float64Array.from(useful ? [1, missRate, 0] : [1, 0]),
  };
}

/** Angles of the rays: the middles of equal slices of (0, π/2). */
export function rayAngles(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => ((i + 0.5) / count) * (Math.PI / 2));
}

/** Precision α at slope λ > 0. */
export function precisionAt({ falseRates, missRates }: ErrorTradeoff, slope: number): number {
  let best = Infinity;
  for (let v = 0; v < falseRates.length; v++) best = Math.min(best, slope * falseRates[v] + missRates[v]);
  return best;
}

/** Radius ρ = √(α² + β²) of the curve on the ray at each angle θ, λ = tan θ. Angles must ascend. */
export function radiiOnRays({ falseRates, missRates }: ErrorTradeoff, angles: Float64Array): Float64Array {
  // The best vertex moves towards fewer false alarms as λ grows, so one walk serves all angles.
  let v = falseRates.length - 1;
  return angles.map((angle) => {
    const slope = Math.tan(angle);
    const at = (i: number) => slope * falseRates[i] + missRates[i];
    while (v > 0 && at(v - 1) <= at(v)) v--;
    return at(v) / Math.sin(angle); // α = ρ sin θ
  });
}

/** One number each for a whole curve; all in [0, 1], 1 at equality. */
export interface CurveSummary {
  /** Area under the precision–recall curve. */
  readonly auc: number;
  /** The largest F₈ on the curve: recall weighted 8 times. */
  readonly f8: number;
  /** The largest F₁⁄₈: precision weighted 8 times. */
  readonly fEighth: number;
  /** Precision = recall: 1 − the total variation distance. */
  readonly overlap: number;
}

export const SUMMARY_NAMES = ["auc", "f8", "fEighth", "overlap"] as const;

/** Exact, from the vertices: between two of them α = λF + N and β = F + N/λ. */
export function curveSummary(tradeoff: ErrorTradeoff): CurveSummary {
  const { falseRates, missRates } = tradeoff;
  const last = falseRates.length - 1;
  let auc = 0;
  let f8 = 0;
  let fEighth = 0;
  let upper = Infinity; // vertex v is best for slopes in [lower, upper]
  for (let v = 0; v <= last; v++) {
    const falseRate = falseRates[v];
    const missRate = missRates[v];
    const lower = v < last ? (missRate - missRates[v + 1]) / (falseRates[v + 1] - falseRate) : 0;
    if (missRate > 0 && upper > lower)
      auc +=
        missRate ** 2 * (1 / lower - 1 / upper) +
        (falseRate > 0 ? falseRate * missRate * Math.log(upper / lower) : 0);
    // F is monotone between two vertices' slopes, so its maximum is at one of them.
    if (lower > 0 && lower < Infinity) {
      const precision = lower * falseRate + missRate;
      f8 = Math.max(f8, (65 * precision) / (64 * lower + 1));
      fEighth = Math.max(fEighth, (65 * precision) / (lower + 64));
    }
    upper = lower;
  }
  return { auc, f8, fEighth, overlap: precisionAt(tradeoff, 1) };
}
