export type { Console } from "./console.js";
export { main } from "./main.js";
