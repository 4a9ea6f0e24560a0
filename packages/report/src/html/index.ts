export { renderHtml } from "../render/html/page.js";
