/**
 * The whole path of near-isotonic regression: the minimisers of ½ Σ wᵢ(yᵢ − βᵢ)² + λ Σ (βᵢ − βᵢ₊₁)₊ as λ grows from 0
 * to where β is isotonic (modified PAVA of Tibshirani, Hoefling & Tibshirani 2011). Blocks of equal β only ever merge;
 * between merges each moves at a constant speed.
 * @param visit Called with β at λ = 0 and after every merge; the array is reused.
 */
export function nearIsotonicPath(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  visit: (fit: Float64Array) => void,
): void {
  const fit = Float64Array.from(values);
  const m = fit.length;
  let starts: number[] = [];
  for (let i = 0; i < m; i++) if (i === 0 || fit[i] !== fit[i - 1]) starts.push(i);
  let levels = starts.map((i) => fit[i]);
  let masses = starts.map((start, b) => {
    let sum = 0;
    for (let i = start; i < (starts[b + 1] ?? m); i++) sum += weights[i];
    return sum;
  });
  visit(fit);
  for (;;) {
    // A block is pulled down by a lower right neighbour and pushed up by a higher left neighbour, with force λ each.
    const falls = (b: number) => b >= 0 && b < levels.length - 1 && levels[b] > levels[b + 1];
    const speeds = levels.map((_, b) => (Number(falls(b - 1)) - Number(falls(b))) / masses[b]);
    let step = Infinity;
    for (let b = 0; b < levels.length - 1; b++) {
      const closing = speeds[b] - speeds[b + 1];
      const time = (levels[b + 1] - levels[b]) / closing;
      if (time >= 0 && closing !== 0 && time < step) step = time;
    }
    if (!speeds.some((speed) => speed !== 0) || step === Infinity) return;
    const moved = levels.map((level, b) => level + step * speeds[b]);
    const meets = (b: number) => {
      const closing = speeds[b] - speeds[b + 1];
      return closing !== 0 && (levels[b + 1] - levels[b]) / closing === step;
    };
    const merged = { starts: [] as number[], levels: [] as number[], masses: [] as number[] };
    for (let b = 0; b < levels.length; b++) {
      const last = merged.levels.length - 1;
      if (b > 0 && meets(b - 1)) merged.masses[last] += masses[b];
      else {
        merged.starts.push(starts[b]);
        merged.levels.push(moved[b]);
        merged.masses.push(masses[b]);
      }
    }
    ({ starts, levels, masses } = merged);
    starts.forEach((start, b) => fit.fill(levels[b], start, starts[b + 1] ?? m));
    visit(fit);
  }
}
