import { documentHtml } from "../render/document/html.js";
import type { FidelityReport } from "./fidelity.js";
import { fidelityDocument } from "./fidelityDocument.js";

/** As one self-contained HTML page. */
export const renderFidelityHtml = (report: FidelityReport): string => documentHtml(fidelityDocument(report));
