import { type Html, html } from "./escape.js";

/** A column of a table. */
export interface TableColumn {
  readonly head: string;
  /** Right-aligned, never broken. */
  readonly number?: boolean;
  readonly quiet?: boolean;
}

type Cell = string | Html;

/** A table that scrolls on its own where the page is too narrow; the first cell of a row is its head. */
export function table(
  caption: string | Html,
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  chosen: (row: number) => boolean = () => false,
): Html {
  const kind = ({ number, quiet }: TableColumn) => (number ? "number" : quiet ? "quiet" : "");
  const head = columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.head}</th>`);
  const body = rows.map((cells, r) => {
    const [first, ...rest] = cells;
    const others = rest.map((cell, i) => html`<td class="${kind(columns[i + 1])}">${cell}</td>`);
    return html`<tr class="${chosen(r) ? "chosen" : ""}"><th scope="row">${first}</th>${others}</tr>
`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>`;
}
