import { gallery } from "../gallery.test-support.js";
import { mountChart } from "./index.js";

/** What the page of the browser test can do. */
export const page = {
  charts: Object.keys(gallery),
  mount(name: string): void {
    document.body.replaceChildren();
    const element = document.createElement("div");
    document.body.append(element);
    current = mountChart(element, gallery[name]);
  },
  update(name: string): void {
    current?.update(gallery[name]);
  },
  remove(): void {
    current?.remove();
  },
};
let current: ReturnType<typeof mountChart> | undefined;

Object.assign(globalThis, { credencePage: page });
