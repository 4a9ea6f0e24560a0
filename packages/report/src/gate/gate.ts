import { InputError } from "../reading/inputError.js";

/** What a gate reads: an object with estimates somewhere inside. */
export type GateSubject = Readonly<Record<string, unknown>>;

/** A parsed condition such as `ece.high > 0.05 or threshold.coverage.low < 0.5`. */
export type Condition =
  | {
      readonly kind: "compare";
      readonly path: readonly string[];
      readonly operator: Operator;
      readonly number: number;
    }
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition };

type Operator = ">" | ">=" | "<" | "<=" | "==" | "!=";

/** What came of a condition. */
export interface GateResult {
  readonly holds: boolean;
  /** Each comparison with the number it saw, e.g. "ece.high = 0.061 > 0.05". */
  readonly seen: readonly string[];
}

const TOKEN =
  /\s*(?:(and|or)(?![\w.])|([A-Za-z_]\w*(?:\.\w+|\[\d+\])*)|([<>]=?|[=!]=)|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([()]))/y;

interface Token {
  readonly kind: "word" | "path" | "operator" | "number" | "bracket" | "end";
  readonly text: string;
  readonly at: number;
}

/**
 * Parses a condition: comparisons of a path with a number, joined by `and` (which binds closer) and `or`, with brackets.
 * @throws InputError "invalid-option" naming the place that cannot be read.
 */
export function parseGate(text: string): Condition {
  const tokens = tokenize(text);
  let next = 0;
  const take = (kind: Token["kind"], ...texts: string[]): Token | null => {
    const token = tokens[next];
    if (token.kind !== kind || (texts.length > 0 && !texts.includes(token.text))) return null;
    next++;
    return token;
  };
  const expected = (what: string): InputError => {
    const { kind, text: found, at } = tokens[next];
    const where = kind === "end" ? "the end" : `"${found}" at character ${at + 1}`;
    return new InputError(
      "invalid-option",
      `${JSON.stringify(text)}: expected ${what}, found ${where}. Example: "ece.high > 0.05 or accuracy.low < 0.9".`,
    );
  };

  const either = (): Condition => {
    let left = both();
    while (take("word", "or")) left = { kind: "or", left, right: both() };
    return left;
  };
  const both = (): Condition => {
    let left = single();
    while (take("word", "and")) left = { kind: "and", left, right: single() };
    return left;
  };
  const single = (): Condition => {
    if (take("bracket", "(")) {
      const inside = either();
      if (!take("bracket", ")")) throw expected('")"');
      return inside;
    }
    const path = take("path");
    if (!path) throw expected("a name such as ece.high");
    const operator = take("operator");
    if (!operator) throw expected("a comparison (>, >=, <, <=, ==, !=)");
    const number = take("number");
    if (!number) throw expected("a number");
    return {
      kind: "compare",
      path: path.text.split(/[.[\]]+/).filter(Boolean),
      operator: operator.text as Operator,
      number: Number(number.text),
    };
  };

  const condition = either();
  if (tokens[next].kind !== "end") throw expected('"and", "or" or the end');
  return condition;
}

function tokenize(text: string): Token[] {
  const kinds = ["word", "path", "operator", "number", "bracket"] as const;
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match)
      throw new InputError(
        "invalid-option",
        `${JSON.stringify(text)}: cannot be read from character ${at + 1} on.`,
      );
    const group = match.slice(1).findIndex((part) => part !== undefined);
    tokens.push({
      kind: kinds[group],
      text: match[group + 1],
      at: at + match[0].length - match[group + 1].length,
    });
    at += match[0].length;
  }
  return [...tokens, { kind: "end", text: "", at: text.length }];
}

/**
 * Evaluates a condition. A path leads to a number, or to an estimate and then to its `value` (the default), `low` or
 * `high`. Every comparison is evaluated, so that all numbers are seen.
 * @throws InputError "invalid-option" where a path leads nowhere, or to nothing that can be compared.
 * @example
 * ```ts
 * import { evaluateGate, parseGate } from "@credence/report";
 * const ece = { value: 0.04, interval: [0.01, 0.07] };
 * evaluateGate(parseGate("ece.high > 0.05"), { ece }).holds; // → true
 * ```
 */
export function evaluateGate(condition: Condition, subject: GateSubject): GateResult {
  if (condition.kind === "compare") {
    const { path, operator, number } = condition;
    const value = numberAt(subject, path);
    return {
      holds: compare(value, operator, number),
      seen: [`${path.join(".")} = ${+value.toPrecision(4)} ${operator} ${number}`],
    };
  }
  const left = evaluateGate(condition.left, subject);
  const right = evaluateGate(condition.right, subject);
  const holds = condition.kind === "and" ? left.holds && right.holds : left.holds || right.holds;
  return { holds, seen: [...left.seen, ...right.seen] };
}

function compare(value: number, operator: Operator, number: number): boolean {
  switch (operator) {
    case ">":
      return value > number;
    case ">=":
      return value >= number;
    case "<":
      return value < number;
    case "<=":
      return value <= number;
    case "==":
      return value === number;
    default:
      return value !== number;
  }
}

function numberAt(subject: GateSubject, path: readonly string[]): number {
  let found: unknown = subject;
  for (const [i, key] of path.entries()) {
    const step = stepInto(found, key);
    if (step === undefined) {
      const names = typeof found === "object" && found !== null ? Object.keys(found).slice(0, 30) : [];
      const has = isEstimate(found) ? ["value", "low", "high"] : names;
      throw new InputError(
        "invalid-option",
        `${path.join(".")}: there is no "${key}"${i > 0 ? ` in ${path.slice(0, i).join(".")}` : ""}${has.length > 0 ? `; there is ${has.join(", ")}` : ""}.`,
      );
    }
    found = step;
  }
  if (isEstimate(found)) found = found.value;
  if (typeof found === "number") return found;
  throw new InputError(
    "invalid-option",
    `${path.join(".")} is ${found === null ? "null" : `a ${typeof found}`}: there is no number to compare${found === null ? ", so the gate cannot be passed" : ""}.`,
  );
}

function stepInto(found: unknown, key: string): unknown {
  if (isEstimate(found) && (key === "low" || key === "high"))
    return found.interval?.[key === "low" ? 0 : 1] ?? null;
  if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
  return (found as Readonly<Record<string, unknown>>)[key];
}

interface EstimateLike {
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

const isEstimate = (found: unknown): found is EstimateLike =>
  typeof found === "object" && found !== null && "value" in found && "interval" in found;
