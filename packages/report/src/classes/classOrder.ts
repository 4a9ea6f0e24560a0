import { InputError } from "../reading/inputError.js";
import type { ClassColumns } from "./classColumns.js";

/**
 * Where the known classes stand among those of a file.
 * @param origin What knows them, for the message: "the calibrator was fitted to".
 * @throws InputError "unknown-class" where the file has others.
 */
export function classOrder(
  found: ClassColumns,
  known: readonly string[],
  file: string,
  origin: string,
): number[] {
  const order = known.map((name) => found.names.indexOf(name));
  if (found.names.length === known.length && !order.includes(-1)) return order;
  throw new InputError("unknown-class", `holds the classes ${some(found.names)}; ${origin} ${some(known)}.`, {
    file,
    column: found.title,
  });
}

const some = (names: readonly string[]): string =>
  `${names.slice(0, 8).join(", ")}${names.length > 8 ? `, … (${names.length})` : ""}`;
