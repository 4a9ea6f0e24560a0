import type { Matrix } from "credence/numeric";
import type { FileFormat } from "./files.js";

/** Codes 0 … count − 1, one per row. */
export interface CodedColumn {
  /** The column, or the expression, it was made from. */
  readonly name: string;
  readonly codes: Int32Array;
  readonly count: number;
}

/** A column whose values cut the rows into slices. */
export interface SliceColumn extends CodedColumn {
  /** The value behind each code. */
  readonly labels: readonly string[];
}

/** A column that looks like a cluster: its values repeat, and rows with equal values err together. */
export interface ClusterSuspect {
  readonly column: string;
  /** Distinct values among the rows looked at. */
  readonly values: number;
  /** How many times wider the squared standard error of the mean gap is by this column than by row. */
  readonly designEffect: number;
}

/** Where the records came from, and how they were read. */
export interface RecordOrigin {
  readonly files: readonly string[];
  readonly format: FileFormat | "memory";
  readonly columns: {
    readonly confidence: string;
    readonly outcome: string;
    readonly group: string | null;
    readonly by: readonly string[];
  };
  /** The row filter, as given. */
  readonly where: string | null;
  /** What was guessed, in sentences. */
  readonly guesses: readonly string[];
}

/** Scored rows as columns: what an analysis needs, and nothing else. */
export interface Records {
  readonly origin: RecordOrigin;
  /** Rows with a confidence and an outcome. */
  readonly n: number;
  /** Rows without a confidence: the model gave no answer. Not in `n`. */
  readonly missing: number;
  /** Rows with a confidence but without an outcome. Not in `n`. */
  readonly unlabelled: number;
  /** In [0, 1]. */
  readonly confidences: Float64Array;
  /** 1 where the answer was right. */
  readonly outcomes: Uint8Array;
  readonly group: CodedColumn | null;
  readonly slices: readonly SliceColumn[];
  /** Columns that look like clusters though no group was named; strongest first. */
  readonly suspects: readonly ClusterSuspect[];
  /** The probabilities of all classes, where the files hold them: confidence is then the largest of a row. */
  readonly classes?: ClassRows;
}

/** Class probabilities, row by row as the confidences. */
export interface ClassRows {
  readonly names: readonly string[];
  /** Rows × classes. */
  readonly probabilities: Matrix & { readonly data: Float64Array };
  /** The number of the true class, from 0. */
  readonly labels: Int32Array;
}
