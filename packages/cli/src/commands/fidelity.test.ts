import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeModel, tensorData } from "@credence/runtime";
import { createRandom } from "credence/numeric";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arranged, layoutOf } from "../imageFeatures.js";
import { main } from "../main.js";

const folder = mkdtempSync(join(tmpdir(), "credence-fidelity-"));
const path = (name: string) => join(folder, name);
const before = process.cwd();

async function run(...args: string[]) {
  const said = { stdout: "", stderr: "" };
  const code = await main(args, {
    out: (text) => {
      said.stdout += text;
    },
    err: (text) => {
      said.stderr += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    noColour: false,
  });
  return { code, ...said };
}

/** Pairs of numbers that fill a square evenly, moved to the right. */
const square = (rows: number, shift: number): [number, number][] =>
  Array.from({ length: rows }, (_, i) => [((i * 0.618034) % 1) + shift, (i * 0.754878) % 1]);
const csv = (rows: readonly (readonly number[])[]) =>
  `x,y,half\n${rows.map((row, i) => `${row.join(",")},${"ab"[i % 2]}`).join("\n")}\n`;
function npy(rows: readonly (readonly number[])[]): Uint8Array {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0].length}), }`;
  const padded = `${header.padEnd(117)}\n`;
  const start = new Uint8Array([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0]);
  return Buffer.concat([
    start,
    Buffer.from(padded, "latin1"),
    Buffer.from(Float64Array.from(rows.flat()).buffer),
  ]);
}

beforeAll(() => {
  process.chdir(folder);
  writeFileSync(path("real.csv"), csv(square(120, 0)));
  writeFileSync(path("near.csv"), csv(square(100, 0.03)));
  writeFileSync(path("far.csv"), csv(square(100, 3)));
  writeFileSync(path("real.npy"), npy(square(120, 0)));
  for (const seed of [1, 2, 3, 4]) {
    mkdirSync(path(`runs/${seed}`), { recursive: true });
    writeFileSync(path(`runs/${seed}/samples.npy`), npy(square(80, 0.05 * seed)));
  }
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe("credence fidelity", () => {
  it("says in a line how near the samples are, and whether they can be told apart", async () => {
    const { code, stdout, stderr } = await run("fidelity", "real.csv", "far.csv", "--label", "half");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")[1]).toMatch(/^✘ far.csv: area under the precision–recall curve 0.00/);
    expect(stdout.replace(/\s+/g, " ")).toMatch(/right in 100 % \[9\d(\.\d)? %, 100 %\]/);
    expect(stdout).toContain("Class by class: far.csv");
  });

  it("compares several, and models trained alike; writes all forms", async () => {
    const outputs = ["--html", "out/f.html", "--json", "out/f.json", "--md", "out/f.md"];
    const args = ["fidelity", "real.npy", "near.csv", "far.csv", "--columns", "x", "--columns", "y"];
    const refused = await run(...args);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining("an array without names, in which --columns names nothing"),
    ]);
    const { code, stderr } = await run(
      ...["fidelity", "real.csv", "near.csv", "far.csv", "--members", "runs/*/samples.npy"],
      ...["--datasets", "a,a,b,b", "--quiet", ...outputs],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(readFileSync(path("out/f.json"), "utf8"));
    expect(report.generators.map(({ name }: { name: string }) => name)).toEqual(["near.csv", "far.csv"]);
    expect(report.pairs[0].auc.interval[0]).toBeGreaterThan(0);
    expect(report.ensemble.members.map(({ name }: { name: string }) => name)).toEqual(["1", "2", "3", "4"]);
    expect(report.ensemble.worst).toBe("4");
    expect(report.ensemble.components.auc.data).not.toBeNull();
    expect(readFileSync(path("out/f.html"), "utf8")).toContain("How sure is that of the next training?");
    expect(readFileSync(path("out/f.md"), "utf8")).toMatch(/^# near.csv is nearest to the data/);
    const again = await run("fidelity", "real.csv", "near.csv", ...outputs);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("exists already")]);
  });

  it("fails where a condition holds", async () => {
    const gate = ["--quiet", "--fail-if"];
    expect((await run("fidelity", "real.csv", "far.csv", ...gate, "auc.high < 0.5")).code).toBe(1);
    expect((await run("fidelity", "real.csv", "near.csv", ...gate, "auc.high < 0.5")).code).toBe(0);
    const bad = await run("fidelity", "real.csv", "near.csv", ...gate, "fid <");
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining("expected a number")]);
  });

  it.each([
    [["real.csv"], "name at least one set of generated samples"],
    [["real.csv", "nowhere.csv"], "there is no such file"],
    [["real.csv", "real.csv"], ""],
    [["real.csv", "--members", "runs/1/samples.npy"], "an ensemble is several trainings"],
    [
      ["real.csv", "--members", "runs/*/samples.npy", "--datasets", "a,b"],
      "names 2 training sets, but there are 4",
    ],
    [["real.csv", "near.csv", "--k", "0"], "--k 0"],
    [["real.csv", "near.csv", "--pixels", "purple"], "Allowed choices"],
    [["real.csv", "pictures"], "there is no such file"],
  ])("%j: says what to repair", async (args, words) => {
    const { code, stdout, stderr } = await run("fidelity", ...args);
    if (words === "") expect(stdout).toContain("was one file named twice?");
    else expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe("images", () => {
  /** The mean of each colour over the image: three features. */
  const extractor = encodeModel({
    nodes: [
      { op: "GlobalAveragePool", inputs: ["image"], outputs: ["pooled"] },
      { op: "Flatten", inputs: ["pooled"], outputs: ["features"], attributes: { axis: 1 } },
    ],
    inputs: [{ name: "image", type: "float32", shape: ["batch", 3, 4, 4] }],
    outputs: [{ name: "features", type: "float32", shape: ["batch", 3] }],
    initializers: {},
  });

  async function images(name: string, count: number, red: number): Promise<void> {
    mkdirSync(path(name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const background = { r: red + (i % 7), g: 10 * (i % 5), b: 20 * (i % 3) };
      const image = sharp({ create: { width: 6, height: 5, channels: 3, background } });
      await (i % 2 ? image.jpeg({ quality: 100 }) : image.png()).toFile(
        path(`${name}/${i}.${i % 2 ? "jpg" : "png"}`),
      );
    }
  }

  beforeAll(async () => {
    writeFileSync(path("mean.onnx"), extractor);
    await images("photos", 40, 20);
    await images("made", 35, 200);
  });

  it("become features by a model", async () => {
    const { code, stdout, stderr } = await run(
      ...["fidelity", "photos", "made/", "--extractor", "mean.onnx", "--pixels", "bytes", "--json"],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect([report.reference.rows, report.reference.columns]).toEqual([40, 3]);
    expect(report.options.extractor).toBe("the model mean.onnx, pixels bytes");
    expect(report.generators[0].name).toBe("made");
    // The red channel alone is 180 apart.
    expect(Math.abs(report.generators[0].metrics.frechet.value / 180 ** 2 - 1)).toBeLessThan(0.05);
  });

  it("are refused without a model, broken, or with a model that takes none", async () => {
    expect((await run("fidelity", "photos", "made")).stderr).toMatch(/40 images, which need an ONNX model/);
    mkdirSync(path("broken"));
    writeFileSync(path("broken/1.png"), "no image");
    const broken = await run("fidelity", "broken", "made", "--extractor", "mean.onnx");
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("no whole PNG or JPEG")]);
    const flat = { type: "float32", shape: ["batch", 3] } as const;
    writeFileSync(
      path("flat.onnx"),
      encodeModel({
        nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }],
        inputs: [{ name: "x", ...flat }],
        outputs: [{ name: "y", ...flat }],
        initializers: {},
      }),
    );
    const none = await run("fidelity", "photos", "made", "--extractor", "flat.onnx");
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("images need four axes")]);
    expect(existsSync(path("flat.onnx"))).toBe(true);
  });

  it("are laid out as the model asks", () => {
    expect(layoutOf(["n", 3, 8, 9])).toEqual({ channels: 3, height: 8, width: 9, last: false });
    expect(layoutOf([1, 8, 9, 1])).toEqual({ channels: 1, height: 8, width: 9, last: true });
    expect(layoutOf(["n", 3, "h", "w"])).toBeNull();
    expect(layoutOf([1, 4, 8, 9])).toBeNull();
    const two = { channels: 3, height: 1, width: 2, last: false } as const;
    const bytes = Uint8Array.of(0, 51, 255, 102, 153, 204);
    const rounded = (values: Float32Array) => Array.from(values, (value) => Math.round(value * 100) / 100);
    expect(rounded(arranged(bytes, two, "unit"))).toEqual([0, 0.4, 0.2, 0.6, 1, 0.8]);
    expect(rounded(arranged(bytes, { ...two, last: true }, "signed"))).toEqual([-1, -0.6, 1, -0.2, 0.2, 0.6]);
    expect(rounded(arranged(bytes, two, "imagenet"))[0]).toBe(-2.12);
  });
});

describe("texts", () => {
  const random = createRandom(3);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random.uniform() * from.length)];
  const subjects = ["the cat", "my neighbour", "a small dog", "the teacher", "our friend", "an old man"];
  const verbs = ["saw", "liked", "found", "painted", "carried", "forgot", "wanted"];
  const objects = ["the house", "a red ball", "some bread", "the river", "two books", "a quiet song"];
  const times = ["yesterday", "at noon", "by chance", "after lunch", "on monday", "with joy", "again"];
  const clause = () => `${pick(subjects)} ${pick(verbs)} ${pick(objects)}`;
  const plain = () => `${clause()} ${pick(times)}, and ${clause()}.`;
  /** The same statements in another style. */
  const loud = () => `${plain().replace(".", "!!!").replaceAll("the ", "this amazing ")}`;
  const lines = (count: number, make: () => string) => Array.from({ length: count }, make);
  const write = (name: string, texts: readonly string[]) =>
    writeFileSync(path(name), `${texts.join("\n")}\n`);
  const ngrams = ["--embedder", "ngrams"];

  beforeAll(() => {
    write("real.txt", lines(240, plain));
    write("same.txt", lines(240, plain));
    write("loud.txt", [...lines(200, loud), "", "  "]);
    const rows = lines(60, plain);
    writeFileSync(
      path("said.csv"),
      `id,said,kind\n${rows.map((t, i) => `${i},"${t}",${"xy"[i % 2]}`).join("\n")}\n`,
    );
  });

  it("in another style are seen as such, and texts of one distribution are not", async () => {
    const { code, stdout, stderr } = await run(
      ...["fidelity", "real.txt", "loud.txt", "same.txt", ...ngrams, "--json"],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect([report.reference.rows, report.reference.columns]).toEqual([240, 256]);
    expect(report.options.extractor).toMatch(/^hashed n-grams/);
    expect(report.methods[0]).toMatchObject({ id: "features", text: expect.stringContaining("not meaning") });
    const [other, same] = report.generators;
    expect([other.rows, other.dropped]).toEqual([200, 2]);
    expect(report.guesses).toContain("2 empty lines of loud.txt left out.");
    expect(other.metrics.auc.interval[1]).toBeLessThan(other.metrics.auc.floor);
    expect(other.metrics.discriminability.pValue).toBeLessThan(1e-6);
    expect(same.metrics.discriminability.pValue).toBeGreaterThan(0.01);
    expect(Math.abs(same.metrics.auc.half - same.metrics.auc.floor)).toBeLessThan(0.1);
    expect(same.metrics.kernel.interval[0]).toBeLessThan(0);
  });

  it("get a verdict, and the report says what made the features, in every form", async () => {
    const found = await run("fidelity", "real.txt", "loud.txt", ...ngrams);
    expect([found.code, found.stderr]).toEqual([0, ""]);
    expect(found.stdout.split("\n")[1]).toMatch(/^✘ loud.txt: /);
    const { stdout } = await run("fidelity", "real.txt", "same.txt", ...ngrams);
    expect(stdout.split("\n")[1]).toMatch(/^✔ same.txt: /);
    expect(stdout.replace(/\s+/g, " ")).toContain("features: hashed n-grams (words, and runs");
    const { stdout: markdown } = await run("fidelity", "real.txt", "same.txt", ...ngrams, "--md");
    expect(markdown).toContain("- **Features.** hashed n-grams");
  });

  it("stand in a column, beside lines of another file, with classes", async () => {
    const { code, stdout, stderr } = await run(
      ...["fidelity", "said.csv", "same.txt", "--text", "said", ...ngrams, "--json", "--where", "id < 50"],
    );
    expect([code, stdout, stderr]).toEqual([
      2,
      "",
      expect.stringContaining("in which --where names nothing"),
    ]);
    const two = await run(
      "fidelity",
      "said.csv",
      "said.csv",
      "--text",
      "said",
      "--label",
      "kind",
      ...ngrams,
      "--json",
    );
    const report = JSON.parse(two.stdout);
    expect([report.generators[0].classes.length, report.warnings[0].code]).toEqual([2, "same-rows"]);
    const mixed = await run("fidelity", "said.csv", "same.txt", "--text", "said", ...ngrams, "--json");
    expect(JSON.parse(mixed.stdout).reference.rows).toBe(60);
  });

  it("go to a server, and its failure is the user's to repair", async () => {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const { input, model } = JSON.parse(body);
        response.writeHead(model === "counts" ? 200 : 404);
        const vector = (text: string) => ["a", "e", "!"].map((letter) => text.split(letter).length - 1);
        response.end(
          JSON.stringify({
            data: input.map((text: string, index: number) => ({ index, embedding: vector(text) })),
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const files = ["fidelity", "real.txt", "loud.txt", "--embedder", address, "--json", "--embedding-model"];
    const { code, stdout, stderr } = await run(...files, "counts");
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect([report.reference.columns, report.options.extractor]).toEqual([
      3,
      `the model counts at ${new URL(address).host}`,
    ]);
    const unknown = await run(...files, "other");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('no model "other"')]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("go through an ONNX model with its tokenizer", async () => {
    const marks = { version: "1.0", added_tokens: [], normalizer: null, post_processor: null, decoder: null };
    const letters = [..." abcdefghijklmnopqrstuvwxyz.!W"];
    const vocab = Object.fromEntries(["?", ...letters].map((letter, i) => [letter, i]));
    const model = { type: "BPE", vocab, merges: [], unk_token: "?", ignore_merges: false };
    writeFileSync(path("tokenizer.json"), JSON.stringify({ ...marks, pre_tokenizer: null, model }));
    writeFileSync(
      path("encoder.onnx"),
      encodeModel({
        nodes: [{ op: "Gather", inputs: ["table", "input_ids"], outputs: ["y"], attributes: { axis: 0 } }],
        inputs: ["input_ids", "attention_mask"].map((name) => ({
          name,
          type: "int64",
          shape: ["batch", "tokens"],
        })),
        outputs: [{ name: "y", type: "float32", shape: ["batch", "tokens", 2] }],
        initializers: {
          table: tensorData(
            "float32",
            [letters.length + 1, 2],
            ["?", ...letters].flatMap((letter) => [Number(letter === "a"), Number(letter === "!")]),
          ),
        },
      }),
    );
    const { code, stdout, stderr } = await run(
      ...["fidelity", "real.txt", "loud.txt", "--embedder", "encoder.onnx", "--tokenizer", "tokenizer.json"],
      ...["--max-tokens", "100", "--json"],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect([report.reference.columns, report.options.extractor]).toEqual([
      2,
      "the model encoder.onnx, 100 tokens at most",
    ]);
    expect(report.generators[0].metrics.precision.value).toBeLessThan(0.1);
  });

  it.each([
    [["real.txt", "same.txt"], "--embedder ngrams"],
    [["said.csv", "said.csv", "--text", "said"], "--embedder ngrams"],
    [["real.txt", "same.txt", "--embedder", "openai"], 'it is "ngrams", the address'],
    [["real.txt", "same.txt", "--embedder", "http://localhost:1/v1"], "needs --embedding-model NAME"],
    [["real.txt", "same.txt", "--embedder", "m.onnx"], "needs --tokenizer tokenizer.json"],
    [["real.txt", "same.txt", ...ngrams, "--tokenizer", "t.json"], "--tokenizer goes with an ONNX model"],
    [["real.txt", "same.txt", "--max-tokens", "9"], "--max-tokens goes with an ONNX model"],
    [["real.txt", "same.txt", ...ngrams, "--embedding-model", "m"], "goes with the address of a server"],
    [["real.txt", "same.txt", ...ngrams, "--extractor", "m.onnx"], "features of one kind"],
    [
      ["real.txt", "same.txt", "--embedder", "m.onnx", "--tokenizer", "t.json", "--max-tokens", "3"],
      "at least 8",
    ],
    [["real.txt", "same.txt", "--embedder", "m.onnx", "--tokenizer", "t.json"], "t.json: no such file"],
  ])("%j: says what to do", async (args, words) => {
    const { code, stderr } = await run("fidelity", ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
