import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { examplesOf, withChecks } from "./examples.js";

// Inside the repository, so that imports resolve; one a run, so that runs do not meet.
const folder = mkdtempSync(join(import.meta.dirname, ".examples-"));
const packages = ["credence", "plot", "runtime", "train"];

/** Numbers agree to the decimals shown; everything else exactly. */
function check(actual: unknown, shown: string): void {
  const expected = new Function(`return (${shown})`)() as unknown;
  const decimals = Math.max(0, ...[...shown.matchAll(/\.(\d+)/g)].map((match) => match[1].length));
  const exact = /e[+-]?\d/.test(shown);
  expect(rounded(actual, exact ? 17 : decimals)).toEqual(rounded(expected, exact ? 17 : decimals));
}

function rounded(value: unknown, decimals: number): unknown {
  if (typeof value === "number")
    return Number.isFinite(value) ? Number(value.toFixed(Math.min(decimals, 15))) + 0 : value;
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<number>, (v) => rounded(v, decimals));
  if (Array.isArray(value)) return value.map((v) => rounded(v, decimals));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rounded(v, decimals)]));
  return value;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(packages)("the examples in the docs of %s run", (name) => {
  const examples = examplesOf(name);
  it("exist", () => expect(examples.length).toBeGreaterThan(0));
  it.each(examples.map((example, i) => ({ ...example, file: join(folder, `${name}-${i}.ts`) })))(
    "$place",
    async ({ code, file }) => {
      const imports = code.split("\n").filter((line) => line.startsWith("import "));
      const body = code.split("\n").filter((line) => !line.startsWith("import "));
      writeFileSync(
        file,
        `${imports.join("\n")}\nexport default async (check: (actual: unknown, shown: string) => void) => {\n${withChecks(body.join("\n"))}\n};\n`,
      );
      const { default: run } = (await import(file)) as { default: (c: typeof check) => Promise<void> };
      await run(check);
    },
  );
});
