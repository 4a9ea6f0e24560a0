import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("costs less than 5 kB, minified and gzipped, where only ece is imported", async () => {
  const entry = fileURLToPath(new URL("./index.ts", import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: `export { ece } from ${JSON.stringify(entry)}`, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  expect(gzipSync(outputFiles[0].contents, { level: 9 }).length).toBeLessThan(5000);
});
