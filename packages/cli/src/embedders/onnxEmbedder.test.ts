import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeModel, type OnnxModel, tensorData } from "@credence/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { onnxEmbedder } from "./onnxEmbedder.js";
import { readTokenizer } from "./tokenizer.js";

const folder = mkdtempSync(join(tmpdir(), "credence-embedder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "cat", "sat", "mat", "##s", "."];
const id = (token: string) => VOCABULARY.indexOf(token);
const mark = (token: string) => ({
  id: id(token),
  content: token,
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
});
/** As BERT's: lower case, words and punctuation, pieces of words, [CLS] before and [SEP] behind. */
const description = {
  version: "1.0",
  added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(mark),
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [],
    special_tokens: Object.fromEntries(
      ["[CLS]", "[SEP]"].map((token) => [token, { id: token, ids: [id(token)], tokens: [token] }]),
    ),
  },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((token, i) => [token, i])),
  },
};
const tokenizer = write("tokenizer.json", JSON.stringify(description));

const WIDTH = 3;
const table = VOCABULARY.flatMap((_, i) => [i, i * i, Math.sin(i)]);
const ids = { type: "int64", shape: ["batch", "tokens"] } as const;
const names = ["input_ids", "attention_mask", "token_type_ids"];

/** A model that looks every token up in a table: batch × tokens × width. */
const lookUp = (inputs: readonly string[], change: Partial<OnnxModel> = {}) =>
  encodeModel({
    nodes: [{ op: "Gather", inputs: ["table", "input_ids"], outputs: ["hidden"], attributes: { axis: 0 } }],
    inputs: inputs.map((name) => ({ name, ...ids })),
    outputs: [{ name: "hidden", type: "float32", shape: ["batch", "tokens", WIDTH] }],
    initializers: { table: tensorData("float32", [VOCABULARY.length, WIDTH], table) },
    ...change,
  });
const model = write("encoder.onnx", lookUp(names));

/** The mean of the rows of the table. */
const obviously = (tokens: readonly string[]) =>
  [0, 1, 2].map((j) => tokens.reduce((sum, token) => sum + table[id(token) * WIDTH + j], 0) / tokens.length);
const close = (found: ArrayLike<number>, expected: readonly number[]) => {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 4);
  });
};

async function embed(file: string, texts: readonly string[], maxTokens = 256) {
  const embedder = await onnxEmbedder(file, { tokenizer, maxTokens });
  try {
    return await embedder.read(texts);
  } finally {
    await embedder.close();
  }
}

const TEXTS: readonly [string, readonly string[]][] = [
  ["A cat sat.", ["[CLS]", "a", "cat", "sat", ".", "[SEP]"]],
  ["cats", ["[CLS]", "cat", "##s", "[SEP]"]],
  ["a dog on a mat", ["[CLS]", "a", "[UNK]", "[UNK]", "a", "mat", "[SEP]"]],
];

