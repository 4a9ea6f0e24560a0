import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const [ofFunctions, ofFiles = ""] = read("docs/errors.md").split(/^## /m);

it.each([
  ["CredenceError", "ErrorCode", "packages/credence/src/numeric/error.ts", ofFunctions],
  ["InputError", "InputErrorCode", "packages/report/src/reading/inputError.ts", ofFiles],
])("docs/errors.md explains every code of %s, and only those", (_, name, file, section) => {
  const [, union] = new RegExp(`export type ${name} =([^;]+);`).exec(read(file)) ?? [];
  const codes = [...union.matchAll(/"([a-z0-9-]+)"/g)].map(([, code]) => code);
  const explained = [...section.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code);
  expect(explained.sort()).toEqual(codes.sort());
});
