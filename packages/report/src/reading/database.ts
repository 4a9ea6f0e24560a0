import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";

/** An in-memory DuckDB that may be asked questions in SQL. */
export interface Database {
  readonly connection: DuckDBConnection;
  /** All rows of a query, as objects; for small answers. */
  rows<Row>(sql: string): Promise<Row[]>;
  /** From here on only these files can be opened: a row filter cannot read anything else. */
  lock(files: readonly string[]): Promise<void>;
  close(): void;
}

/** What DuckDB may use. */
export interface DatabaseOptions {
  /** Most memory that DuckDB may take, e.g. "1GB"; beyond that it writes to the temporary folder. Default "1GB". */
  memoryLimit?: string;
  /** Threads. Default: as many as the machine has. */
  threads?: number;
}

/** Opens an empty database in memory. DuckDB is loaded only now: it is 60 MB. */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const { memoryLimit = "1GB", threads = availableParallelism() } = options;
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memoryLimit,
    threads: String(threads),
    temp_directory: join(tmpdir(), `credence-${process.pid}`),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  return {
    connection,
    async rows<Row>(sql: string) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS() as Row[];
    },
    async lock(files) {
      await connection.run(`set allowed_paths = [${files.map(quoteText).join(", ")}]`);
      await connection.run("set enable_external_access = false");
      await connection.run("set lock_configuration = true");
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A column name as SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
