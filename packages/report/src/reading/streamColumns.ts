import type { DuckDBDataChunk } from "@duckdb/node-api";
import type { ColumnMapping } from "./columns.js";
import type { Database } from "./database.js";
import { createDenseCoder } from "./denseCodes.js";
import { growable } from "./growable.js";
import type { CodedColumn, Records, SliceColumn } from "./records.js";
import { ROW } from "./rowStatus.js";

/** Hears how many rows of how many have been read; may throw to stop. */
export type Progress = (done: number, total: number) => void;

/** The columns of the rows that can be analysed, and how many others there were. */
export interface StreamedColumns {
  readonly columns: Pick<Records, "confidences" | "outcomes" | "group" | "slices">;
  readonly missing: number;
  readonly unlabelled: number;
  /** A row was met that must be refused; reading stopped there. */
  readonly refused: boolean;
}

/** Reads `scored` chunk by chunk into typed arrays. */
export async function streamColumns(
  database: Database,
  mapping: ColumnMapping,
  labels: readonly (readonly string[])[],
  onProgress?: Progress,
): Promise<StreamedColumns> {
  const [{ count }] = await database.rows<{ count: bigint }>("select count(*) as count from scored");
  const total = Number(count);
  const confidences = growable((length) => new Float64Array(length), total);
  const outcomes = growable((length) => new Uint8Array(length), total);
  const clusters = mapping.group && growable((length) => new Int32Array(length), total);
  const slices = labels.map(() => growable((length) => new Int32Array(length), total));
  const coder = createDenseCoder();
  const counts = new Float64Array(Object.keys(ROW).length);
  const firstSlice = clusters ? 4 : 3;
  let refused = false;

  const take = (chunk: DuckDBDataChunk): void => {
    const vectors = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
    const value = (column: number, row: number): number => vectors[column].getItem(row) as number;
    for (let i = 0; i < chunk.rowCount; i++) {
      const status = value(2, i);
      counts[status]++;
      if (status > ROW.unlabelled) refused = true;
      if (status !== ROW.scored) continue;
      confidences.push(value(0, i));
      outcomes.push(value(1, i));
      clusters?.push(coder.code(value(3, i)));
      for (let k = 0; k < slices.length; k++) slices[k].push(value(firstSlice + k, i));
    }
  };

  const codes = labels.map((_, k) => `enum_code(slice${k}::slice${k}_values)::integer`);
  const wanted = ["confidence", "outcome", "status", ...(clusters ? ["cluster"] : []), ...codes];
  const result = await database.connection.stream(`select ${wanted.join(", ")} from scored`);
  let done = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0 || refused) break;
    take(chunk);
    done += chunk.rowCount;
    onProgress?.(done, total);
  }

  const group: CodedColumn | null = clusters
    ? { name: mapping.group?.name ?? "", codes: clusters.take(), count: coder.count() }
    : null;
  return {
    columns: {
      confidences: confidences.take(),
      outcomes: outcomes.take(),
      group,
      slices: slices.map((column, k): SliceColumn => {
        const name = mapping.by[k].name;
        return { name, codes: column.take(), count: labels[k].length, labels: labels[k] };
      }),
    },
    missing: counts[ROW.missing],
    unlabelled: counts[ROW.unlabelled],
    refused,
  };
}
