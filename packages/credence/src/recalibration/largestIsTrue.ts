/**
 * Whether in every row that has weight the true class alone has the largest logit (row-major). Scaled up, such logits
 * lower the log loss without end.
 */
export function largestIsTrue(
  logits: ArrayLike<number>,
  columns: number,
  labels: ArrayLike<number>,
  weights: ArrayLike<number> | null,
): boolean {
  for (let i = 0; i < labels.length; i++) {
    if (weights && weights[i] === 0) continue;
    const truth = logits[i * columns + labels[i]];
    for (let k = 0; k < columns; k++) if (k !== labels[i] && !(logits[i * columns + k] < truth)) return false;
  }
  return true;
}
