import { mkdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { npyOf } from "./npy.test-support.js";
import { readFeatures } from "./readFeatures.js";
import { readMembers } from "./readMembers.js";

const folder = temporaryFolder();
const csv = folder.write("a.csv", "x,name,y,kind\n1,a,2,k\n3,b,4,l\n5,c,6,k\n");

describe("readFeatures", () => {
  it("takes the columns of numbers of a CSV file, and says what it left out", async () => {
    const found = await readFeatures(csv, { label: "kind" });
    expect(found.matrix).toEqual({ data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 3, columns: 2 });
    expect(found.columns).toEqual(["x", "y"]);
    expect(found.labels).toEqual(["k", "l", "k"]);
    expect(found.guesses).toEqual(['Features are 2 number columns; left out: "name" (--columns chooses).']);
  });

  it("takes the columns asked for, by pattern too, and rows by a filter", async () => {
    const file = folder.write("f.csv", "id,f_0,f_1\n7,1,2\n8,3,4\n");
    const { matrix, columns } = await readFeatures(file, { columns: ["f_*"], where: "id > 7" });
    expect([columns, Array.from(matrix.data)]).toEqual([
      ["f_0", "f_1"],
      [3, 4],
    ]);
  });

  it("reads Parquet, columns of lists too, and groups", async () => {
    const file = await folder.parquet(
      "e.parquet",
      "select i as id, [i, i + 0.5, -i]::float[] as embedding, i // 2 as page from range(4) t(i)",
    );
    const found = await readFeatures(file, { columns: ["embedding"], group: "page" });
    expect([found.matrix.rows, found.matrix.columns]).toEqual([4, 3]);
    expect(Array.from(found.matrix.data).slice(3, 6)).toEqual([1, 1.5, -1]);
    expect(found.groups).toEqual(["0", "0", "1", "1"]);
    expect((await readFeatures(file)).columns).toEqual(["embedding[0]", "embedding[1]", "embedding[2]"]);
  });

  it("reads embeddings in JSON Lines", async () => {
    const file = folder.write(
      "t.jsonl",
      '{"text": "one", "embedding": [0.1, 0.2]}\n{"text": "two", "embedding": [0.3, 0.4]}\n',
    );
    expect(Array.from((await readFeatures(file)).matrix.data)).toEqual([0.1, 0.2, 0.3, 0.4]);
  });

  it("counts and refuses rows that are not finite, or leaves them out", async () => {
    const gaps = folder.write("gaps.csv", "x,y,k\n1,2,a\n,4,b\n5,,c\n7,8,d\n");
    await expect(readFeatures(gaps, { label: "k" })).rejects.toThrow(
      /row 2, column "x": 2 of 4 rows hold NaN.*--drop-nan/,
    );
    const found = await readFeatures(gaps, { label: "k", dropNan: true });
    expect([found.dropped, found.labels, Array.from(found.matrix.data)]).toEqual([
      2,
      ["a", "d"],
      [1, 2, 7, 8],
    ]);
    const npy = folder.write(
      "nan.npy",
      npyOf([
        [1, Number.NaN],
        [Number.POSITIVE_INFINITY, 2],
      ]),
    );
    await expect(readFeatures(npy)).rejects.toThrow(/2 of 2 rows/);
    await expect(readFeatures(npy, { dropNan: true })).rejects.toThrow(/no row without NaN/);
  });

  it.each([
    [
      "a text column by name",
      csv,
      { columns: ["name"] },
      /holds varchar.*named by --text.*--embedder ngrams/,
    ],
    ["a misspelt column", csv, { columns: ["X2"] }, /no such column/],
    ["a pattern without columns", csv, { columns: ["q*"] }, /no column matches/],
    ["a column twice", csv, { columns: ["x", "x"] }, /named twice/],
    ["an unknown label", csv, { label: "kinds" }, /did you mean "kind"/],
    ["a filter that nothing passes", csv, { where: "x > 9" }, /no row satisfies/],
    ["no such file", folder.path("nowhere.npy"), {}, /no such file/],
    ["columns of an array", folder.write("b.npy", npyOf([[1, 2]])), { columns: ["x"] }, /names nothing/],
    ["an archive", folder.write("b.npz", "PK"), {}, /is an archive/],
  ])("refuses %s", async (_, file, options, words) => {
    await expect(readFeatures(file, options)).rejects.toThrow(words);
  });

  it("refuses text without an embedder, lists of different lengths, and folders", async () => {
    const texts = folder.write("words.csv", "text\nhello\nthere\n");
    await expect(readFeatures(texts)).rejects.toThrow(
      /no column of numbers, but texts in "text"\. .*--embedder ngrams/,
    );
    const ragged = folder.write("r.jsonl", '{"e": [1, 2]}\n{"e": [3]}\n');
    await expect(readFeatures(ragged)).rejects.toThrow(/a list of 1 numbers stands where 2/);
    mkdirSync(folder.path("images"));
    await expect(readFeatures(folder.path("images"))).rejects.toThrow(/without PNG or JPEG/);
    folder.write("images/b.png", "");
    folder.write("images/a.jpg", "");
    await expect(readFeatures(folder.path("images"))).rejects.toThrow(/2 images.*--extractor/);
    const seen: string[] = [];
    const images = async (files: readonly string[]) => {
      seen.push(...files);
      return { data: [1, 2], rows: 2, columns: 1 };
    };
    expect((await readFeatures(folder.path("images"), { images })).name).toBe("images");
    expect(seen.map((file) => file.slice(-5))).toEqual(["a.jpg", "b.png"]);
  });
});

describe("texts", () => {
  /** The length of each text, and what was asked. */
  function lengths() {
    const asked: string[][] = [];
    const texts = async (rows: readonly string[], onProgress?: (done: number, total: number) => void) => {
      asked.push([...rows]);
      onProgress?.(rows.length, rows.length);
      return { data: rows.map(({ length }) => length), rows: rows.length, columns: 1 };
    };
    return { texts, asked };
  }
  const table = folder.write(
    "reviews.csv",
    'id,stars,review,shop\n1,5,"good, and\nfast",a\n2,1,bad,b\n3,4,,a\n4,3,"  ",b\n5,2,fine,b\n',
  );

  it("are the lines of a .txt file; empty ones are counted, and said", async () => {
    const { texts, asked } = lengths();
    const file = folder.write("lines.txt", "\ufeffone, two\r\n\n three\n \t\nfür €😀\n\nlast");
    const found = await readFeatures(file, { texts, extractor: "lengths" });
    expect(asked).toEqual([["one, two", " three", "für €😀", "last"]]);
    expect([found.name, found.extractor, found.dropped, found.columns]).toEqual([
      "lines.txt",
      "lengths",
      3,
      null,
    ]);
    expect(found.guesses).toEqual(["3 empty lines of lines.txt left out."]);
    expect(Array.from(found.matrix.data)).toEqual([8, 6, 7, 4]);
  });

  it("are the same read from a packed file, from several, and across the chunks in which files are read", async () => {
    const { texts, asked } = lengths();
    const lines = Array.from({ length: 30_000 }, (_, i) => `€${i}`.repeat(1 + (i % 3)));
    folder.write("part-1.txt", `${lines.slice(0, 20_000).join("\n")}\n`);
    folder.write("part-2.txt.gz", gzipSync(lines.slice(20_000).join("\r\n")));
    const found = await readFeatures(folder.path("part-*.txt*"), { texts });
    expect([found.files.length, found.matrix.rows, found.extractor]).toEqual([2, 30_000, undefined]);
    expect(asked[0]).toEqual(lines);
  });

  it("are a column, with class, cluster and filter; empty cells are refused or left out", async () => {
    const { texts, asked } = lengths();
    const options = { texts, text: "review", label: "shop", group: "stars" };
    await expect(readFeatures(table, options)).rejects.toThrow(
      /row 3, column "review": 2 of 5 texts are empty.*--drop-nan/,
    );
    expect(asked).toEqual([]);
    const found = await readFeatures(table, { ...options, dropNan: true });
    expect(asked).toEqual([["good, and\nfast", "bad", "fine"]]);
    expect([found.labels, found.groups, found.dropped]).toEqual([["a", "b", "b"], ["5", "1", "2"], 2]);
    await readFeatures(table, { ...options, text: "Review", where: "stars < 3" });
    expect(asked[1]).toEqual(["bad", "fine"]);
    await readFeatures(table, { texts, text: "shop || '/' || id" });
    expect(asked[2]).toEqual(["a/1", "b/2", "a/3", "b/4", "b/5"]);
  });

  it("are found by name, or as the only texts, and never taken where columns of numbers are named", async () => {
    const { texts, asked } = lengths();
    const found = await readFeatures(table, { texts, where: "id < 3" });
    expect(found.guesses).toEqual(['Took column "review" as the text; --text names another.']);
    await readFeatures(table, { texts, label: "review", where: "id < 3" });
    expect(asked[1]).toEqual(["a", "b"]);
    const odd = folder.write("odd.jsonl", '{"a": "x", "b": "y", "n": 3}\n');
    await expect(readFeatures(odd, { texts })).rejects.toThrow(
      /name it with --text COLUMN. Columns: a, b and n/,
    );
    const numbers = await readFeatures(table, { texts, columns: ["stars"] });
    expect([numbers.columns, numbers.extractor]).toEqual([["stars"], undefined]);
    const parquet = await folder.parquet(
      "t.parquet",
      "select 'text ' || i as said, i as n from range(3) t(i)",
    );
    await readFeatures(parquet, { texts });
    expect(asked.at(-1)).toEqual(["text 0", "text 1", "text 2"]);
  });

  it("leave a .txt file a table where its columns are named", async () => {
    const file = folder.write("table.txt", "x,y\n1,2\n");
    expect(Array.from((await readFeatures(file, { columns: ["y"] })).matrix.data)).toEqual([2]);
  });

  it.each([
    ["a .txt file without an embedder", folder.write("t.txt", "a\n"), {}, /t.txt: .*--embedder ngrams/],
    ["a column without an embedder", table, { text: "review" }, /"review": .*--embedder ngrams/],
    ["an unknown column", table, { texts: lengths().texts, text: "reviews" }, /did you mean "review"/],
    ["columns of a .txt file", folder.path("t.txt"), { label: "x" }, /one text a line, in which --label/],
    ["empty lines", folder.write("e.txt", "\n \n"), { texts: lengths().texts }, /no line of text/],
    [
      "no text",
      table,
      { texts: lengths().texts, text: "review", where: "id in (3, 4)", dropNan: true },
      /no text/,
    ],
    [
      "other encodings",
      folder.write("latin.txt", Uint8Array.of(0x66, 0xfc, 0x72)),
      { texts: lengths().texts },
      /not UTF-8/,
    ],
    ["no such file", folder.path("nowhere.txt"), { texts: lengths().texts }, /no such file/],
  ])("are refused: %s", async (_, file, options, words) => {
    await expect(readFeatures(file, options)).rejects.toThrow(words);
  });
});

describe("readMembers", () => {
  it("names models by what tells their paths apart", async () => {
    for (const seed of [1, 2]) {
      mkdirSync(folder.path(`runs/${seed}/out`), { recursive: true });
      folder.write(`runs/${seed}/out/samples.npy`, npyOf([[seed]]));
    }
    const found = await readMembers([folder.path("runs/*/out/samples.npy")]);
    expect(found.map(({ name, matrix }) => [name, matrix.data[0]])).toEqual([
      ["1", 1],
      ["2", 2],
    ]);
    await expect(readMembers([folder.path("walks/*.npy")])).rejects.toThrow(/no file matches/);
  });
});
