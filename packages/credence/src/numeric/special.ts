/**
 * Special functions in double precision, written for the whole range that statistics needs: tails are computed as
 * tails, and large shape parameters go through Stirling's remainder, so nothing is lost to cancellation.
 */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const HALF_LOG_TWO_PI = 0.9189385332046727;

/** ln Γ(x) for x > 0 (Lanczos 1964, g = 7; Stirling's series from 10 upwards). */
export function logGamma(x: number): number {
  if (x >= 10) return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingRemainder(x);
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  const z = x - 1;
  let sum = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (z + i);
  const t = z + 7.5;
  return HALF_LOG_TWO_PI + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π]. */
function stirlingRemainder(x: number): number {
  if (x < 10) return logGamma(x) - ((x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
  const s = 1 / (x * x);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))))) / x;
}

/** ln(x/y) − (x − y)/y, without cancellation where x is near y. */
function logRatioMinus(x: number, y: number): number {
  const t = (x - y) / y;
  if (Math.abs(t) > 0.25) return Math.log(x / y) - t;
  let power = t * t;
  let sum = -power / 2;
  for (let k = 3; k < 60; k++) {
    power *= -t;
    const term = -power / k;
    sum += term;
    if (Math.abs(term) < Math.abs(sum) * 1e-17) break;
  }
  return sum;
}

/** x^a (1−x)^b / B(a, b), by the saddle-point form (Loader 2000). */
function betaFront(x: number, a: number, b: number): number {
  const x0 = a / (a + b);
  const exponent = a * logRatioMinus(x, x0) + b * logRatioMinus(1 - x, 1 - x0);
  const remainder = stirlingRemainder(a + b) - stirlingRemainder(a) - stirlingRemainder(b);
  return Math.sqrt((a * b) / (2 * Math.PI * (a + b))) * Math.exp(exponent + remainder);
}

/** Regularised incomplete beta function I_x(a, b), a, b > 0: the distribution function of Beta(a, b). */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return betaShare(x, 1 - x, a, b);
}

/** I_x(a, b) from x and y = 1 − x, for callers who know both exactly. */
function betaShare(x: number, y: number, a: number, b: number): number {
  return x < (a + 1) / (a + b + 2) ? betaFraction(x, a, b) : 1 - betaFraction(y, b, a);
}

/** I_x(a, b) by its continued fraction (modified Lentz), which converges fast for x < (a+1)/(a+b+2). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 1e6; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return (betaFront(x, a, b) * h) / a;

  function guard(value: number): number {
    return Math.abs(value) < tiny ? tiny : value;
  }
}

/** The p-quantile of Beta(a, b), by Newton steps kept inside a shrinking bracket; 0 where it is below the smallest float. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  // Near 0 the distribution function is x^a / (a B(a, b)).
  const power = Math.exp((Math.log(p * a) + logGamma(a) + logGamma(b) - logGamma(a + b)) / a);
  if (power === 0) return 0;
  return invert(
    (x) => betaCdf(x, a, b) - p,
    (x) => betaFront(x, a, b) / (x * (1 - x)),
    0,
    1,
    Math.min(power, a / (a + b)),
  );
}

/** The root of an increasing function on (low, high), low ≥ 0: Newton where it stays inside, bisection where not. */
function invert(
  f: (x: number) => number,
  slope: (x: number) => number,
  low: number,
  high: number,
  start: number,
): number {
  let x = start;
  for (let i = 0; i < 400; i++) {
    const value = f(x);
    if (value === 0) return x;
    if (value > 0) high = x;
    else low = x;
    let next = x - value / slope(x);
    // Roots may lie many orders of magnitude apart, so the bracket is halved on the logarithmic scale.
    if (!(next > low && next < high)) next = low > 0 ? low * Math.sqrt(high / low) : high / 16;
    if (Math.abs(next - x) <= 1e-15 * x || next === low || next === high) return next;
    x = next;
  }
  return x;
}

