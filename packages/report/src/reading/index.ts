export type { ColumnRequest } from "./columns.js";
export { InputError, type InputErrorCode, type InputPlace } from "./inputError.js";
export { type ReadOptions, readRecords } from "./readRecords.js";
export type {
  ClassRows,
  ClusterSuspect,
  CodedColumn,
  RecordOrigin,
  Records,
  SliceColumn,
} from "./records.js";
