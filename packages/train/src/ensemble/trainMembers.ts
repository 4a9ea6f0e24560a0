import { availableParallelism } from "node:os";
import { checkCount } from "credence/numeric";
import { streamOf } from "../graph/index.js";

/** Options of {@link trainMembers}. */
export interface MemberOptions {
  /** Seed from which each member's is made. Default 0. */
  seed?: number;
  /** Trainings at a time; each has a worker thread of its own. Default: as many as the machine has cores. */
  parallel?: number;
}

/** A model that can be given back. */
interface Releasable {
  release(): Promise<void>;
}

/**
 * Trains models that differ in their seeds alone, some at a time. The result does not depend on how many at a time.
 * @param train Trains member 0 … count − 1 from its seed.
 * @returns The members, in order. If one fails, those trained are released and its error is thrown.
 * @throws CredenceError "out-of-range" unless `count` is at least 1.
 * @example
 * ```ts
 * import { trainMembers } from "@credence/train/ensemble";
 * const models = await trainMembers(3, async (seed) => ({ seed, release: async () => {} }), { seed: 1 });
 * new Set(models.map(({ seed }) => seed)).size; // → 3
 * ```
 */
export async function trainMembers<M extends Releasable>(
  count: number,
  train: (seed: number, member: number) => Promise<M>,
  { seed = 0, parallel = availableParallelism() }: MemberOptions = {},
): Promise<M[]> {
  checkCount("trainMembers", "count", count);
  checkCount("trainMembers", "parallel", parallel);
  const members: M[] = [];
  let next = 0;
  let failed = false;
  const work = async () => {
    while (next < count && !failed) {
      const member = next++;
      members[member] = await train(streamOf(seed, member).uint32(), member);
    }
  };
  const workers = Array.from({ length: Math.min(parallel, count) }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  const failure = results.find((result) => result.status === "rejected");
  if (!failure) return members;
  for (const member of members) await member?.release();
  throw failure.reason;
}
