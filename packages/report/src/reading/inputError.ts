/** Every way in which a user's file or option can be refused. The codes are stable. */
export type InputErrorCode =
  | "no-such-file"
  | "is-a-directory"
  | "unknown-format"
  | "mixed-formats"
  | "broken-file"
  | "not-utf8"
  | "missing-column"
  | "duplicate-column"
  | "invalid-expression"
  | "not-a-number"
  | "not-a-probability"
  | "not-binary"
  | "not-a-time"
  | "out-of-range"
  | "wrong-length"
  | "not-normalised"
  | "unknown-class"
  | "missing-group"
  | "too-many-values"
  | "no-rows"
  | "unpaired"
  | "invalid-option"
  | "already-exists"
  | "not-writable"
  | "embedder-failed";

/** Where in the user's files the trouble is. */
export interface InputPlace {
  readonly file?: string;
  /** Row of the data, from 1; a header is not a row. */
  readonly row?: number;
  /** Line of the text file, from 1, where it could be told. */
  readonly line?: number;
  readonly column?: string;
  /** What was found there. */
  readonly value?: string | number;
}

/** Thrown for input that is the user's to repair; the message says where the trouble is and what to do. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly code: InputErrorCode;
  readonly place: InputPlace;

  constructor(code: InputErrorCode, explanation: string, place: InputPlace = {}) {
    const at = describePlace(place);
    super(at ? `${at}: ${explanation}` : explanation);
    this.code = code;
    this.place = place;
  }
}

function describePlace({ file, row, line, column }: InputPlace): string {
  const where =
    row === undefined ? line && `line ${line}` : line ? `line ${line} (row ${row})` : `row ${row}`;
  return [file, where, column !== undefined && `column "${column}"`].filter(Boolean).join(", ");
}
