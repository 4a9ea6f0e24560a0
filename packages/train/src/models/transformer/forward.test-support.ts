import type { Tensors } from "@credence/runtime";
import type { Dimensions } from "./transformerNet.js";

/**
 * ln p of each token that follows a place of a line, by the definition of the network: one line, loops, float64.
 * @param source Tokens at the start that see each other.
 * @returns For each place the log-probabilities of all tokens.
 */
export function forwardSlowly(
  weights: Tensors,
  { layers, width, heads, vocabulary }: Dimensions,
  tokens: readonly number[],
  source: number,
): number[][] {
  const value = (name: string) => Array.from(weights[name].data as Float32Array);
  const row = (table: number[], i: number, size: number) => table.slice(i * size, (i + 1) * size);
  const plus = (a: number[], b: number[]) => a.map((v, i) => v + b[i]);
  const linear = (name: string, x: number[]) => {
    const [weight, bias] = [value(`${name}/weight`), value(`${name}/bias`)];
    return bias.map((b, j) => x.reduce((sum, v, i) => sum + v * weight[i * bias.length + j], b));
  };
  const norm = (name: string, x: number[]) => {
    const [scale, shift] = [value(`${name}/scale`), value(`${name}/shift`)];
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
    return x.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * scale[i] + shift[i]);
  };
  const logSoftmax = (x: number[]) => {
    const most = Math.max(...x);
    const total = Math.log(x.reduce((sum, v) => sum + Math.exp(v - most), 0));
    return x.map((v) => v - most - total);
  };
  const gelu = (x: number) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));

  let h = tokens.map((token, place) =>
    plus(row(value("tokens/table"), token, width), row(value("positions/table"), place, width)),
  );
  const size = width / heads;
  for (let layer = 1; layer <= layers; layer++) {
    const name = (part: string) => `block ${layer}/${part}`;
    const all = h.map((x) => linear(name("attention/in"), norm(name("norm 1"), x)));
    const head = (place: number, which: number, k: number) =>
      all[place].slice(which * width + k * size, which * width + (k + 1) * size);
    h = h.map((x, i) => {
      const seen = tokens.map((_, j) => j).filter((j) => j <= i || (j < source && i < source));
      const mixed: number[] = [];
      for (let k = 0; k < heads; k++) {
        const query = head(i, 0, k);
        const scores = seen.map(
          (j) => head(j, 1, k).reduce((sum, v, d) => sum + v * query[d], 0) / Math.sqrt(size),
        );
        const shares = logSoftmax(scores).map(Math.exp);
        for (let d = 0; d < size; d++)
          mixed.push(seen.reduce((sum, j, n) => sum + shares[n] * head(j, 2, k)[d], 0));
      }
      return plus(x, linear(name("attention/out"), mixed));
    });
    h = h.map((x) => plus(x, linear(name("down"), linear(name("up"), norm(name("norm 2"), x)).map(gelu))));
  }
  return h.map((x) => logSoftmax(linear("logits", norm("norm", x))).slice(0, vocabulary));
}

/** The error function by its series, which converges everywhere. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
    if (n > 500) break;
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
