/** How fast the signal drowns in noise. */
export type NoiseSchedule = "cosine" | "linear";

/** No step may take away all of the signal, or it could not be undone. */
const LARGEST_BETA = 0.999;

/**
 * The share ᾱ₀ = 1, ᾱ₁ … ᾱ_T of the variance that is still signal after each step.
 * - "cosine": ᾱ falls along a squared cosine (Nichol & Dhariwal 2021, eq. 17).
 * - "linear": the noise β of a step rises along a line, from 10⁻⁴ to 0.02 for 1000 steps (Ho et al. 2020), and in
 *   proportion for other numbers of steps.
 */
export function signalShares(schedule: NoiseSchedule, steps: number): Float64Array {
  const level = (t: number) => Math.cos((((t / steps + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  const beta = (t: number) =>
    schedule === "cosine"
      ? 1 - level(t) / level(t - 1)
      : ((1e-4 + (0.02 - 1e-4) * ((t - 1) / Math.max(steps - 1, 1))) * 1000) / steps;
  const shares = new Float64Array(steps + 1).fill(1);
  for (let t = 1; t <= steps; t++) shares[t] = shares[t - 1] * (1 - Math.min(beta(t), LARGEST_BETA));
  return shares;
}
