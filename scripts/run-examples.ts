/** npm run examples [-- NAME…]: runs the quick form of every example, one after another. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
const names = readdirSync(join(root, "examples")).filter((name) =>
  existsSync(join(root, "examples", name, "main.ts")),
);

let failed = 0;
for (const name of wanted.length ? wanted : names) {
  console.log(`\n── examples/${name}`);
  const start = performance.now();
  const { status } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(root, "examples", name, "main.ts")],
    { stdio: "inherit", cwd: root },
  );
  if (status !== 0) failed++;
  console.log(
    `── ${status === 0 ? "done" : `failed with ${status}`} in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}
process.exit(failed ? 1 : 0);
