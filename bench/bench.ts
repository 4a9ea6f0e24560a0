/**
 * The benchmark framework. A row times our function and its peers on the same data, in the same run, in CPU seconds of
 * one thread: the median of a few repetitions after a warm-up. Peers are Python functions; where Python or a package is
 * missing, the row shows ours alone and says so.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

export type Column = Float64Array | Float32Array | Int32Array | Uint8Array;

export interface Row {
  /** What is done, with its size. */
  readonly work: string;
  /** The bar to meet, in words, e.g. "≤ 0.08 s". */
  readonly bar?: string;
  /** Our function; its time is taken. */
  readonly ours: () => unknown | Promise<unknown>;
  /** Peers by name: a function of bench/peers/<suite>.py, called with the inputs by name. */
  readonly peers?: { readonly [name: string]: string };
  /** What both sides get: written to files for the peers. */
  readonly inputs?: { readonly [name: string]: Column };
  /** Timed repetitions. Default 5. */
  readonly repetitions?: number;
  /** Whether ours runs once before it is timed. Default true; false for work of minutes. */
  readonly warmUp?: boolean;
}

export interface Suite {
  /** Name of the suite, of its heading, and of its file of peers. */
  readonly name: string;
  /** Makes the rows one after another, so that only one row's data is in memory. */
  rows(): Iterable<Row> | AsyncIterable<Row>;
}

export interface Result {
  readonly work: string;
  readonly bar: string;
  readonly ours: number;
  readonly peakMegabytes: number;
  readonly peers: readonly {
    readonly name: string;
    readonly seconds: number | null;
    readonly note?: string;
  }[];
}

const python = findPython();

// Old OpenBLAS builds take new processors for very old ones: BENCH_CORETYPE (say SKYLAKEX) tunes the peers' BLAS.
const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...inherited } = process.env;
const peerEnvironment = {
  ...inherited,
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  ...(process.env.BENCH_CORETYPE && { OPENBLAS_CORETYPE: process.env.BENCH_CORETYPE }),
};

function findPython(): string | null {
  for (const candidate of [process.env.PYTHON, "/usr/bin/python3", "python3"])
    if (candidate && spawnSync(candidate, ["-c", "import numpy"]).status === 0) return candidate;
  return null;
}

/** What the machine and the peers are, for the head of the record. */
export function environment(): string[] {
  const lines = [
    `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus()[0]?.model ?? "unknown CPU"}`,
  ];
  if (!python) return [...lines, "No Python with NumPy was found: ours alone."];
  const code =
    "import numpy, platform; print('Python', platform.python_version() + ', NumPy', numpy.__version__)\nfor m in ('sklearn', 'scipy', 'torch'):\n  try: print(m, __import__(m).__version__)\n  except ImportError: print(m, 'missing')";
  return [...lines, ...execFileSync(python, ["-c", code], { encoding: "utf8" }).trim().split("\n")];
}

export async function measure(suite: Suite, row: Row): Promise<Result> {
  const seconds: number[] = [];
  if (row.warmUp ?? true) await row.ours();
  for (let i = 0; i < (row.repetitions ?? 5); i++) {
    const start = process.cpuUsage();
    await row.ours();
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
  }
  return {
    work: row.work,
    bar: row.bar ?? "",
    ours: median(seconds),
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    peers: measurePeers(suite, row),
  };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

function measurePeers(suite: Suite, row: Row): Result["peers"] {
  const peers = Object.entries(row.peers ?? {});
  if (!python || peers.length === 0)
    return peers.map(([name]) => ({ name, seconds: null, note: "not installed" }));
  const folder = mkdtempSync(join(tmpdir(), "credence-bench-"));
  try {
    const inputs = Object.entries(row.inputs ?? {}).map(([name, column]) => {
      const file = join(folder, name);
      writeFileSync(file, new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
      const type = { Float64Array: "f8", Float32Array: "f4", Int32Array: "i4", Uint8Array: "u1" }[
        column.constructor.name
      ];
      return `${name}:${type}:${file}`;
    });
    return peers.map(([name, fn]) => {
      const { status, stdout, stderr } = spawnSync(
        python as string,
        [join(import.meta.dirname, "peers/run.py"), suite.name, fn, String(row.repetitions ?? 5), ...inputs],
        { encoding: "utf8", env: peerEnvironment },
      );
      if (status === 0) return { name, seconds: Number(stdout.trim()) };
      return {
        name,
        seconds: null,
        note: /No module named/.test(stderr)
          ? "not installed"
          : (stderr.trim().split("\n").at(-1) ?? "failed"),
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
