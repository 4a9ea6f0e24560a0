import { CredenceError } from "./error.js";

/** The fields of one JSON object; every reader refuses what is missing or of the wrong kind, naming the field. */
export interface JsonFields {
  /** The names present, in order. */
  readonly names: readonly string[];
  /** Whether the field is there and not null. */
  has(name: string): boolean;
  /** The value as it stands. */
  value(name: string): unknown;
  /** A finite number. */
  number(name: string): number;
  /** A list of finite numbers; of exactly `length`, where given. */
  numbers(name: string, length?: number): number[];
  /** A whole number of at least `least` (default 0). */
  count(name: string, least?: number): number;
  text(name: string): string;
  texts(name: string): string[];
  boolean(name: string): boolean;
  /** One of the known words. */
  oneOf<T extends string>(name: string, known: readonly T[]): T;
  /** A nested object. */
  fields(name: string): JsonFields;
  /** A list of anything. */
  values(name: string): unknown[];
  /** A list of nested objects. */
  list(name: string): JsonFields[];
  /** The error for a field that is well formed but makes no sense. */
  refuse(name: string, explanation: string): CredenceError;
}

/**
 * Opens a JSON object for reading.
 * @param json A parsed value, or JSON text.
 * @throws CredenceError "invalid-json" naming the field.
 */
export function jsonFields(fn: string, json: unknown, path = ""): JsonFields {
  const refuseAt = (argument: string, value: unknown, explanation: string) =>
    new CredenceError("invalid-json", { function: fn, argument, value: summary(value) }, explanation);
  const source = typeof json === "string" ? parse(fn, json) : json;
  if (typeof source !== "object" || source === null || Array.isArray(source))
    throw refuseAt(path || "json", source, "must be an object.");
  const object = source as Record<string, unknown>;
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const value = (name: string) => {
    if (!Object.hasOwn(object, name)) throw refuseAt(at(name), undefined, "is missing.");
    return object[name];
  };
  const checked = <T>(name: string, test: (found: unknown) => boolean, kind: string): T => {
    const found = value(name);
    if (!test(found)) throw refuseAt(at(name), found, `must be ${kind}.`);
    return found as T;
  };
  return {
    names: Object.keys(object),
    has: (name) => Object.hasOwn(object, name) && object[name] !== null && object[name] !== undefined,
    value,
    number: (name) => checked(name, Number.isFinite, "a finite number"),
    numbers: (name, length) =>
      checked(
        name,
        (found) =>
          Array.isArray(found) &&
          found.every(Number.isFinite) &&
          (length === undefined || found.length === length),
        length === undefined ? "a list of finite numbers" : `a list of ${length} finite numbers`,
      ),
    count: (name, least = 0) =>
      checked(
        name,
        (found) => Number.isSafeInteger(found) && (found as number) >= least,
        `a whole number of at least ${least}`,
      ),
    text: (name) => checked(name, (found) => typeof found === "string", "text"),
    texts: (name) =>
      checked(
        name,
        (found) => Array.isArray(found) && found.every((item) => typeof item === "string"),
        "a list of texts",
      ),
    boolean: (name) => checked(name, (found) => typeof found === "boolean", "true or false"),
    oneOf: (name, known) =>
      checked(
        name,
        (found) => (known as readonly unknown[]).includes(found),
        `one of ${known.map((k) => `"${k}"`).join(", ")}`,
      ),
    fields: (name) => jsonFields(fn, objectOnly(value(name)), at(name)),
    values: (name) => checked(name, Array.isArray, "a list"),
    list: (name) =>
      checked<unknown[]>(name, Array.isArray, "a list").map((item, i) =>
        jsonFields(fn, objectOnly(item), `${at(name)}[${i}]`),
      ),
    refuse: (name, explanation) => refuseAt(at(name), object[name], explanation),
  };
}

function parse(fn: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CredenceError(
      "invalid-json",
      { function: fn, argument: "json" },
      `is no JSON: ${(error as Error).message}`,
    );
  }
}

/** Text inside JSON is text: only the outermost level may be unparsed. */
const objectOnly = (value: unknown): unknown => (typeof value === "string" ? null : value);

/** Enough of the value to recognise it in a message. */
function summary(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
