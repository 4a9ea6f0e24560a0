import { InvalidArgumentError } from "commander";

/** A number on the command line. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

/** A whole number on the command line. */
export function parseWhole(text: string): number {
  const value = parseNumber(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** A port to serve on. */
export function parsePort(text: string): number {
  const value = parseWhole(text);
  if (value < 0 || value > 65535) throw new InvalidArgumentError("It must be a port, 0 to 65535.");
  return value;
}

/** An option that may be given several times. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** The same for numbers; several may also stand in one, separated by commas. */
export const collectNumbers = (text: string, before: readonly number[] = []): number[] => [
  ...before,
  ...text.split(",").map(parseNumber),
];