describe("onnxEmbedder", () => {
  it("averages over the tokens of each text, in batches of different lengths", async () => {
    const many = Array.from({ length: 70 }, (_, i) => TEXTS[i % (i < 40 ? 3 : 2)]);
    const embedder = await onnxEmbedder(model, { tokenizer, maxTokens: 256 });
    const seen: number[] = [];
    const { data, rows, columns } = await embedder.read(
      many.map(([text]) => text),
      (done) => seen.push(done),
    );
    await embedder.close();
    expect([rows, columns, seen, embedder.name]).toEqual([
      70,
      WIDTH,
      [32, 64, 70],
      "the model encoder.onnx, 256 tokens at most",
    ]);
    close(
      data,
      many.flatMap(([, tokens]) => obviously(tokens)),
    );
  });

  it("keeps the first tokens of a long text, and the mark that closes it", async () => {
    const long = `a cat sat. ${"mat ".repeat(50)}`;
    const kept = ["[CLS]", "a", "cat", "sat", ".", "mat", "mat", "[SEP]"];
    close((await embed(model, [long], 8)).data, obviously(kept));
  });

  it("pads with zeros where the mask is 0, and takes an output of two axes as it is", async () => {
    const sum = (name: string) => ({
      op: "ReduceSum",
      inputs: [`${name}_f`, "axis"],
      outputs: [`${name}_s`],
    });
    const cast = (name: string) => ({
      op: "Cast",
      inputs: [name],
      outputs: [`${name}_f`],
      attributes: { to: 1 },
    });
    const sums = encodeModel({
      nodes: [
        ...names.map(cast),
        ...names.map(sum),
        {
          op: "Concat",
          inputs: names.map((name) => `${name}_s`),
          outputs: ["sentence_embedding"],
          attributes: { axis: 1 },
        },
      ],
      inputs: names.map((name) => ({ name, ...ids })),
      outputs: [
        { name: "input_ids_f", type: "float32", shape: ["batch", "tokens"] },
        { name: "sentence_embedding", type: "float32", shape: ["batch", 3] },
      ],
      initializers: { axis: tensorData("int64", [1], [1]) },
    });
    const found = await embed(
      write("sums.onnx", sums),
      TEXTS.map(([text]) => text),
    );
    close(
      found.data,
      TEXTS.flatMap(([, tokens]) => [
        tokens.reduce((total, token) => total + id(token), 0),
        tokens.length,
        0,
      ]),
    );
  });

  it("gives a model without a mask one text at a time, so that none is padded", async () => {
    const averaging = lookUp(["input_ids"], {
      nodes: [
        { op: "Gather", inputs: ["table", "input_ids"], outputs: ["hidden"], attributes: { axis: 0 } },
        { op: "ReduceMean", inputs: ["hidden", "axis"], outputs: ["mean"], attributes: { keepdims: 0 } },
      ],
      outputs: [{ name: "mean", type: "float32", shape: ["batch", WIDTH] }],
      initializers: {
        table: tensorData("float32", [VOCABULARY.length, WIDTH], table),
        axis: tensorData("int64", [1], [1]),
      },
    });
    const found = await embed(
      write("mean.onnx", averaging),
      TEXTS.map(([text]) => text),
    );
    close(
      found.data,
      TEXTS.flatMap(([, tokens]) => obviously(tokens)),
    );
  });

  it("reads half precision", async () => {
    const half = lookUp(["input_ids", "attention_mask"], {
      nodes: [
        { op: "Gather", inputs: ["table", "input_ids"], outputs: ["wide"], attributes: { axis: 0 } },
        { op: "Cast", inputs: ["wide"], outputs: ["hidden"], attributes: { to: 10 } },
      ],
      outputs: [{ name: "hidden", type: "float16", shape: ["batch", "tokens", WIDTH] }],
    });
    const { data } = await embed(write("half.onnx", half), [TEXTS[0][0]]);
    obviously(TEXTS[0][1]).forEach((value, j) => {
      expect(Math.abs(data[j] - value)).toBeLessThan(0.02);
    });
  });

  it.each([
    [
      "a model that takes something else",
      lookUp([...names, "position_ids"]),
      /its inputs are .*position_ids/,
    ],
    [
      "an output of one axis",
      lookUp(["input_ids"], {
        nodes: [
          { op: "Size", inputs: ["input_ids"], outputs: ["size"] },
          { op: "Cast", inputs: ["size"], outputs: ["whole"], attributes: { to: 1 } },
          { op: "Reshape", inputs: ["whole", "one"], outputs: ["hidden"] },
        ],
        outputs: [{ name: "hidden", type: "float32", shape: [1] }],
        initializers: { one: tensorData("int64", [1], [1]) },
      }),
      /its output "hidden" is 1 for 1 texts of 4 tokens/,
    ],
    [
      "an output of whole numbers",
      lookUp(["input_ids"], {
        nodes: [{ op: "Identity", inputs: ["input_ids"], outputs: ["hidden"] }],
        outputs: [{ name: "hidden", type: "int64", shape: ["batch", "tokens"] }],
      }),
      /its output "hidden" holds int64/,
    ],
    ["no model", new Uint8Array([1, 2, 3]), /protobuf|ModelProto|parsing/i],
  ])("refuses %s", async (_, bytes, words) => {
    await expect(embed(write("odd.onnx", bytes), ["cats"])).rejects.toThrow(words);
  });
});

describe("readTokenizer", () => {
  it.each([
    ["no JSON", "{"],
    ["another object", "{}"],
    ["an unknown model", JSON.stringify({ ...description, model: { type: "Other" } })],
  ])("refuses %s", async (name, content) => {
    const file = write(`${name}.json`, content);
    await expect(readTokenizer(file, 8)).rejects.toThrow(
      expect.objectContaining({ code: "broken-file", message: expect.stringContaining("no tokenizer.json") }),
    );
  });

  it("refuses a word that has no number", async () => {
    const words = { type: "WordLevel", vocab: description.model.vocab };
    const encode = await readTokenizer(
      write("words.json", JSON.stringify({ ...description, model: words })),
      8,
    );
    expect(encode("a cat")).toEqual(["[CLS]", "a", "cat", "[SEP]"].map(id));
    expect(() => encode("a dog")).toThrow(/has no number for a word of "a dog"/);
  });

  it("without marks keeps the first tokens alone", async () => {
    const plain = write("plain.json", JSON.stringify({ ...description, post_processor: null }));
    const encode = await readTokenizer(plain, 8);
    expect(encode("a cat sat ".repeat(9))).toEqual(
      ["a", "cat", "sat", "a", "cat", "sat", "a", "cat"].map(id),
    );
    await expect(readTokenizer(join(folder, "nowhere.json"), 8)).rejects.toThrow(/ENOENT/);
  });
});
