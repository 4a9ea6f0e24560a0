import { spawn } from "node:child_process";
import { join } from "node:path";

/** What a run of the command left behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = join(import.meta.dirname, "../../..");

/** Starts the command from its source, as a process of its own. */
export function startCredence(args: readonly string[], cwd: string) {
  return spawn(
    process.execPath,
    [
      "--import",
      join(root, "node_modules/tsx/dist/loader.mjs"),
      join(import.meta.dirname, "entry.test-support.ts"),
      ...args,
    ],
    {
      cwd,
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json"), NO_COLOR: "", FORCE_COLOR: "" },
    },
  );
}

/** Runs the command to its end. */
export function credence(args: readonly string[], cwd: string): Promise<Run> {
  const child = startCredence(args, cwd);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
