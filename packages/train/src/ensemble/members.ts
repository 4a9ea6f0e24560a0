import { join } from "node:path";

/** Models that are used together. */
export interface Members<M> {
  readonly members: readonly M[];
  /** Ends the worker threads of all members. */
  release(): Promise<void>;
}

interface Member<O> {
  save(directory: string, options?: O): Promise<void>;
  release(): Promise<void>;
}

/** Saves and releases members one by one. */
export function membersOf<M extends Member<O>, O>(
  members: readonly M[],
): Members<M> & { save(directory: string, options?: O): Promise<void> } {
  return {
    members,
    async save(directory, options) {
      for (const [i, member] of members.entries()) await member.save(join(directory, memberName(i)), options);
    },
    async release() {
      for (const member of members) await member.release();
    },
  };
}

/** The folder of a member, counted from 0. */
export const memberName = (member: number): string => `member-${member + 1}`;
