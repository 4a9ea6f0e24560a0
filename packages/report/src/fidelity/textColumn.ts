import { type Selected, selectColumn } from "../reading/columns.js";
import type { Database } from "../reading/database.js";
import { InputError, type InputPlace } from "../reading/inputError.js";
import type { Column, Table } from "../reading/table.js";
import { formatList } from "../words/format.js";
import type { FeatureOptions, TextReader } from "./features.js";

/** What to do where texts stand and nothing turns them into features. */
export const NEEDS_EMBEDDER =
  "Text needs an embedder, which makes features of it: --embedder ngrams compares wording and needs no model; --embedder model.onnx --tokenizer tokenizer.json, or --embedder http://localhost:11434/v1 --embedding-model NAME, compares meaning. Embeddings that exist already are given as a column of lists, or as .npy.";

/** The embedder, which texts at this place need. */
export function embedderOf({ texts }: FeatureOptions, place: InputPlace): TextReader {
  if (!texts) throw new InputError("invalid-option", NEEDS_EMBEDDER, place);
  return texts;
}

/** Names of columns that hold the text where several columns are no numbers. */
const NAMES = [
  "text",
  "texts",
  "generated_text",
  "completion",
  "response",
  "answer",
  "output",
  "content",
  "sentence",
  "document",
  "body",
  "caption",
  "review",
  "summary",
];

/** The column that obviously holds texts: the only one of its type, else one named so; null where none is. */
export function guessText(columns: readonly Column[]): Column | null {
  const texts = columns.filter(({ type }) => type === "VARCHAR");
  if (texts.length === 1) return texts[0];
  for (const name of NAMES) {
    const found = texts.find((column) => column.name.trim().toLowerCase() === name);
    if (found) return found;
  }
  return null;
}

/** The column of texts asked for, else the obvious one. */
export async function textColumn(
  database: Database,
  table: Table,
  asked: string | undefined,
  apart: readonly string[],
  guesses: string[],
): Promise<Selected> {
  if (asked !== undefined) return selectColumn(database, table, "--text", asked, guesses);
  const rest = table.columns.filter(({ name }) => !apart.includes(name));
  const column = guessText(rest);
  if (!column)
    throw new InputError(
      "missing-column",
      `no column is obviously the text; name it with --text COLUMN. Columns: ${formatList(rest.slice(0, 40).map(({ name }) => name))}.`,
      { file: table.files[0] },
    );
  guesses.push(`Took column "${column.name}" as the text; --text names another.`);
  return selectColumn(database, table, "--text", column.name);
}