/** P(X ≤ k) for X binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return betaCdf(1 - p, n - Math.floor(k), Math.floor(k) + 1);
}

/** The smallest k with P(X ≤ k) ≥ q for X binomial(n, p). */
export function binomialQuantile(q: number, n: number, p: number): number {
  let low = -1;
  let high = n;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (binomialCdf(middle, n, p) >= q) high = middle;
    else low = middle;
  }
  return high;
}

/** Regularised lower incomplete gamma P(a, x), a > 0: the distribution function of Gamma(a, 1). */
export function gammaCdf(x: number, a: number): number {
  if (x <= 0) return 0;
  if (x === Infinity) return 1;
  return x < a + 1 ? gammaSeries(x, a) : 1 - gammaFraction(x, a);
}

/** Regularised upper incomplete gamma Q(a, x) = 1 − P(a, x), accurate in the tail. */
export function gammaSurvival(x: number, a: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - gammaSeries(x, a) : gammaFraction(x, a);
}

/** x^a e^−x / Γ(a). */
function gammaFront(x: number, a: number): number {
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(a * logRatioMinus(x, a) - stirlingRemainder(a));
}

function gammaSeries(x: number, a: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 1e6; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum * gammaFront(x, a);
}

function gammaFraction(x: number, a: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1e6; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return gammaFront(x, a) * h;
}

/** P(X ≤ x) for X chi-squared with `df` degrees of freedom. */
export function chiSquaredCdf(x: number, df: number): number {
  return gammaCdf(x / 2, df / 2);
}

/** P(X > x) for X chi-squared with `df` degrees of freedom. */
export function chiSquaredSurvival(x: number, df: number): number {
  return gammaSurvival(x / 2, df / 2);
}

/** The p-quantile of the chi-squared distribution with `df` degrees of freedom. */
export function chiSquaredQuantile(p: number, df: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return Infinity;
  let high = Math.max(2 * df, 10);
  while (chiSquaredCdf(high, df) < p) high *= 2;
  const density = (x: number) => gammaFront(x / 2, df / 2) / x;
  const excess = (x: number) => (p < 0.5 ? chiSquaredCdf(x, df) - p : 1 - p - chiSquaredSurvival(x, df));
  return invert(excess, density, 0, high, Math.min(df, high / 2));
}

/** Standard normal distribution function; accurate in the lower tail. */
export function normalCdf(z: number): number {
  if (z === 0) return 0.5;
  const tail = 0.5 * gammaSurvival((z * z) / 2, 0.5);
  return z < 0 ? tail : 1 - tail;
}

/** Standard normal quantile: Acklam's rational start (2003), polished by one Halley step to full precision. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  const x = acklam(p);
  const error = (normalCdf(x) - p) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
  return x - error / (1 + (x * error) / 2);
}

function acklam(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) *
        q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) *
        q +
        1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}

/** Distribution function of Student's t with `df` > 0 degrees of freedom. */
export function studentCdf(t: number, df: number): number {
  if (t === 0) return 0.5;
  const total = df + t * t;
  const tail = betaShare(df / total, (t * t) / total, df / 2, 0.5) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** Quantile of Student's t with `df` > 0 degrees of freedom; df = Infinity is the normal. */
export function studentQuantile(p: number, df: number): number {
  if (df === Infinity) return normalQuantile(p);
  if (Number.isNaN(p) || !(df > 0)) return Number.NaN;
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentQuantile(1 - p, df);
  if (p <= 0) return -Infinity;
  const rest = betaQuantile(2 * p, df / 2, 0.5); // df/(df + t²)
  if (rest < 0.9 || p < 1e-3) return -Math.sqrt((df * (1 - rest)) / rest);
  // Many degrees of freedom: the small part, t²/(df + t²), is solved for instead.
  const share = betaQuantile(1 - 2 * p, 0.5, df / 2);
  return -Math.sqrt((df * share) / (1 - share));
}
