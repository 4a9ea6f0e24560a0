import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Matrix } from "credence/numeric";
import { InputError } from "../reading/inputError.js";
import { formatCount } from "../words/format.js";
import type { FeatureOptions, FeatureSet, TextSet } from "./features.js";
import { matchingFiles } from "./matchingFiles.js";
import { readFeatureTable } from "./readFeatureTable.js";
import { readNpy } from "./readNpy.js";
import { readTextLines } from "./readTextLines.js";
import { embedderOf } from "./textColumn.js";

const IMAGE = /\.(png|jpe?g)$/i;
const LINES = /\.txt(\.gz|\*)?$/i;

/**
 * Reads samples as rows of features: an .npy array, or the number columns of CSV, JSON Lines or Parquet; where `images`
 * is given a folder of PNG and JPEG images; where `texts` is given a column of texts, or a .txt file of one text a line.
 * @throws InputError naming the file, and the row where there is one, of what cannot be used.
 */
export async function readFeatures(file: string, options: FeatureOptions = {}): Promise<FeatureSet> {
  const read = await readAny(file, options);
  return dropRows(read, file, options.dropNan === true);
}

async function readAny(file: string, options: FeatureOptions): Promise<FeatureSet> {
  const name = basename(file.replace(/[\\/]+$/, ""));
  const bare = { name, columns: null, labels: null, groups: null, dropped: 0, guesses: [] };
  if (existsSync(file) && statSync(file).isDirectory()) {
    refuseColumns(file, "a folder of images", options);
    const images = readdirSync(file)
      .filter((entry) => IMAGE.test(entry))
      .sort()
      .map((entry) => join(file, entry));
    if (images.length === 0)
      throw new InputError("is-a-directory", "is a folder without PNG or JPEG images.", { file });
    if (!options.images)
      throw new InputError(
        "is-a-directory",
        `holds ${formatCount(images.length)} images, which need an ONNX model that turns them into features: --extractor model.onnx.`,
        { file },
      );
    const matrix = await options.images(images, options.onProgress);
    return { ...bare, files: images, matrix, ...extractorOf(options) };
  }
  if (/\.npz$/i.test(file))
    throw new InputError("unknown-format", "is an archive; save one array with numpy.save (.npy).", { file });
  if (/\.npy$/i.test(file) && existsSync(file)) {
    refuseColumns(file, "an array without names", options);
    return { ...bare, files: [file], matrix: await readNpy(file) };
  }
  // With columns named it is a table, as by any other name.
  if (LINES.test(file) && options.columns === undefined) {
    refuseColumns(file, "a file of one text a line", options);
    const files = await matchingFiles([file]);
    embedderOf(options, { file });
    return embedded(await readTextLines(name, files), options);
  }
  const read = { ...(await readFeatureTable(file, options)), name };
  return "texts" in read ? embedded(read, options) : read;
}

/** Texts as rows of features. */
async function embedded({ texts, ...set }: TextSet, options: FeatureOptions): Promise<FeatureSet> {
  const matrix = await embedderOf(options, { file: set.name })(texts, options.onProgress);
  return { ...set, matrix, columns: null, ...extractorOf(options) };
}

const extractorOf = ({ extractor }: FeatureOptions) => (extractor === undefined ? {} : { extractor });

function refuseColumns(file: string, what: string, { columns, label, group, where }: FeatureOptions): void {
  const asked = { columns, label, group, where };
  for (const [flag, value] of Object.entries(asked))
    if (value !== undefined)
      throw new InputError(
        "invalid-option",
        `is ${what}, in which --${flag} names nothing; CSV and Parquet have columns.`,
        { file },
      );
}

/** Rows with NaN, infinities or empty cells: counted, and refused unless they are to be left out. */
function dropRows(set: FeatureSet, file: string, drop: boolean): FeatureSet {
  const { data, rows, columns } = set.matrix;
  const kept: number[] = [];
  let first = -1;
  for (let i = 0; i < rows; i++) {
    let finite = true;
    for (let j = i * columns; j < (i + 1) * columns; j++)
      if (!Number.isFinite(data[j])) {
        finite = false;
        if (first < 0) first = j;
      }
    if (finite) kept.push(i);
  }
  if (kept.length === rows) return set;
  const dropped = rows - kept.length;
  if (!drop) {
    const column = set.columns?.[first % columns] ?? `${(first % columns) + 1}`;
    throw new InputError(
      "not-a-number",
      `${formatCount(dropped)} of ${formatCount(rows)} rows hold NaN, infinities or empty cells, this one first; repair them, or leave them out with --drop-nan.`,
      { file, row: Math.floor(first / columns) + 1, column },
    );
  }
  if (kept.length === 0)
    throw new InputError("no-rows", "has no row without NaN, infinities or empty cells.", { file });
  const take = <T>(values: readonly T[] | null) => values && kept.map((row) => values[row]);
  return {
    ...set,
    matrix: takeRows(set.matrix, kept),
    labels: take(set.labels),
    groups: take(set.groups),
    dropped: set.dropped + dropped,
  };
}

/** Some rows of a matrix. */
export function takeRows({ data, columns }: Matrix, rows: ArrayLike<number>): Matrix {
  const size = rows.length * columns;
  const taken = data instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < columns; j++) taken[i * columns + j] = data[rows[i] * columns + j];
  return { data: taken, rows: rows.length, columns };
}
