import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { main } from "./main.js";
import { startCredence } from "./run.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "credence-train-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

/** Runs a command in this process. */
async function credence(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const code = await main(args, {
    out(text) {
      stdout += text;
    },
    err(text) {
      stderr += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    noColour: true,
  });
  return { code, stdout, stderr };
}

/** Two clouds, called left and right. */
const clouds = path("clouds.csv");
const rows = Array.from({ length: 120 }, (_, i) => {
  const side = i % 2 ? 3 : -3;
  return `${side + Math.sin(i)},${Math.cos(3 * i)},${i % 2 ? "right" : "left"}`;
});
writeFileSync(clouds, ["a,b,side", ...rows].join("\n"));
const quick = ["--epochs", "20", "--batch-size", "20", "--learning-rate", "0.01", "--seed", "1"];

it("trains p(x | y), and samples with the names of columns and classes", async () => {
  const vae = path("vae");
  const set = ["--set", "latent=2", "--set", "hidden=[16]"];
  const train = ["train", "vae", clouds, "-o", vae, "--label", "side", ...set, ...quick];
  const trained = await credence(...train);
  expect(trained).toMatchObject({ code: 0, stderr: "" });
  expect(trained.stdout).toMatch(/^Trained a vae on 120 rows in .* s: .*vae\n$/);
  const { code, stdout } = await credence("sample", vae, "-n", "40", "--class", "right");
  expect(code).toBe(0);
  const [header, ...lines] = stdout.trim().split("\n");
  expect(header).toBe("a,b,side");
  const drawn = lines.map((line) => line.split(","));
  expect(drawn).toHaveLength(40);
  expect(new Set(drawn.map(([, , side]) => side))).toEqual(new Set(["right"]));
  expect(drawn.reduce((sum, [a]) => sum + Number(a) / 40, 0)).toBeGreaterThan(1);

  expect(await credence(...train)).toMatchObject({ code: 2, stderr: expect.stringContaining("--force") });
  expect(await credence("sample", vae, "--class", "up")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("left, right"),
  });
});

it("trains on a table, on text and on a series", async () => {
  const [words, series] = [path("words.txt"), path("series.csv")];
  writeFileSync(words, Array.from({ length: 40 }, (_, i) => ["ab", "abab"][i % 2]).join("\n"));
  writeFileSync(series, `t,y\n${Array.from({ length: 80 }, (_, i) => `${i % 7},${Math.sin(i)}`).join("\n")}`);
  const done = { code: 0, stderr: "" };
  const network = ["train", "bayesian-network", clouds, "-o", path("network"), "--label", "side"];
  expect(await credence(...network)).toMatchObject(done);
  const small = ["layers=1", "width=16", "heads=2", "context=8"].flatMap((option) => ["--set", option]);
  expect(await credence("train", "transformer", words, "-o", path("text"), ...small, ...quick)).toMatchObject(
    done,
  );
  const drawn = path("drawn.jsonl");
  expect(await credence("sample", path("text"), "-n", "5", "-o", drawn)).toMatchObject({ code: 0 });
  const lines = readFileSync(drawn, "utf8").trim().split("\n");
  expect(lines.map((line) => typeof JSON.parse(line).text)).toEqual(new Array(5).fill("string"));
  const forecaster = ["train", "forecaster", series, "-o", path("forecaster"), "--target", "y"];
  expect(await credence(...forecaster, ...quick)).toMatchObject(done);
});

it("goes on where Ctrl-C stopped it, to the same model", { timeout: 120_000 }, async () => {
  const train = (output: string) => [
    ...["train", "flow", clouds, "-o", path(output), "--columns", "a", "--columns", "b"],
    ...["--set", "layers=2", "--set", "hidden=[8]", "--epochs", "600"],
  ];
  const child = startCredence(train("stopped"), folder);
  let said = "";
  child.stderr.on("data", (words) => {
    said += words;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const checkpoint = path("stopped/checkpoint");
  while (!existsSync(join(checkpoint, "checkpoint.safetensors")) && child.exitCode === null)
    await new Promise((done) => setTimeout(done, 5));
  child.kill("SIGINT");
  expect([await ended, said]).toEqual([130, expect.stringContaining("The same command goes on")]);
  expect(await credence(...train("stopped"))).toMatchObject({ code: 0 });
  expect(existsSync(checkpoint)).toBe(false);
  expect(await credence(...train("whole"))).toMatchObject({ code: 0 });
  const sample = async (model: string) =>
    (await credence("sample", path(model), "-n", "20", "--seed", "3")).stdout;
  expect(await sample("stopped")).toBe(await sample("whole"));
});

it("says what is wrong", async () => {
  const refused = async (words: RegExp, ...args: string[]) =>
    expect(await credence(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(words) });
  const x = path("x");
  await refused(/latent, beta/, "train", "vae", clouds, "-o", x, "--set", "latents=2");
  await refused(/--label/, "train", "classifier", clouds, "-o", x);
  await refused(/--target/, "train", "forecaster", clouds, "-o", x);
  await refused(/vae/, "train", "horse", clouds, "-o", x);
  await refused(/nowhere.csv/, "train", "vae", path("nowhere.csv"), "-o", x, "--set", "latent=2");
  await refused(/card.json/, "sample", path("nowhere"));
});
