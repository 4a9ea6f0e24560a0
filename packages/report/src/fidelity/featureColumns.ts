import { InputError } from "../reading/inputError.js";
import { nearestName } from "../reading/nearestName.js";
import type { Column, Table } from "../reading/table.js";
import { formatList, formatPlural } from "../words/format.js";
import { guessText, NEEDS_EMBEDDER } from "./textColumn.js";

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;
const LIST = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))\[\d*\]$/;

/** Whether the features are one column of lists. */
export const isList = (columns: readonly Column[]): boolean =>
  columns.length === 1 && LIST.test(columns[0].type);

/** The columns of features that were asked for, by name or pattern. */
export function namedColumns(table: Table, asked: readonly string[]): Column[] {
  const found = asked.flatMap((name) => {
    const prefix = name.endsWith("*") ? name.slice(0, -1) : null;
    const exact = table.columns.filter((column) => column.name === name);
    const columns =
      exact.length === 0 && prefix !== null
        ? table.columns.filter((column) => column.name.startsWith(prefix))
        : exact;
    if (columns.length > 0) return columns;
    const near = nearestName(
      name,
      table.columns.map((column) => column.name),
    );
    throw new InputError(
      "missing-column",
      prefix === null
        ? `there is no such column${near ? `; did you mean "${near}"?` : "."}`
        : "no column matches this pattern.",
      { file: table.files[0], column: name },
    );
  });
  const twice = found.find((column, i) => found.indexOf(column) < i);
  if (twice) throw new InputError("invalid-option", "is named twice by --columns.", { column: twice.name });
  const text = found.find(({ type }) => !NUMBER.test(type) && !(LIST.test(type) && found.length === 1));
  if (text)
    throw new InputError(
      "not-a-number",
      LIST.test(text.type)
        ? "holds lists; name it alone."
        : `holds ${text.type.toLowerCase()}, not numbers. A column of texts is named by --text. ${NEEDS_EMBEDDER}`,
      { file: table.files[0], column: text.name },
    );
  return found;
}

/** All columns of numbers; else the only column of lists. */
export function numberColumns(table: Table, apart: readonly string[], guesses: string[]): Column[] {
  const rest = table.columns.filter(({ name }) => !apart.includes(name));
  const numbers = rest.filter(({ type }) => NUMBER.test(type));
  const lists = rest.filter(({ type }) => LIST.test(type));
  const found = numbers.length === 0 || (lists.length === 1 && numbers.length <= 2) ? lists : numbers;
  const text = guessText(rest);
  if (found.length === 0 || (found === lists && lists.length > 1))
    throw new InputError(
      "missing-column",
      lists.length > 1
        ? `has ${lists.length} columns of lists; name one with --columns.`
        : `has no column of numbers${text ? `, but texts in "${text.name}"` : ""}. ${NEEDS_EMBEDDER}`,
      { file: table.files[0] },
    );
  const left = rest.filter((column) => !found.includes(column)).map(({ name }) => name);
  if (left.length > 0)
    guesses.push(
      `Features are ${found === lists ? `the lists of "${found[0].name}"` : formatPlural(found.length, "number column")}; left out: ${formatList(left.slice(0, 5).map((name) => `"${name}"`))}${left.length > 5 ? ` and ${left.length - 5} more` : ""} (--columns chooses).`,
    );
  return found;
}
