import { type Selected, selectColumn } from "../reading/columns.js";
import type { Database } from "../reading/database.js";
import { InputError } from "../reading/inputError.js";
import type { Table } from "../reading/table.js";

/** Columns whose names say what they are. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  prediction: ["prediction", "predicted", "forecast", "y_pred", "y_hat", "yhat", "pred", "mean", "mu"],
  observed: ["observed", "observation", "actual", "y_true", "truth", "target", "outcome", "value", "y"],
  sd: ["sd", "std", "sigma", "stddev", "uncertainty"],
  lower: ["lower", "low", "lo", "q05", "q_05"],
  upper: ["upper", "high", "hi", "q95", "q_95"],
  time: ["time", "timestamp", "date", "datetime", "day"],
};

const columnNamed = (table: Table, role: string) =>
  NAMES[role].flatMap((name) =>
    table.columns.filter((column) => column.name.trim().toLowerCase() === name),
  )[0];

/**
 * The column asked for, else the one whose name says that it is the one; said aloud.
 * @throws InputError "missing-column".
 */
export async function neededColumn(
  database: Database,
  table: Table,
  role: string,
  asked: string | undefined,
  guesses: string[],
): Promise<Selected> {
  if (asked !== undefined) return selectColumn(database, table, `--${role}`, asked, guesses);
  const column = columnNamed(table, role);
  if (!column)
    throw new InputError(
      "missing-column",
      `no column looks like the ${role}; name it with --${role} COLUMN.`,
      {
        file: table.files[0],
      },
    );
  guesses.push(
    `Took column "${column.name}" as the ${role === "observed" ? "observation" : role}; --${role} names another.`,
  );
  return selectColumn(database, table, `--${role}`, column.name);
}

/** The column asked for; where none was, one that could have been meant is mentioned, not taken. */
export async function optionalColumn(
  database: Database,
  table: Table,
  role: string,
  asked: string | undefined,
  guesses: string[],
): Promise<Selected | null> {
  if (asked !== undefined) return selectColumn(database, table, `--${role}`, asked, guesses);
  const column = columnNamed(table, role);
  if (column) guesses.push(`Column "${column.name}" was not used; --${role} "${column.name}" uses it.`);
  return null;
}
