import type { Matrix } from "credence/numeric";

/** Samples as rows of features. */
export interface FeatureSet {
  /** As the report names it. */
  readonly name: string;
  readonly files: readonly string[];
  readonly matrix: Matrix;
  /** Names of the columns; null where the format has none. */
  readonly columns: readonly string[] | null;
  /** The class of each row, where a column was named. */
  readonly labels: readonly string[] | null;
  /** The cluster of each row, where a column was named. */
  readonly groups: readonly string[] | null;
  /** Rows left out because they hold NaN, infinities or empty cells. */
  readonly dropped: number;
  /** What was guessed, in sentences. */
  readonly guesses: readonly string[];
  /** What made the features of images or texts; absent where the file holds the features. */
  readonly extractor?: string;
}

/** Texts that are to become features. */
export interface TextSet extends Omit<FeatureSet, "matrix" | "columns" | "extractor"> {
  /** One a row, none of them empty. */
  readonly texts: readonly string[];
}

/** How features are read. */
export interface FeatureOptions {
  /** Columns of features: names, patterns such as "f_*", or one column of lists. Default: all columns of numbers. */
  columns?: readonly string[];
  /** The class of each row. */
  label?: string;
  /** The cluster of each row (frames of one video, pages of one book). */
  group?: string;
  /** Only rows for which a DuckDB expression is true. */
  where?: string;
  /** Leave out rows that hold NaN, infinities or empty cells instead of refusing them. Default false. */
  dropNan?: boolean;
  /** Turns a folder of images into features. Without it, a folder is refused. */
  images?: ImageReader;
  /** The column of texts, or an SQL expression. Default: guessed where `texts` is given and `columns` is not. */
  text?: string;
  /** Turns texts into features. Without it, texts are refused. */
  texts?: TextReader;
  /** What `images` or `texts` is, as the report names it. */
  extractor?: string;
  onProgress?: (done: number, total: number) => void;
}

/** Makes features of image files, one row each. */
export type ImageReader = (
  files: readonly string[],
  onProgress?: (done: number, total: number) => void,
) => Promise<Matrix>;

/** Makes features of texts, one row each. */
export type TextReader = (
  texts: readonly string[],
  onProgress?: (done: number, total: number) => void,
) => Promise<Matrix>;
