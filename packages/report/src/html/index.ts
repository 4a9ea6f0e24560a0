export { renderFidelityHtml } from "../fidelity/renderFidelityHtml.js";
export { renderHtml } from "../render/html/page.js";
