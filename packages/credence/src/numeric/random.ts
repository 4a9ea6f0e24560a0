/**
 * A stream of seeded random numbers: xoshiro128** (Blackman & Vigna 2021), period 2^128 − 1, seeded by
 * splitmix32. The same seed gives the same numbers on every machine.
 */
export interface Random {
  /** A whole number, uniform on [0, 2^32). */
  uint32(): number;
  /** A number with 53 random bits, uniform on [0, 1). */
  uniform(): number;
  /** A stream of its own, independent of what is drawn from this one afterwards. */
  fork(): Random;
}

/**
 * A new random stream.
 * @param seed Any finite number; equal seeds give equal streams.
 * @example
 * ```ts
 * import { createRandom } from "credence/numeric";
 * createRandom(1).uniform() === createRandom(1).uniform(); // → true
 * ```
 */
export function createRandom(seed: number): Random {
  // All 64 bits of the float take part, so 0.1 and 0.2 differ, and so do 1 and 1 + 2^32.
  const words = new Uint32Array(new Float64Array([seed]).buffer);
  let mix = (words[0] ^ Math.imul(words[1], 0x9e3779b1)) >>> 0;
  const next = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return xoshiro(next(), next(), next(), next());
}

function xoshiro(a: number, b: number, c: number, d: number): Random {
  const uint32 = () => {
    const x = Math.imul(b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return {
    uint32,
    uniform: () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992,
    fork: () => createRandom(uint32() + uint32() / 4294967296),
  };
}
