const namespace = "http://www.w3.org/2000/svg";

/** Appends a new SVG element. */
export function svgElement(
  parent: Element,
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElement {
  const element = parent.ownerDocument.createElementNS(namespace, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

const geometry = [
  "d",
  "transform",
  "points",
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "cx",
  "cy",
  "r",
  "width",
  "height",
];

/** Rounds every coordinate to a hundredth of a pixel: small files, and the same file on every machine. */
export function roundCoordinates(root: Element): void {
  for (const element of root.querySelectorAll("*"))
    for (const name of geometry) {
      const value = element.getAttribute(name);
      if (value?.includes(".") || value?.includes("e-"))
        element.setAttribute(
          name,
          value.replace(/-?\d*\.?\d+(?:e-?\d+)?/g, (x) => String(Math.round(+x * 100) / 100 + 0)),
        );
    }
}

/** Gives what Plot numbers per process (clip paths) ids that depend only on the drawing. */
export function renameIds(root: Element, prefix: string): void {
  const names = new Map<string, string>();
  for (const element of root.querySelectorAll("[id]")) {
    const name = `${prefix}-${names.size + 1}`;
    names.set(`url(#${element.id})`, `url(#${name})`);
    element.id = name;
  }
  for (const element of root.querySelectorAll("[clip-path]")) {
    const name = names.get(element.getAttribute("clip-path")!);
    if (name) element.setAttribute("clip-path", name);
  }
}
