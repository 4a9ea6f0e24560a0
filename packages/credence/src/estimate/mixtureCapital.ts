/**
 * ln of the final capital of a gambler who starts with 1, divides it over a ladder of constant stakes f in (0, 1], and
 * whose part on each rung is multiplied by 1 + f · gain for every unit. If the gains are independent, never below −1,
 * and have an average expectation of at most 0, the capital exceeds 1/δ with probability at most δ: by Markov's
 * inequality, since the expected product is at most 1 (arithmetic and geometric means). In short, an e-value. The order
 * of the units does not matter, and they need not be identically distributed.
 * @param gain The gain of a unit per unit staked, at least −1.
 * @param delta What the ladder is laid out for; the capital is valid for any other δ too.
 */
export function mixtureLogCapital<T>(units: ArrayLike<T>, gain: (unit: T) => number, delta: number): number {
  const { stakes, logShares } = stakeLadder(units.length, delta);
  const logs = logShares.slice();
  // Factors are multiplied up; logarithms are taken only before they overflow.
  const products = new Float64Array(stakes.length).fill(1);
  for (let i = 0; i < units.length; i++) {
    const g = gain(units[i]);
    if (g === 0) continue;
    for (let j = 0; j < stakes.length; j++) {
      const product = products[j] * (1 + stakes[j] * g);
      if (product > 1e-100 && product < 1e100) products[j] = product;
      else {
        logs[j] += Math.log(Math.max(product, 0));
        products[j] = 1;
      }
    }
  }
  let most = -Infinity;
  for (let j = 0; j < stakes.length; j++) {
    logs[j] += Math.log(products[j]);
    most = Math.max(most, logs[j]);
  }
  if (most === -Infinity) return -Infinity;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - most);
  return most + Math.log(sum);
}

/**
 * Stakes 1, ½, ¼ … down to about half of √(2 ln(1/δ)/n), the best one for n gains of standard deviation 1. Each rung
 * holds a quarter of the one above: gains of clusters are small beside the largest loss, so that the boldest stake is
 * mostly the best, and where it is not there are many units to pay for the smaller share.
 */
function stakeLadder(n: number, delta: number): { stakes: Float64Array; logShares: Float64Array } {
  const least = Math.min(1, Math.sqrt((-2 * Math.log(delta)) / n) / 2);
  const stakes = Float64Array.from({ length: 1 + Math.ceil(-Math.log2(least)) }, (_, j) => 2 ** -j);
  const total = (1 - 4 ** -stakes.length) / (3 / 4);
  return { stakes, logShares: stakes.map((_, j) => Math.log(4 ** -j / total)) };
}
