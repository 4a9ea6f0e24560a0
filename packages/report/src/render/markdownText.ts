/** A table; cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => escapeMarkdown(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/** Names from the data are text, not Markdown or HTML: no tags, no emphasis, no links. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_<>#]|&(?=#?\w+;)|\](?=[([:])/g, "\\$&").replace(/\s*\n\s*/g, " ");
