import { mkdirSync } from "node:fs";
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
    ["a text column by name", csv, { columns: ["name"] }, /holds varchar.*embeddings/],
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

  it("refuses text without embeddings, lists of different lengths, and folders", async () => {
    const texts = folder.write("words.csv", "text\nhello\nthere\n");
    await expect(readFeatures(texts)).rejects.toThrow(/no column of numbers. Text needs embeddings/);
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
