import { CredenceError } from "../numeric/error.js";

/** The error that an expression throws. */
export function refusal(act: () => unknown): CredenceError {
  try {
    act();
  } catch (error) {
    if (error instanceof CredenceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
