import { findClassColumns } from "../classes/classColumns.js";
import { classOrder } from "../classes/classOrder.js";
import { CLASS_ROW } from "../classes/classStatus.js";
import { judgeClasses } from "../classes/readClassRecords.js";
import type { Selected } from "../reading/columns.js";
import { withTable } from "../reading/withTables.js";
import type { Applied, ApplyOptions } from "./applyCalibrator.js";
import type { ClassCalibrator } from "./classCalibrator.js";
import { checkNewColumns, copyOptions, writePredictions } from "./writePredictions.js";

/** How a calibrator of class probabilities is applied to files. */
export interface ApplyClassOptions extends Omit<ApplyOptions, "confidence"> {
  /** As for `readClassRecords`. */
  probabilities: readonly string[];
  logits?: boolean;
  /** What the names of the new columns begin with: NAME_class. Default "calibrated". */
  as?: string;
}

/**
 * Writes the rows of files with one more column for each class, its calibrated probability.
 * @param out A .csv, .jsonl or .parquet file (text may end in .gz); what is there is overwritten.
 * @throws InputError as `readClassRecords`; "unknown-class" where the files have other classes than the calibrator;
 * "duplicate-column" where the name of a new column is taken.
 */
export function applyClassCalibrator(
  { calibrator, classes }: ClassCalibrator,
  names: readonly string[],
  out: string,
  options: ApplyClassOptions,
): Promise<Applied> {
  const target = copyOptions(out);
  return withTable(
    names,
    options,
    async (database, table) => {
      const { as = "calibrated", logits = false, onProgress, probabilities } = options;
      const added = classes.map((name) => `${as}_${name}`);
      checkNewColumns(table, added);
      const guesses: string[] = [];
      const found = await findClassColumns(database, table, probabilities, guesses);
      const order = classOrder(found, classes, table.files[0], "the calibrator was fitted to");
      await judgeClasses(database, table, found, NO_LABEL, { where: null, logits, guesses });
      const [{ rows, missing }] = await database.rows<Record<"rows" | "missing", number>>(
        `select count(*)::double as rows, count(*) filter (credence_status = ${CLASS_ROW.missing})::double as missing
         from class_rows`,
      );
      const values = order.map(
        (k) => `case when credence_status <> ${CLASS_ROW.missing} then credence_probabilities[${k + 1}] end`,
      );
      await writePredictions(
        database,
        table,
        { out, target, columns: added },
        {
          query: `select ${values.join(", ")} from class_rows`,
          total: rows,
          predict: (given) =>
            calibrator.predict({ data: given.flat(), rows: given.length, columns: classes.length }).data,
          onProgress,
        },
      );
      return { rows, missing, guesses };
    },
    [out],
  );
}

/** Rows need no label here: none has one. */
const NO_LABEL: Selected = { name: "label", sql: "null", type: "VARCHAR", column: null };
