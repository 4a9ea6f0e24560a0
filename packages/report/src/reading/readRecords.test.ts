import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { InputError } from "./inputError.js";
import { type ReadOptions, readRecords } from "./readRecords.js";
import type { Records } from "./records.js";

const folder = temporaryFolder();

async function refusal(files: string | string[], options: ReadOptions = {}): Promise<InputError> {
  const error: unknown = await readRecords([files].flat(), options).catch((found: unknown) => found);
  if (!(error instanceof InputError)) throw new Error(`no InputError, but ${String(error)}`);
  return error;
}

const columns = ({ confidences, outcomes }: Records) => [[...confidences], [...outcomes]];

describe("formats", () => {
  const csv = "confidence,correct,page\n0.9,true,a\n,false,a\n0.25,0,b\n0.5,,b\n";
  const expected = [
    [0.9, 0.25],
    [1, 0],
  ];

  it("reads CSV, and counts rows without a confidence or an outcome apart", async () => {
    const records = await readRecords([folder.write("a.csv", csv)], { group: "page" });
    expect(columns(records)).toEqual(expected);
    expect(records).toMatchObject({ n: 2, missing: 1, unlabelled: 1 });
    expect(records.group).toEqual({ name: "page", codes: Int32Array.of(0, 1), count: 2 });
    expect(records.origin.guesses).toHaveLength(2);
  });

  it("reads what Excel writes: BOM, semicolons, quotes, CRLF, line breaks in cells", async () => {
    const text = '\ufeff"the ""score""";correct;note\r\n0.9;TRUE;"two\r\nlines; one cell"\r\n0.25;FALSE;\r\n';
    const records = await readRecords([folder.write("excel.csv", text)], { confidence: 'the "score"' });
    expect(columns(records)).toEqual(expected);
  });

  it("reads packed files, tabs, and files whose names hold quotes and brackets", async () => {
    expect(columns(await readRecords([folder.write("a.csv.gz", gzipSync(csv))]))).toEqual(expected);
    const tsv = folder.write("it's [1].tsv", csv.replaceAll(",", "\t"));
    expect(columns(await readRecords([tsv]))).toEqual(expected);
  });

  it("reads JSON Lines and a JSON array", async () => {
    const rows = [
      { confidence: 0.9, correct: true },
      { confidence: null, correct: false },
      { confidence: 0.25, correct: 0 },
    ];
    const lines = folder.write("a.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    const array = folder.write("a.json", JSON.stringify(rows));
    for (const file of [lines, array]) {
      const records = await readRecords([file]);
      expect(columns(records)).toEqual(expected);
      expect(records.missing).toBe(1);
    }
  });

  it("reads Parquet of single precision, decimals and integers", async () => {
    const file = await folder.parquet(
      "a.parquet",
      "select * from (values (0.5::float, 1::tinyint, 7), (0.25, 0, 8), (null, 1, 8)) t(confidence, correct, page)",
    );
    const records = await readRecords([file], { group: "page" });
    expect(columns(records)).toEqual([
      [0.5, 0.25],
      [1, 0],
    ]);
    expect(records.missing).toBe(1);
    expect(records.group?.count).toBe(2);
  });

  it("reads patterns and several files, in order", async () => {
    folder.write("part-1.csv", "confidence,correct\n0.1,0\n");
    folder.write("part-2.csv", "confidence,correct\n0.2,1\n");
    expect(columns(await readRecords([folder.path("part-*.csv")]))).toEqual([
      [0.1, 0.2],
      [0, 1],
    ]);
  });

  it.each(["csv", "parquet", "jsonl"])(
    "keeps the order of many %s files read by several threads",
    async (format) => {
      const sizes = [1, 40, 3000, 1, 40, 20_000, 1, 40, 3000];
      const expected: number[] = [];
      const files: string[] = [];
      for (const [k, size] of sizes.entries()) {
        const rows = Array.from({ length: size }, (_, i) => (expected.length + i) / 1e6);
        expected.push(...rows);
        const name = `many-${k}.${format}`;
        const first = rows[0];
        if (format === "parquet")
          files.push(
            await folder.parquet(
              name,
              `select (${Math.round(first * 1e6)} + i) / 1e6 as confidence, 1 as correct from range(${size}) t(i)`,
            ),
          );
        else if (format === "csv")
          files.push(folder.write(name, `confidence,correct\n${rows.map((row) => `${row},1\n`).join("")}`));
        else
          files.push(
            folder.write(
              name,
              rows.map((row) => `${JSON.stringify({ confidence: row, correct: 1 })}\n`).join(""),
            ),
          );
      }
      for (let again = 0; again < 5; again++) {
        const { confidences } = await readRecords(files, { threads: 4 });
        expect(confidences).toEqual(Float64Array.from(expected));
      }
    },
  );

  it("keeps the order of rows in every format, however files end", async () => {
    const n = 3000;
    const rows = Array.from({ length: n }, (_, i) => ({ confidence: i / n, correct: i % 2 }));
    const lines = rows.map((row) => JSON.stringify(row)).join("\n");
    const table = `confidence,correct\n${rows.map((row) => `${row.confidence},${row.correct}`).join("\n")}`;
    const files = [
      folder.write("order.jsonl", lines),
      folder.write("order-end.jsonl", `${lines}\n`),
      folder.write("order.jsonl.gz", gzipSync(lines)),
      folder.write("order.json", JSON.stringify(rows)),
      folder.write("order.csv", table),
      await folder.parquet(
        "order.parquet",
        `select i / ${n} as confidence, i % 2 as correct from range(${n}) t(i)`,
      ),
    ];
    for (const file of files)
      for (let again = 0; again < 5; again++) {
        const { confidences } = await readRecords([file], { threads: 2 });
        expect(confidences).toEqual(Float64Array.from(rows, (row) => row.confidence));
      }
  });

  it("slices by columns and by expressions, most frequent value first", async () => {
    const file = folder.write("s.csv", "confidence,correct,px\n0.1,0,10\n0.2,1,20\n0.3,1,30\n");
    const { slices } = await readRecords([file], { by: ["px > 15", "px"] });
    expect(slices[0]).toEqual({
      name: "px > 15",
      codes: Int32Array.of(1, 0, 0),
      count: 2,
      labels: ["true", "false"],
    });
    expect(slices[1].labels).toEqual(["10", "20", "30"]);
  });

  it("filters rows, also by the confidence itself", async () => {
    const file = folder.write("w.csv", "confidence,correct,px\n0.1,0,10\n0.2,1,20\n0.3,1,30\n");
    const records = await readRecords([file], { where: "px >= 20 and confidence < 0.25 -- a comment" });
    expect([...records.confidences]).toEqual([0.2]);
  });

  it("takes an SQL expression for the confidence", async () => {
    const file = folder.write("pct.csv", "score,correct\n90,1\n25,0\n");
    expect(columns(await readRecords([file], { confidence: "score / 100" }))).toEqual(expected);
  });

  it("finds a column whatever its case, and says so", async () => {
    const file = folder.write("case.csv", "Confidence,CORRECT\n0.9,1\n");
    const { origin } = await readRecords([file], { confidence: "confidence" });
    expect(origin.guesses[0]).toBe('Took column "Confidence" for "confidence".');
  });
});

describe("any CSV", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", '"', ",", ";", "\n", "\r\n", "ä", " ", "\t", "1"),
    maxLength: 6,
  });
  const row = fc.record({
    p: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    y: fc.boolean(),
    note: cell,
  });

  it("comes out as it went in, whatever stands in other cells and however lines end", async () => {
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    let k = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom("\n", "\r\n"),
        async (rows, delimiter, end) => {
          const lines = [
            ["note", "confidence", "correct"],
            ...rows.map(({ p, y, note }) => [quote(note), p === null ? "" : String(p), String(y)]),
          ].map((cells) => cells.join(delimiter));
          const file = folder.write(`any-${k++}.csv`, lines.join(end) + end);
          const scored = rows.filter(({ p }) => p !== null);
          if (scored.length === 0) {
            expect((await refusal(file)).code).toBe("no-rows");
            return;
          }
          const records = await readRecords([file], { threads: 1 });
          // Negative zero is not worth keeping.
          expect([...records.confidences].map((p) => p + 0)).toEqual(
            scored.map(({ p }) => (p as number) + 0),
          );
          expect([...records.outcomes]).toEqual(scored.map(({ y }) => Number(y)));
          expect(records.missing).toBe(rows.length - scored.length);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("names the line and the row of a bad cell, whatever stands above it", async () => {
    let k = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { maxLength: 8 }),
        fc.constantFrom("\n", "\r\n"),
        async (notes, end) => {
          const quoted = notes.map((note) => `"${note.replaceAll('"', '""')}",0.5,1`);
          const above = ["note,confidence,correct", ...quoted].join(end) + end;
          const file = folder.write(`bad-${k++}.csv`, `${above}x,nonsense,1${end}y,0.5,1${end}`);
          const { place } = await refusal(file, { threads: 1 });
          expect(place).toMatchObject({
            row: notes.length + 1,
            line: above.split("\n").length,
            value: "nonsense",
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("bad input", () => {
  it("a missing column, with the nearest name", async () => {
    const file = folder.write("m.csv", "confidence,correct\n0.9,1\n");
    const error = await refusal(file, { confidence: "confidnce" });
    expect(error.code).toBe("missing-column");
    expect(error.message).toContain('did you mean "confidence"?');
    expect((await refusal(file, { by: ["confidnce > 0.5"] })).message).toContain(
      'did you mean "confidence"?',
    );
    expect((await refusal(file, { group: "page" })).place.column).toBe("page");
  });

  it("no column to guess", async () => {
    expect((await refusal(folder.write("g.csv", "a,b\n1,2\n"))).message).toContain("Columns: a, b.");
  });

  it("a non-numeric cell, with line, row, column and value", async () => {
    const error = await refusal(folder.write("n.csv", "correct,confidence\n1,0.5\n\n0,n/a\n"));
    expect(error.code).toBe("not-a-number");
    expect(error.place).toMatchObject({ line: 4, row: 2, column: "confidence", value: "n/a" });
    expect(error.message).toContain('line 4 (row 2), column "confidence": "n/a" is not a number');
  });

  it("NaN in CSV, JSON Lines and Parquet", async () => {
    const files = [
      folder.write("nan.csv", "confidence,correct\n0.5,1\nNaN,1\n"),
      folder.write("nan.jsonl", '{"confidence":0.5,"correct":1}\n{"confidence":NaN,"correct":1}\n'),
      await folder.parquet(
        "nan.parquet",
        "select unnest([0.5, 'nan'::double]) as confidence, true as correct",
      ),
    ];
    for (const file of files) {
      const error = await refusal(file);
      expect(error.code).toBe("not-a-number");
      expect(error.place.row).toBe(2);
      expect(error.message).toContain("NaN");
    }
  });

  it("a confidence of 1.2, percentages, logits", async () => {
    const over = await refusal(folder.write("over.csv", "confidence,correct\n0.5,1\n1.2,1\n"));
    expect(over.code).toBe("not-a-probability");
    expect(over.place).toMatchObject({ row: 2, line: 3, column: "confidence", value: 1.2 });
    const percent = await refusal(folder.write("percent.csv", "confidence,correct\n55,1\n98,1\n"));
    expect(percent.message).toContain("--confidence '\"confidence\" / 100'");
    const logit = await refusal(folder.write("logit.csv", "confidence,correct\n0.5,1\n-3,1\n"));
    expect(logit.message).toContain("logits");
  });

  it("infinite confidences", async () => {
    expect((await refusal(folder.write("inf.csv", "confidence,correct\ninf,1\n"))).code).toBe(
      "not-a-probability",
    );
  });

  it("names the row that belongs to no group", async () => {
    const file = folder.write("groupless.csv", "confidence,correct,page\n0.5,1,a\n0.5,0,\n");
    const error = await refusal(file, { group: "page" });
    expect(error).toMatchObject({ code: "missing-group", place: { row: 2, line: 3, column: "page" } });
  });

  it("outcomes that are not binary", async () => {
    const error = await refusal(folder.write("o.csv", "confidence,correct\n0.5,maybe\n"));
    expect(error.code).toBe("not-binary");
    expect(error.place).toMatchObject({ row: 1, column: "correct", value: "maybe" });
    const two = await folder.parquet("two.parquet", "select 0.5 as confidence, 2 as correct");
    expect((await refusal(two)).place).toMatchObject({ row: 1, value: "2" });
  });

  it("a row without a group", async () => {
    const file = await folder.parquet(
      "group.parquet",
      "select 0.5 as confidence, true as correct, unnest(['a', null]) as page",
    );
    expect((await refusal(file, { group: "page" })).place).toMatchObject({ row: 2, column: "page" });
  });

  it("zero rows: an empty file, only a header, nothing scored, nothing left by the filter", async () => {
    const header = folder.write("header.csv", "confidence,correct\n");
    const texts = [folder.write("empty.csv", ""), folder.write("empty.jsonl", ""), header];
    for (const file of texts) expect((await refusal(file)).code).toBe("no-rows");
    const unscored = folder.write("unscored.csv", "confidence,correct\n,1\n0.5,\n");
    expect((await refusal(unscored)).message).toContain("1 without a confidence, 1 without an outcome");
    const all = folder.write("all.csv", "confidence,correct\n0.5,1\n");
    expect((await refusal(all, { where: "confidence > 2" })).message).toContain("--where");
  });

  it("one row is enough to read", async () => {
    expect((await readRecords([folder.write("one.csv", "confidence,correct\n0.5,1\n")])).n).toBe(1);
  });

  it("a folder, a file that is not there, a pattern that matches nothing, the same file twice", async () => {
    expect((await refusal(folder.path(""))).code).toBe("is-a-directory");
    folder.write("there.csv", "confidence,correct\n0.5,1\n");
    expect((await refusal(folder.path("thre.csv"))).message).toContain('did you mean "there.csv"?');
    expect((await refusal(folder.path("*.nothing"))).code).toBe("no-such-file");
    expect((await refusal([folder.path("there.csv"), folder.path("there*.csv")])).code).toBe(
      "invalid-option",
    );
  });

  it("formats that cannot be told, or are mixed", async () => {
    expect((await refusal(folder.write("data.bin", "\u0001\u0002"))).code).toBe("unknown-format");
    const jsonl = folder.write("mixed.jsonl", '{"confidence":0.5,"correct":1}\n');
    expect((await refusal([folder.write("mixed.csv", "confidence,correct\n1,1\n"), jsonl])).code).toBe(
      "mixed-formats",
    );
  });

  it("broken Parquet: nonsense, and one that was cut off", async () => {
    expect(
      (await refusal(folder.write("broken.parquet", "PAR1 nonsense that is long enough PAR2"))).code,
    ).toBe("broken-file");
    expect((await refusal(folder.write("cut.parquet", "PAR1"))).code).toBe("broken-file");
  });

  it("broken JSON Lines: the line is named", async () => {
    const error = await refusal(
      folder.write("broken.jsonl", '{"confidence":0.5,"correct":1}\n{"confidence":0.5,\n'),
    );
    expect(error.code).toBe("broken-file");
    expect(error.place.line).toBe(2);
    expect((await refusal(folder.write("numbers.jsonl", "1\n2\n"))).code).toBe("broken-file");
  });

  it("broken CSV: too few cells, too many, a quote that stays open", async () => {
    const few = await refusal(folder.write("few.csv", "confidence,correct\n0.5,1\n0.5\n"));
    expect(few.code).toBe("broken-file");
    expect(few.place.line).toBe(3);
    const many = await refusal(folder.write("many.csv", "confidence,correct\n0.5,1,2\n"));
    expect(many.message).toContain("3, not 2");
    const open = await refusal(folder.write("open.csv", 'confidence,correct,note\n0.5,1,"a\n0.6,0,b\n'));
    expect(open.code).toBe("broken-file");
  });

  it("packed files that were cut off", async () => {
    const packed = gzipSync(`confidence,correct\n${"0.5,1\n".repeat(5000)}`);
    expect((await refusal(folder.write("cut.csv.gz", packed.subarray(0, 60)))).code).toBe("broken-file");
  });

  it("text that is not UTF-8", async () => {
    const latin = Buffer.from("confidence,correct,note\n0.5,1,\xe9\n", "latin1");
    expect((await refusal(folder.write("latin.csv", latin))).code).toBe("not-utf8");
    const wide = Buffer.from("\ufeffconfidence,correct\n0.5,1\n", "utf16le");
    expect((await refusal(folder.write("wide.csv", wide))).code).toBe("not-utf8");
  });

  it("duplicate column names, where they matter", async () => {
    const file = folder.write("twice.csv", "confidence,correct,confidence,note,note\n0.5,1,0.7,a,b\n");
    const error = await refusal(file);
    expect(error.code).toBe("duplicate-column");
    expect(error.place).toMatchObject({ line: 1, column: "confidence" });
    const harmless = folder.write("harmless.csv", "confidence,correct,note,note\n0.5,1,a,b\n");
    expect((await readRecords([harmless])).n).toBe(1);
  });

  it("files with different headers", async () => {
    const a = folder.write("h1.csv", "confidence,correct\n0.5,1\n");
    const b = folder.write("h2.csv", "correct,confidence\n1,0.5\n");
    expect((await refusal([a, b])).place.file).toBe(b);
  });

  it("too many slices", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `0.5,1,w${i}`).join("\n");
    const error = await refusal(folder.write("slices.csv", `confidence,correct,word\n${rows}\n`), {
      by: ["word"],
    });
    expect(error.code).toBe("too-many-values");
  });

  it("expressions that DuckDB cannot read, and ones that reach for other files", async () => {
    const file = folder.write("e.csv", "confidence,correct\n0.5,1\n");
    const secret = folder.write("secret.csv", "a\n1\n");
    for (const where of [
      "a >",
      "true; drop table x",
      "true) or (1 = 1",
      `(select count(*) from '${secret}') > 0`,
    ])
      expect((await refusal(file, { where })).code).toBe("invalid-expression");
  });
});
