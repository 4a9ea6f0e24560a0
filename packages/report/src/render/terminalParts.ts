import type { Report } from "../analysis/report.js";
import type { Paint } from "./paint.js";
import { wrap } from "./wrap.js";

/** The verdict in a line, with its mark. */
export function headline({ verdict }: Pick<Report, "verdict">, paint: Paint, width: number): string[] {
  const mark = {
    good: paint.good("✔"),
    caution: paint.caution("▲"),
    bad: paint.bad("✘"),
    unknown: paint.caution("?"),
  };
  const [first, ...rest] = wrap(verdict.headline, width - 2);
  return [`${mark[verdict.status]} ${paint.strong(first)}`, ...rest.map((line) => `  ${paint.strong(line)}`)];
}

/** What must be read first. */
export function alarms({ warnings }: Pick<Report, "warnings">, paint: Paint, width: number): string[] {
  return warnings
    .filter(({ severity }) => severity === "alarm")
    .flatMap(({ message }) => ["", ...wrap(message, width - 4).map((line) => paint.bad(`  ! ${line}`))]);
}

/** What should be known, and what was guessed. */
export function notes({ warnings, origin }: Notes, paint: Paint, width: number): string[] {
  const texts = [
    ...warnings.filter(({ severity }) => severity === "note").map(({ message }) => message),
    ...origin.guesses,
  ];
  if (texts.length === 0) return [];
  return [
    "",
    ...texts.flatMap((text) =>
      wrap(text, width - 4).map((line, i) => paint.muted(`  ${i === 0 ? "·" : " "} ${line}`)),
    ),
  ];
}

interface Notes {
  readonly warnings: Report["warnings"];
  readonly origin: { readonly guesses: readonly string[] };
}

/** Text cut to a length. */
export const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
