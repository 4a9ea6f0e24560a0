import { type Database, type DatabaseOptions, openDatabase } from "./database.js";
import { fileError } from "./fileError.js";
import { expandFiles, formatOf } from "./files.js";
import { describeTable, type Table } from "./table.js";
import { checkPacked } from "./textStart.js";

/**
 * Opens sets of files as tables for as long as `use` takes; DuckDB's complaints come out as InputErrors.
 * @param writable Files that may be written to; nothing else can be.
 */
export async function withTables<T>(
  sets: readonly (readonly string[])[],
  options: DatabaseOptions,
  use: (database: Database, tables: readonly Table[]) => Promise<T>,
  writable: readonly string[] = [],
): Promise<T> {
  const database = await openDatabase(options);
  try {
    const expanded: string[][] = [];
    for (const names of sets) expanded.push(await expandFiles(database, names));
    const files = expanded.flat();
    const formats = expanded.map(formatOf);
    // DuckDB's JSON reader loses the order of rows when it works in parallel; pairs, splits and row numbers need it.
    if (formats.some((format) => format.startsWith("json"))) await database.connection.run("set threads = 1");
    await database.lock([...files, ...writable]);
    for (const [i, format] of formats.entries())
      if (format !== "parquet") for (const file of expanded[i]) await checkPacked(file);
    try {
      const tables: Table[] = [];
      for (const [i, format] of formats.entries())
        tables.push(await describeTable(database, expanded[i], format));
      return await use(database, tables);
    } catch (error) {
      throw await fileError(error, files);
    }
  } finally {
    database.close();
  }
}

/** The same for one set of files. */
export function withTable<T>(
  names: readonly string[],
  options: DatabaseOptions,
  use: (database: Database, table: Table) => Promise<T>,
  writable: readonly string[] = [],
): Promise<T> {
  return withTables([names], options, (database, [table]) => use(database, table), writable);
}
