import type { GateResult } from "@credence/report";
import type { Console } from "./console.js";
import { EXIT } from "./exitCode.js";

/** Says which gates hold, and with which numbers; the exit code follows. */
export function reportGates(
  results: readonly (GateResult & { readonly gate: string })[],
  console: Console,
): number {
  const failed = results.filter(({ holds }) => holds);
  for (const { gate, seen } of failed) console.err(`Failed: ${gate}  (${seen.join("; ")})\n`);
  return failed.length > 0 ? EXIT.gateFailed : EXIT.ok;
}
