import { neededColumn, optionalColumn } from "../numbers/guessColumn.js";
import type { NumberColumn, RowRule } from "../numbers/numberColumn.js";
import type { NumberOrigin } from "../numbers/numberOrigin.js";
import { type NumberRows, readNumbers, selectRows } from "../numbers/readNumbers.js";
import type { Selected } from "../reading/columns.js";
import type { DatabaseOptions } from "../reading/database.js";
import { InputError } from "../reading/inputError.js";
import type { Progress } from "../reading/streamColumns.js";
import { withTable } from "../reading/withTables.js";

/** What to read of files with predictions of a number: columns, or DuckDB SQL expressions. */
export interface RegressionReadOptions extends DatabaseOptions {
  /** The predicted number. Default: guessed from the names. */
  prediction?: string;
  /** What came. Default: guessed from the names. */
  observed?: string;
  /** The standard deviation of each prediction, > 0: forecasts are then taken as normal. */
  sd?: string;
  /** Predicted quantiles, or the ends of an interval; both or neither. */
  lower?: string;
  upper?: string;
  /** Dates or numbers that order the rows. */
  time?: string;
  group?: string | null;
  by?: readonly string[];
  where?: string | null;
  /** Hears how far reading has come; may throw to stop. */
  onProgress?: Progress;
}

/** Predictions and what came, as columns. */
export interface RegressionRecords extends Omit<NumberRows, "values"> {
  readonly origin: NumberOrigin;
  readonly prediction: Float64Array;
  readonly observed: Float64Array;
  /** Standard deviations, > 0. */
  readonly sd: Float64Array | null;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
  /** Numbers, or milliseconds since 1970. */
  readonly time: Float64Array | null;
  /** Whether the times are dates. */
  readonly dated: boolean;
}

/**
 * Reads predictions of a number. Rows without a prediction (or without its sd or quantiles) and rows without an
 * observation are counted apart.
 * @throws InputError naming file, row and column: "not-a-number", "not-a-time", "out-of-range" (an sd that is not
 * positive, a lower end above the upper), "missing-group", "missing-column", "no-rows".
 */
export function readRegression(
  names: readonly string[],
  options: RegressionReadOptions = {},
): Promise<RegressionRecords> {
  if ((options.lower === undefined) !== (options.upper === undefined))
    throw new InputError("invalid-option", "--lower and --upper belong together; name both.");
  return withTable(names, options, async (database, table) => {
    const guesses: string[] = [];
    const needed = (role: "prediction" | "observed") =>
      neededColumn(database, table, role, options[role], guesses);
    const optional = (role: "sd" | "lower" | "upper" | "time") =>
      optionalColumn(database, table, role, options[role], guesses);
    const prediction = await needed("prediction");
    const observed = await needed("observed");
    const sd = await optional("sd");
    const lower = await optional("lower");
    const upper = await optional("upper");
    const time = await optional("time");
    const rows = await selectRows(database, table, options, guesses);
    const column = (role: string, selected: Selected | null, empty: NumberColumn["empty"]): NumberColumn[] =>
      selected ? [{ role, selected, empty, kind: role === "time" ? "time" : "number" }] : [];
    const { values, ...found } = await readNumbers(database, table, {
      columns: [
        ...column("prediction", prediction, "missing"),
        ...column("sd", sd, "missing"),
        ...column("lower", lower, "missing"),
        ...column("upper", upper, "missing"),
        ...column("time", time, "refused"),
        ...column("observed", observed, "unlabelled"),
      ],
      rules: [...(sd ? [POSITIVE_SD] : []), ...(lower ? [ORDERED_ENDS] : [])],
      ...rows,
      // The largest gap of a cluster is what its rows have in common: the side on which the prediction errs.
      gap: "observed - prediction",
      onProgress: options.onProgress,
    });
    return {
      ...found,
      prediction: values.prediction,
      observed: values.observed,
      sd: values.sd ?? null,
      lower: values.lower ?? null,
      upper: values.upper ?? null,
      time: values.time ?? null,
      dated:
        time !== null && !/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(time.type),
      origin: {
        files: table.files,
        format: table.format,
        columns: {
          prediction: prediction.name,
          observed: observed.name,
          sd: sd?.name ?? null,
          lower: lower?.name ?? null,
          upper: upper?.name ?? null,
          time: time?.name ?? null,
          group: rows.group?.name ?? null,
        },
        by: rows.by.map(({ name }) => name),
        where: rows.where,
        guesses,
      },
    };
  });
}

const POSITIVE_SD: RowRule = {
  role: "sd",
  broken: "sd <= 0",
  refuse: ({ sd }, place) =>
    new InputError(
      "out-of-range",
      `${sd} is no standard deviation; it must be positive. Where 0 means "very sure", use --sd 'greatest("${place.column}", 0.001)' with a value that fits.`,
      place,
    ),
};

const ORDERED_ENDS: RowRule = {
  role: "lower",
  broken: '"lower" > "upper"',
  refuse: ({ lower, upper }, place) =>
    new InputError(
      "out-of-range",
      `${lower} lies above the upper end, ${upper}; swap the columns, or repair quantiles that cross with --lower 'least(a, b)' --upper 'greatest(a, b)'.`,
      place,
    ),
};
