import { readFileSync } from "node:fs";
import type { FeatureOptions, FeatureSet } from "@credence/report";

type Matrix = FeatureSet["matrix"];

/** What a model needs of its data. */
export interface DataNeeds {
  /** Rows of numbers, lines of text, or a series in time. */
  readonly data: "rows" | "text" | "series";
  /** Whether it takes a class for each row. */
  readonly label: "never" | "may" | "must";
}

/** What a model is trained on, in the shape it asks for. */
export interface TrainingData {
  readonly count: number;
  /** What a reader of samples needs to know of the data. */
  readonly description: DataDescription;
  rows(): { matrix: Matrix; labels: Int32Array | null; classes: readonly string[] | null };
  table(): { [column: string]: ArrayLike<number | string> };
  text(): { lines: readonly string[]; pairs: readonly { source: string; target: string }[] | null };
  series(): { values: ArrayLike<number>; covariates?: Matrix };
}

/** What stands beside a trained model, so that samples get the names of the data. */
export interface DataDescription {
  readonly columns: readonly string[] | null;
  readonly label: string | null;
  readonly classes: readonly string[] | null;
}

/** How data are read. */
export interface DataFlags extends Pick<FeatureOptions, "label" | "where" | "dropNan"> {
  columns?: string[];
  /** The column to forecast; the others are known beforehand. */
  target?: string;
}

/**
 * Reads what a model is trained on.
 * @throws InputError for what cannot be used.
 */
export async function readTrainingData(
  file: string,
  needs: DataNeeds,
  flags: DataFlags,
): Promise<TrainingData> {
  const { InputError, readFeatures } = await import("@credence/report");
  const refuse = (words: string) => new InputError("invalid-option", words, { file });
  if (needs.label === "must" && flags.label === undefined)
    throw refuse("needs --label COLUMN, the class of each row.");
  if (needs.label === "never" && flags.label !== undefined)
    throw refuse("--label names a class of each row, which this model does not take.");
  if ((needs.data === "series") !== (flags.target !== undefined))
    throw refuse(
      needs.data === "series"
        ? "needs --target COLUMN, the values to forecast; other columns are what is known beforehand."
        : "--target is for a forecaster.",
    );
  if (needs.data === "text") return textData(file, InputError);

  const { matrix, columns, labels: names } = await readFeatures(file, flags);
  const classes = names && [...new Set(names)].sort();
  if (classes && classes.length < 2)
    throw new InputError("invalid-option", `holds one class alone, ${JSON.stringify(classes[0])}.`, {
      file,
      column: flags.label,
    });
  const codes = new Map(classes?.map((name, code) => [name, code]));
  const labels = names && Int32Array.from(names, (name) => codes.get(name) as number);
  const header = columns ?? Array.from({ length: matrix.columns }, (_, j) => `x${j + 1}`);
  const column = (j: number) =>
    Float64Array.from({ length: matrix.rows }, (_, i) => matrix.data[i * matrix.columns + j]);
  const never = (): never => {
    throw new Error("the data are not of this shape");
  };
  return {
    count: matrix.rows,
    description: { columns: header, label: flags.label ?? null, classes },
    rows: () => ({ matrix, labels, classes }),
    table: () => ({
      ...Object.fromEntries(header.map((name, j) => [name, column(j)])),
      ...(names && { [flags.label as string]: names }),
    }),
    text: never,
    series() {
      const at = header.indexOf(flags.target as string);
      if (at < 0)
        throw new InputError("missing-column", `has no column of numbers ${JSON.stringify(flags.target)}.`, {
          file,
        });
      const others = header.map((_, j) => j).filter((j) => j !== at);
      const data = Float64Array.from({ length: matrix.rows * others.length }, (_, i) => {
        const [row, j] = [Math.floor(i / others.length), others[i % others.length]];
        return matrix.data[row * matrix.columns + j];
      });
      const covariates =
        others.length > 0 ? { covariates: { data, rows: matrix.rows, columns: others.length } } : {};
      return { values: column(at), ...covariates };
    },
  };
}

/** One sequence a line; where every line has a tab, what stands before it is the source. */
function textData(file: string, InputError: typeof import("@credence/report").InputError): TrainingData {
  const lines = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "");
  if (lines.length === 0) throw new InputError("no-rows", "has no line of text.", { file });
  const parts = lines.map((line) => line.split("\t"));
  const odd = parts.findIndex((cells) => cells.length !== parts[0].length || cells.length > 2);
  if (odd >= 0)
    throw new InputError(
      "broken-file",
      "lines hold one sequence each, or all of them a source, a tab, and a target.",
      { file, row: odd + 1 },
    );
  const pairs = parts[0].length === 2 ? parts.map(([source, target]) => ({ source, target })) : null;
  const never = (): never => {
    throw new Error("the data are not of this shape");
  };
  return {
    count: lines.length,
    description: { columns: null, label: null, classes: null },
    rows: never,
    table: never,
    series: never,
    text: () => ({ lines, pairs }),
  };
}
