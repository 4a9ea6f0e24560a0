/**
 * Every way in which input can be refused. The codes are stable: programs may switch on them.
 * docs/errors.md explains each one and what to do about it.
 */
export type ErrorCode =
  | "empty-input"
  | "length-mismatch"
  | "not-finite"
  | "not-a-probability"
  | "not-binary"
  | "not-normalised"
  | "out-of-range"
  | "unknown-option"
  | "unknown-class"
  | "unknown-group"
  | "unknown-token"
  | "too-few"
  | "rows-overlap"
  | "invalid-json"
  | "shape-mismatch"
  | "missing-package"
  | "session-failed"
  | "not-a-model"
  | "diverged"
  | "in-use"
  | "too-large"
  | "too-long"
  | "cyclic-graph"
  | "impossible-evidence";

/** Where the refused value stood. */
export interface ErrorPlace {
  /** The public function that refused. */
  readonly function: string;
  /** The name of its argument or option. */
  readonly argument: string;
  /** The index within the argument, where it is a list. */
  readonly index?: number;
  /** The value found there. */
  readonly value?: unknown;
}

/** Thrown for every refused input; the message says what was found where, and what to do. */
export class CredenceError extends Error {
  override readonly name = "CredenceError";
  readonly code: ErrorCode;
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, place: ErrorPlace, explanation: string) {
    const at = place.index === undefined ? place.argument : `${place.argument}[${place.index}]`;
    const found = "value" in place ? ` is ${show(place.value)}` : "";
    super(`${place.function}: ${at}${found}: ${explanation}`);
    this.code = code;
    this.place = place;
  }
}

/** A value as a short text: enough of a list or an object to recognise it. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value)) {
    const list = value as ArrayLike<unknown>;
    const first = Array.from({ length: Math.min(list.length, 3) }, (_, i) =>
      typeof list[i] === "object" && list[i] !== null ? "…" : show(list[i]),
    );
    return `[${first.join(", ")}${list.length > 3 ? `, … ${list.length} values` : ""}]`;
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return "an object without fields";
  return `an object of ${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""}`;
}
