import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

it("docs/errors.md explains every code, and only those", () => {
  const [, union] =
    /export type ErrorCode =([^;]+);/.exec(read("packages/credence/src/numeric/error.ts")) ?? [];
  const codes = [...union.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code);
  const explained = [...read("docs/errors.md").matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(explained.sort()).toEqual(codes.sort());
});
