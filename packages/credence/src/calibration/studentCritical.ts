/** Beyond this the quantile hardly depends on the degrees of freedom any more. */
const MANY = 2000;

/**
 * The t that Student’s T exceeds with probability `tail`, for whole degrees of freedom: to 1e-9 (3e-5 beyond 2000), from sums of
 * trigonometric functions (Abramowitz & Stegun 26.7.3–4). The general quantile of `numeric` needs the incomplete beta
 * function, which would be a fifth of all the code behind `import { ece }`.
 */
export function studentCritical(tail: number, df: number): number {
  const whole = Math.min(df, MANY);
  let low = 0;
  let high = Math.PI / 2;
  for (let i = 0; i < 60; i++) {
    const angle = (low + high) / 2;
    if (shareWithin(angle, whole) < 1 - 2 * tail) low = angle;
    else high = angle;
  }
  const t = Math.sqrt(whole) * Math.tan(low);
  // The first term of the expansion in 1/df leads from MANY to more.
  return t - ((t ** 3 + t) / 4) * (1 / whole - 1 / df);
}

/** P(|T| ≤ √df tan(angle)). */
function shareWithin(angle: number, df: number): number {
  const odd = df % 2;
  const cos = Math.cos(angle);
  let term = odd ? cos : 1;
  let sum = 0;
  for (let j = odd; j <= df - 2; j += 2) {
    sum += term;
    term *= (cos * cos * (j + 1)) / (j + 2);
  }
  sum *= Math.sin(angle);
  return odd ? ((angle + sum) * 2) / Math.PI : sum;
}
