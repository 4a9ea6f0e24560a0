import type { Method } from "../../analysis/report.js";
import { type Html, html } from "./escape.js";

/** Makes references to the footnotes of a report: by id, numbered in the order of the list. */
export function footnotes(methods: readonly Method[]): (id: string) => Html {
  return (id) => {
    const at = methods.findIndex((method) => method.id === id);
    return at < 0
      ? html``
      : html`<sup><a href="#method-${id}" aria-label="Method ${at + 1}">${at + 1}</a></sup>`;
  };
}
