/**
 * Packs every published package as npm would and inspects the tarball: publint, are-the-types-wrong, no dependencies in
 * `credence`, and the size of `import { ece } from "credence/calibration"`.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ECE_BUDGET = 5000; // bytes, minified and gzipped

const root = join(import.meta.dirname, "..");
const work = mkdtempSync(join(tmpdir(), "credence-pack-"));
const run = (command: string, args: string[], cwd = root) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

try {
  for (const name of readdirSync(join(root, "packages")).sort()) {
    const folder = join(root, "packages", name);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      private?: boolean;
      dependencies?: object;
      bin?: object;
    };
    if (manifest.private) continue;
    const [{ filename, unpackedSize, entryCount }] = JSON.parse(
      run("npm", ["pack", "--json", "--pack-destination", work], folder),
    ) as { filename: string; unpackedSize: number; entryCount: number }[];
    const tarball = join(work, filename);
    run(process.execPath, [bin("publint", "src/cli.js"), tarball, "--strict"]);
    // ESM only is on purpose; a package with a command alone has no types to check.
    if (!manifest.bin)
      run(process.execPath, [
        bin("@arethetypeswrong/cli", "dist/index.js"),
        tarball,
        "--profile",
        "esm-only",
      ]);
    if (manifest.name === "credence" && manifest.dependencies)
      throw new Error("credence must not have runtime dependencies");
    console.log(`${manifest.name}: ${entryCount} files, ${(unpackedSize / 1000).toFixed(0)} kB unpacked`);
  }
  console.log(`import { ece }: ${await eceSize()} bytes minified and gzipped (budget ${ECE_BUDGET})`);
} catch (error) {
  const {
    stdout = "",
    stderr = "",
    message,
  } = error as { stdout?: string; stderr?: string; message: string };
  console.error([message, stdout, stderr].join("\n"));
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function bin(name: string, path: string): string {
  return join(root, "node_modules", name, path);
}

/** Bundles from the unpacked tarball, as a user's bundler would. */
async function eceSize(): Promise<number> {
  const tarball = readdirSync(work).find((file) => /^credence-\d/.test(file));
  const target = join(work, "node_modules/credence");
  mkdirSync(target, { recursive: true });
  run("tar", ["-xzf", join(work, tarball ?? ""), "-C", work]);
  cpSync(join(work, "package"), target, { recursive: true });
  const result = await build({
    stdin: { contents: 'export { ece } from "credence/calibration";', resolveDir: work },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    treeShaking: true,
  });
  const size = gzipSync(result.outputFiles[0].contents, { level: 9 }).length;
  if (size > ECE_BUDGET)
    throw new Error(`import { ece } costs ${size} bytes minified and gzipped; the budget is ${ECE_BUDGET}`);
  return size;
}
