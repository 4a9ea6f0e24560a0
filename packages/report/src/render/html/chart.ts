import type { ChartSpec } from "@credence/plot";
import { renderSvg } from "@credence/plot/svg";
import { type Html, html, trusted } from "./escape.js";

/** A chart drawn twice, for wide and for narrow pages: one that is merely shrunk cannot be read on a phone. */
export function chart(id: string, spec: ChartSpec): Html {
  const wide = renderSvg(spec, { id, width: 760 });
  const narrow = renderSvg(spec, { id: `${id}-narrow`, width: 328 });
  return html`<figure>
<div class="wide">${trusted(wide)}</div>
<div class="narrow">${trusted(narrow)}</div>
</figure>`;
}
