/**
 * npm run examples [-- NAME… --quick]: runs every example, one after another, with the committed weights; those that take
 * long have a quick form.
 * npm run examples:train [-- NAME…]: trains the weights of those that have any, into examples/models.
 * What follows the names, from the first that begins with --, goes to the examples.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const given = process.argv.slice(2).filter((argument) => argument !== "--train");
const script = process.argv.includes("--train") ? "train.ts" : "main.ts";
const split = given.findIndex((argument) => argument.startsWith("--"));
const [wanted, flags] = split < 0 ? [given, []] : [given.slice(0, split), given.slice(split)];
const names = readdirSync(join(root, "examples")).filter((name) =>
  existsSync(join(root, "examples", name, script)),
);

let failed = 0;
for (const name of wanted.length ? wanted : names) {
  console.log(`\n── examples/${name}`);
  const start = performance.now();
  const { status } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(root, "examples", name, script), ...flags],
    {
      stdio: "inherit",
      cwd: root,
    },
  );
  if (status !== 0) failed++;
  console.log(
    `── ${status === 0 ? "done" : `failed with ${status}`} in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}
process.exit(failed ? 1 : 0);
