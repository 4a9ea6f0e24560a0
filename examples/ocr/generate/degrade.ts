import { type Canvas, createCanvas, loadImage } from "@napi-rs/canvas";
import type { Grey } from "./page.ts";
import type { Random } from "./random.ts";

/** What is done to a page between print and reading. */
export interface Degradation {
  readonly name: string;
  /** Degrees by which the text is turned when it is set. */
  readonly angle?: (random: Random) => number;
  /** What happens to the image; positions on the page stay where they were. */
  readonly apply: (image: Grey, random: Random) => Grey | Promise<Grey>;
}

/** Numbers in names are strengths: pixels of blur, grey levels of noise, factor of size, JPEG quality. */
export const degradations: readonly Degradation[] = [
  { name: "clean", apply: (image) => image },
  { name: "blur1.6", apply: (image) => blur(image, 1.6) },
  { name: "blur2", apply: (image) => blur(image, 2) },
  { name: "noise60", apply: (image, random) => noise(image, 60, random) },
  { name: "noise110", apply: (image, random) => noise(image, 110, random) },
  { name: "lowres0.5", apply: (image) => lowResolution(image, 0.5) },
  { name: "lowres0.4", apply: (image) => lowResolution(image, 0.4) },
  { name: "saltpepper", apply: (image, random) => saltAndPepper(image, 0.04, random) },
  { name: "blur+noise", apply: (image, random) => noise(blur(image, 1.2), 30, random) },
  { name: "jpeg8", apply: (image) => jpeg(image, 8) },
  {
    name: "skew",
    angle: (random) => (random.uniform() < 0.5 ? -1 : 1) * (2 + 3 * random.uniform()),
    apply: (image) => image,
  },
  { name: "lowcontrast", apply: (image, random) => noise(unevenLight(image, random), 8, random) },
];

/** Gaussian blur, columns then rows; beyond the edge the page goes on as its last pixel. */
function blur(image: Grey, sigma: number): Grey {
  const radius = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((a, b) => a + b);
  const along = (
    source: Float32Array,
    count: number,
    stride: number,
    lines: number,
    lineStride: number,
  ): Float32Array => {
    const out = new Float32Array(source.length);
    for (let line = 0; line < lines; line++) {
      const start = line * lineStride;
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          const j = Math.min(count - 1, Math.max(0, i + k));
          sum += (kernel[k + radius] as number) * (source[start + j * stride] as number);
        }
        out[start + i * stride] = sum / total;
      }
    }
    return out;
  };
  const { width, height } = image;
  const columns = along(image.data, height, width, width, 1);
  return { width, height, data: along(columns, width, 1, height, width) };
}

/** Adds normal noise to every pixel; the image format clips it at black and white. */
function noise(image: Grey, deviation: number, random: Random): Grey {
  return { ...image, data: image.data.map((value) => value + deviation * random.normal()) };
}

/** Turns a share of the pixels black or white. */
function saltAndPepper(image: Grey, share: number, random: Random): Grey {
  return {
    ...image,
    data: image.data.map((value) => (random.uniform() < share ? (random.uniform() < 0.5 ? 0 : 255) : value)),
  };
}

/** Dark grey ink on paper lit from one side, the way a page looks photographed near a window. */
function unevenLight(image: Grey, random: Random): Grey {
  const { width, height } = image;
  const direction = 2 * Math.PI * random.uniform();
  const slope = 0.1 + 0.4 * random.uniform();
  const data = image.data.map((value, i) => {
    const x = (i % width) / width - 0.5;
    const y = Math.floor(i / width) / height - 0.5;
    const light = 0.75 + slope * (x * Math.cos(direction) + y * Math.sin(direction));
    return light * (140 + (60 * value) / 255);
  });
  return { width, height, data };
}

/** Shrinks the page and enlarges it again, so that detail is lost and positions are kept. */
function lowResolution(image: Grey, factor: number): Grey {
  const { width, height } = image;
  const small = createCanvas(Math.round(width * factor), Math.round(height * factor));
  const shrink = small.getContext("2d");
  shrink.imageSmoothingEnabled = true;
  shrink.imageSmoothingQuality = "high";
  shrink.drawImage(toCanvas(image), 0, 0, small.width, small.height);
  const large = createCanvas(width, height);
  const enlarge = large.getContext("2d");
  enlarge.imageSmoothingEnabled = true;
  enlarge.imageSmoothingQuality = "high";
  enlarge.drawImage(small, 0, 0, width, height);
  return fromCanvas(large);
}

async function jpeg(image: Grey, quality: number): Promise<Grey> {
  const { width, height } = image;
  const decoded = await loadImage(await toCanvas(image).encode("jpeg", quality));
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").drawImage(decoded, 0, 0);
  return fromCanvas(canvas);
}

export async function toPng(image: Grey): Promise<Buffer> {
  return toCanvas(image).encode("png");
}

function toCanvas(image: Grey): Canvas {
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(image.width, image.height);
  image.data.forEach((value, i) => {
    // A Uint8ClampedArray rounds and clips.
    pixels.data.fill(value, 4 * i, 4 * i + 3);
    pixels.data[4 * i + 3] = 255;
  });
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function fromCanvas(canvas: Canvas): Grey {
  const { width, height } = canvas;
  const rgba = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  return { width, height, data: Float32Array.from({ length: width * height }, (_, i) => rgba[4 * i] ?? 255) };
}
