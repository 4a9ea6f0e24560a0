/** Copies one half of a symmetric n × n matrix to the other, by squares that a cache holds. @param known Where it is filled. */
export function mirror(
  data: Float32Array | Float64Array,
  n: number,
  known: "above the diagonal" | "below the diagonal",
): void {
  const side = 64;
  const fromAbove = known === "above the diagonal";
  for (let top = 0; top < n; top += side)
    for (let left = 0; left <= top; left += side)
      for (let i = top; i < Math.min(top + side, n); i++)
        for (let j = left; j < Math.min(left + side, i); j++)
          if (fromAbove) data[i * n + j] = data[j * n + i];
          else data[j * n + i] = data[i * n + j];
}
