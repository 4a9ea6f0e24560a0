import { crc32, deflateSync } from "node:zlib";
import type { Matrix } from "credence/numeric";

/** A grey PNG of square images in rows of `across`, black ink on white; rows hold ink from 0 to 1. */
export function sheetPng({ data, rows, columns }: Matrix, across: number, zoom = 2): Uint8Array {
  const side = Math.sqrt(columns);
  const cell = (side + 2) * zoom;
  const width = across * cell;
  const height = Math.ceil(rows / across) * cell;
  // Each line begins with the byte of its filter, 0 for none.
  const lines = new Uint8Array((width + 1) * height).fill(255);
  for (let y = 0; y < height; y++) lines[y * (width + 1)] = 0;
  for (let i = 0; i < rows; i++)
    for (let y = 0; y < side * zoom; y++)
      for (let x = 0; x < side * zoom; x++) {
        const ink = data[i * columns + Math.floor(y / zoom) * side + Math.floor(x / zoom)];
        const [left, top] = [(i % across) * cell + zoom + x, Math.floor(i / across) * cell + zoom + y];
        lines[top * (width + 1) + 1 + left] = Math.round(255 * (1 - Math.min(Math.max(ink, 0), 1)));
      }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8); // 8 bits of grey.
  const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(kind: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
