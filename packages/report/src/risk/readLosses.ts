import type { NumberColumn, RowRule } from "../numbers/numberColumn.js";
import type { NumberOrigin } from "../numbers/numberOrigin.js";
import { type NumberRows, readNumbers, selectRows } from "../numbers/readNumbers.js";
import { scoringColumn, selectColumn } from "../reading/columns.js";
import type { DatabaseOptions } from "../reading/database.js";
import { InputError } from "../reading/inputError.js";
import type { Progress } from "../reading/streamColumns.js";
import { withTable } from "../reading/withTables.js";

/** What to read of files with a loss for each answer: columns, or DuckDB SQL expressions. */
export interface LossReadOptions extends DatabaseOptions {
  /** What each answer costs if it goes out, in [0, lossBound]. */
  loss: string;
  /** The largest loss there can be. Default 1. */
  lossBound?: number;
  /** The model's confidence. Default: guessed from the names. */
  confidence?: string;
  group?: string | null;
  where?: string | null;
  /** Hears how far reading has come; may throw to stop. */
  onProgress?: Progress;
}

/** Confidences and losses, as columns. */
export interface LossRecords extends Omit<NumberRows, "values"> {
  readonly origin: NumberOrigin;
  /** In [0, 1]. */
  readonly confidences: Float64Array;
  /** In [0, bound]. */
  readonly losses: Float64Array;
  readonly bound: number;
}

/**
 * Reads a confidence and a loss per row. Rows without a confidence, and rows without a loss, are counted apart.
 * @throws InputError naming file, row and column: "not-a-number", "not-a-probability", "out-of-range" (a loss outside
 * [0, lossBound]), "missing-group", "missing-column", "no-rows".
 */
export function readLosses(names: readonly string[], options: LossReadOptions): Promise<LossRecords> {
  const { lossBound: bound = 1 } = options;
  if (!(bound > 0 && bound < Infinity))
    throw new InputError("invalid-option", `--loss-bound is ${bound}: must be positive and finite.`);
  return withTable(names, options, async (database, table) => {
    const guesses: string[] = [];
    const confidence = await scoringColumn(database, table, "confidence", options.confidence, guesses);
    const loss = await selectColumn(database, table, "--loss", options.loss, guesses);
    const rows = await selectRows(database, table, options, guesses);
    const columns: NumberColumn[] = [
      { role: "confidence", selected: confidence, empty: "missing" },
      { role: "loss", selected: loss, empty: "unlabelled" },
    ];
    const rules = [PROBABILITY, lossRule(bound)];
    const { onProgress } = options;
    const { values, ...found } = await readNumbers(database, table, {
      columns,
      rules,
      ...rows,
      gap: "loss",
      onProgress,
    });
    return {
      ...found,
      confidences: values.confidence,
      losses: values.loss,
      bound,
      origin: {
        files: table.files,
        format: table.format,
        columns: { confidence: confidence.name, loss: loss.name, group: rows.group?.name ?? null },
        by: rows.by.map(({ name }) => name),
        where: rows.where,
        guesses,
      },
    };
  });
}

const PROBABILITY: RowRule = {
  role: "confidence",
  broken: "not (confidence between 0 and 1)",
  refuse: ({ confidence }, place) =>
    new InputError(
      "not-a-probability",
      `${confidence} is outside [0, 1]; rescale it, e.g. --confidence '"${place.column}" / 100'.`,
      place,
    ),
};

const lossRule = (bound: number): RowRule => ({
  role: "loss",
  broken: `not (loss between 0 and ${bound})`,
  refuse: ({ loss }, place) =>
    new InputError(
      "out-of-range",
      loss < 0
        ? `${loss} is below 0; a loss says how bad an answer is, from 0 on. Shift or turn the column around with an expression.`
        : `${loss} is above the largest loss, ${bound}; --loss-bound names the largest there can be.`,
      place,
    ),
});
