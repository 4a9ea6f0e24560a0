import type { Selected } from "./columns.js";
import { type Database, quoteText } from "./database.js";
import { InputError } from "./inputError.js";

/** More slices than this are no slices: each would be nearly empty, and all the intervals wide. */
const MOST_SLICES = 200;

/** The values of a slice column, most frequent first; from here on `slice0_values` … are types of the database. */
export async function sliceLabels(database: Database, selected: Selected, k: number): Promise<string[]> {
  const found = await database.rows<{ value: string }>(
    `select slice${k} as value from scored group by 1 order by count(*) desc, 1 limit ${MOST_SLICES + 1}`,
  );
  if (found.length > MOST_SLICES)
    throw new InputError(
      "too-many-values",
      `--by has more than ${MOST_SLICES} values; name it with --group if it is a cluster, or cut it into a few, e.g. --by '${selected.type === "VARCHAR" ? `substr("${selected.name}", 1, 1)` : `round("${selected.name}", 1)`}'.`,
      { column: selected.name },
    );
  const values = found.map(({ value }) => value);
  const list = values.length > 0 ? values.map(quoteText).join(", ") : "'(none)'";
  await database.connection.run(`create temp type slice${k}_values as enum (${list})`);
  return values;
}
