/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | null | false | undefined | readonly Part[];

/** A template whose values are escaped unless they are HTML already; lists are joined, null and false are left out. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return { html: strings.reduce((text, string, i) => text + write(values[i - 1]) + string) };
}

/** Marks text as HTML: only for text that this program made itself. */
export const trusted = (text: string): Html => ({ html: text });

function write(value: Part): string {
  if (value === null || value === false || value === undefined) return "";
  if (typeof value === "object") return "html" in value ? value.html : value.map(write).join("");
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A number does not part from its unit at the end of a line. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ENTITIES[c]).replace(/(\d) (?=%|\d{3}(?!\d))/g, "$1&nbsp;");
