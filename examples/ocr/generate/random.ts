/** A seeded source of random numbers. Same seed, same numbers, on any machine. */
export interface Random {
  /** Uniform on [0, 1). */
  uniform(): number;
  /** Uniform integer in [low, high], both ends included. */
  integer(low: number, high: number): number;
  /** One element, each as likely as the others. */
  pick<T>(items: readonly T[]): T;
  /** Standard normal. */
  normal(): number;
}

/**
 * A generator whose stream depends on nothing but the text of its seed, so that a page can be made
 * again alone and in any order.
 */
export function random(seed: string): Random {
  let state = hash(seed);
  let spare: number | undefined;
  const uniform = (): number => {
    // mulberry32: 32 bits of state are plenty for the million draws of one page.
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  return {
    uniform,
    integer,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new Error("random.pick: nothing to pick from.");
      return item;
    },
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // Box and Muller (1958); 1 − u keeps the logarithm finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return h >>> 0;
}
