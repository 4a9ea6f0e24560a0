import { createRandom, sampleInteger, shuffle } from "credence/numeric";
import type { Parents } from "./graph.js";
import { type FamilyScore, familyScores } from "./score.js";
import type { Data } from "./table.js";

export interface HillClimbingOptions {
  /** The most parents of a variable. Default 5. */
  maxParents?: number;
  /** Steps that may pass without a better structure, none of them back to a recent one (tabu search). Default 10. */
  tabu?: number;
  /** Times to go on from the best structure after random changes to it. Default 20. */
  restarts?: number;
}

export interface Climb {
  readonly parents: number[][];
  /** BIC of the whole network; larger is better. */
  readonly score: number;
  readonly steps: number;
}

/** A better score must be better by more than rounding: equivalent structures score equal up to it. */
const BETTER = 1e-7;

/** Greedy search for the structure of the best BIC, by adding, removing and turning edges; with tabu list and restarts. */
export async function hillClimb(
  data: Data,
  options: HillClimbingOptions & {
    seed: number;
    start?: Parents;
    /** Awaited after every step; what it throws stops the search. */
    onStep?: (step: number, score: number) => Promise<void> | void;
  },
): Promise<Climb> {
  const { maxParents = 5, tabu = 10, restarts = 20, seed, onStep } = options;
  const d = data.variables.length;
  const random = createRandom(seed);
  const score = familyScores(data);
  const state = searchState(data, score, maxParents);
  // A structure's key is the sum of its edges' keys modulo 2^52, so that a move changes it quickly.
  const keys = Float64Array.from({ length: d * d }, () => Math.floor(random.uniform() * KEYS));
  let steps = 0;
  let best: Climb = { parents: [], score: Number.NEGATIVE_INFINITY, steps };
  state.set(options.start ?? data.variables.map(() => []));

  for (let round = 0; round <= restarts; round++) {
    if (round > 0) {
      state.set(best.parents);
      for (let k = 0; k < d; k++) {
        const legal = state.moves().filter(({ gain }) => gain > Number.NEGATIVE_INFINITY);
        if (legal.length > 0) state.apply(legal[sampleInteger(random, legal.length)]);
      }
    }
    let top = state.score();
    if (top > best.score + BETTER) best = { parents: state.parents(), score: top, steps };
    let key = 0;
    state.parents().forEach((of, child) => {
      for (const p of of) key = (key + keys[p * d + child]) % KEYS;
    });
    const recent = [key];
    for (let idle = 0; idle <= tabu; ) {
      // In a random order, so that ties do not always go to the first columns.
      let chosen: Move | null = null;
      let chosenKey = 0;
      for (const move of shuffle(random, state.moves())) {
        if (chosen && move.gain <= chosen.gain + BETTER) continue;
        const next = (key + keyChange(move, keys, d) + 2 * KEYS) % KEYS;
        if (move.gain === Number.NEGATIVE_INFINITY || recent.includes(next)) continue;
        chosen = move;
        chosenKey = next;
      }
      if (!chosen || (tabu === 0 && chosen.gain <= BETTER)) break;
      state.apply(chosen);
      key = chosenKey;
      recent.push(key);
      if (recent.length > tabu + 1) recent.shift();
      const now = state.score();
      idle = now > top + BETTER ? 0 : idle + 1;
      top = Math.max(top, now);
      if (now > best.score + BETTER) best = { parents: state.parents(), score: now, steps };
      await onStep?.(++steps, best.score);
    }
  }
  return { ...best, steps };
}

const KEYS = 2 ** 51;

/** A change of the edge a → b. */
interface Move {
  readonly kind: "add" | "remove" | "turn";
  readonly a: number;
  readonly b: number;
  readonly gain: number;
}

function keyChange({ kind, a, b }: Move, keys: Float64Array, d: number): number {
  const [there, back] = [keys[a * d + b], keys[b * d + a]];
  return kind === "add" ? there : kind === "remove" ? -there : back - there;
}

/** A structure, and what each change to it would gain. */
function searchState({ variables }: Data, score: FamilyScore, maxParents: number) {
  const d = variables.length;
  let parents: number[][] = [];
  /** gains[child, parent]: from putting the parent in, or out where it is in. Valid until the child's parents change. */
  const gains = new Float64Array(d * d);
  const scores = new Float64Array(d);
  const allowed = (a: number, b: number) =>
    a !== b && !(variables[a].kind === "continuous" && variables[b].kind === "discrete");

  function refresh(child: number): void {
    const own = parents[child];
    scores[child] = score(child, own);
    for (let p = 0; p < d; p++) {
      const toggled = own.includes(p) ? own.filter((q) => q !== p) : [...own, p];
      const legal = allowed(p, child) && toggled.length <= maxParents;
      gains[child * d + p] = legal ? score(child, toggled) - scores[child] : Number.NEGATIVE_INFINITY;
    }
  }

  /** reach[a, b]: a path leads from a to b, or a is b. */
  function reachability(): Uint8Array {
    const reach = new Uint8Array(d * d);
    const visit = (from: number, at: number) => {
      if (reach[from * d + at]) return;
      reach[from * d + at] = 1;
      for (const p of parents[at]) visit(from, p);
    };
    for (let i = 0; i < d; i++) visit(i, i);
    // So far from descendants to ancestors.
    return reach.map((_, k) => reach[(k % d) * d + Math.floor(k / d)]);
  }

  return {
    set(given: Parents) {
      // A start that these rows cannot support has no score to compare with.
      parents = given.map((of, i) => (score(i, of) > Number.NEGATIVE_INFINITY ? [...of] : []));
      for (let child = 0; child < d; child++) refresh(child);
    },
    parents: () => parents.map((of) => [...of].sort((a, b) => a - b)),
    score: () => scores.reduce((a, b) => a + b, 0),
    moves(): Move[] {
      const reach = reachability();
      const moves: Move[] = [];
      for (let b = 0; b < d; b++)
        for (let a = 0; a < d; a++) {
          const gain = gains[b * d + a];
          if (parents[b].includes(a)) {
            moves.push({ kind: "remove", a, b, gain });
            const round = parents[b].some((p) => p !== a && reach[a * d + p]);
            if (!round) moves.push({ kind: "turn", a, b, gain: gain + gains[a * d + b] });
          } else if (gain > Number.NEGATIVE_INFINITY && !reach[b * d + a])
            moves.push({ kind: "add", a, b, gain });
        }
      return moves;
    },
    apply({ kind, a, b }: Move) {
      parents[b] = kind === "add" ? [...parents[b], a] : parents[b].filter((p) => p !== a);
      if (kind === "turn") parents[a] = [...parents[a], b];
      refresh(b);
      if (kind === "turn") refresh(a);
    },
  };
}
