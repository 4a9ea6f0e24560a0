import { CredenceError, type ErrorCode } from "../numeric/error.js";

/** The code of the error that a call throws; "none" where it does not. */
export function codeOf(call: () => unknown): ErrorCode | "none" {
  try {
    call();
  } catch (error) {
    if (error instanceof CredenceError) return error.code;
    throw error;
  }
  return "none";
}
