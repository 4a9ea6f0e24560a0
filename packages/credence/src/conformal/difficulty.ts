import { checkPositive } from "../numeric/check.js";

/** A difficulty (a predicted error or spread), refused where nothing could be divided by it. */
export function checkedDifficulty(fn: string, difficulty: number, index?: number): number {
  checkPositive(fn, index === undefined ? "difficulty" : "difficulties", difficulty, index);
  return difficulty;
}
