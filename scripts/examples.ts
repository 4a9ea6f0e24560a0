/** Reads the `@example` blocks out of the sources, for the test that runs them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export interface Example {
  /** "packages/credence/src/calibration/ece.ts:12". */
  readonly place: string;
  readonly code: string;
}

const root = join(import.meta.dirname, "..");

/** All fenced ts blocks that follow an `@example` tag in the TSDoc of a package's sources. */
export function examplesOf(packageName: string): Example[] {
  const source = join(root, "packages", packageName, "src");
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.(test|test-support)\.ts$/.test(file))
    .sort()
    .flatMap((file) => examplesIn(join(source, file)));
}

function examplesIn(path: string): Example[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const examples: Example[] = [];
  let tag = false;
  let code: string[] | null = null;
  lines.forEach((line, i) => {
    const text = line.replace(/^\s*\* ?/, "");
    if (/^@example\b/.test(text)) tag = true;
    else if (tag && /^```ts\s*$/.test(text)) code = [];
    else if (code && /^```\s*$/.test(text)) {
      examples.push({ place: `${relative(root, path)}:${i - code.length + 1}`, code: code.join("\n") });
      code = null;
      tag = false;
    } else if (code) code.push(text);
    else if (/^\s*\*\/|^@/.test(line.trim())) tag = false;
  });
  return examples;
}

/** Turns each `expression; // → value` into a check, and leaves everything else as it is. */
export function withChecks(code: string): string {
  return code
    .split("\n")
    .map((line) => {
      const match = /^(.*?);?\s*\/\/ → (.+)$/.exec(line);
      if (!match) return line;
      const declared = /^\s*const (\w+)\b.*= /.exec(match[1]);
      const check = (expression: string) => `check(${expression}, ${JSON.stringify(match[2].trim())});`;
      return declared ? `${match[1]}; ${check(declared[1])}` : check(match[1]);
    })
    .join("\n");
}
