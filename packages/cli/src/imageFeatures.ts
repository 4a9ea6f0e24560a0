import { basename } from "node:path";
import type { ImageReader } from "@credence/report";
import { inBatches } from "./inBatches.js";
import { missingPackage } from "./missingPackage.js";

/** How pixels are given to a model. */
export const PIXELS = {
  /** 0 to 1. */
  unit: { scale: 1 / 255, mean: [0, 0, 0], sd: [1, 1, 1] },
  /** −1 to 1. */
  signed: { scale: 2 / 255, mean: [1, 1, 1], sd: [1, 1, 1] },
  /** 0 to 255. */
  bytes: { scale: 1, mean: [0, 0, 0], sd: [1, 1, 1] },
  /** 0 to 1, less the mean and over the standard deviation of ImageNet's channels. */
  imagenet: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], sd: [0.229, 0.224, 0.225] },
} as const;

export type Pixels = keyof typeof PIXELS;

/** Images a model gets at a time. */
const BATCH = 32;

/**
 * Reads images with sharp, scales them to the size that an ONNX model asks for, and returns the model's output.
 * @throws InputError "invalid-option" where a package is missing or the model takes no images.
 */
export async function createImageReader(
  extractor: string,
  { pixels = "unit", layer }: { pixels?: Pixels; layer?: string },
): Promise<{ name: string; read: ImageReader; close(): Promise<void> }> {
  const { InputError } = await import("@credence/report");
  const sharp = await import("sharp").then(
    (loaded) => loaded.default,
    () => missingPackage("--extractor", "sharp"),
  );
  const { openModel, startRuntime } = await import("@credence/runtime").catch(() =>
    missingPackage("--extractor", "@credence/runtime"),
  );
  const runtime = startRuntime();
  const fail = async (error: unknown): Promise<never> => {
    await runtime.close();
    throw error;
  };
  const session = await runtime
    .open(await (await import("node:fs/promises")).readFile(extractor))
    .catch(fail);
  const [input] = session.inputs;
  const layout = layoutOf(session.shapes[input]);
  if (!layout)
    return fail(
      new InputError(
        "invalid-option",
        `its input "${input}" is ${JSON.stringify(session.shapes[input])}; images need four axes with 1 or 3 channels and a fixed height and width.`,
        { file: extractor },
      ),
    );
  await session.release();
  const model = await openModel(extractor, {
    runtime,
    batchSize: BATCH,
    ...(layer !== undefined && { embeddings: layer }),
  }).catch(fail);
  const { height, width, channels } = layout;
  const size = height * width * channels;

  async function pixelsOf(file: string): Promise<Float32Array> {
    try {
      const image = sharp(file, { failOn: "error" }).rotate().flatten({ background: "#ffffff" });
      const { data } = await image
        .resize(width, height, { fit: "fill", kernel: "cubic" })
        .toColourspace(channels === 1 ? "b-w" : "srgb")
        .raw()
        .toBuffer({ resolveWithObject: true });
      return arranged(data, layout as Layout, pixels);
    } catch (error) {
      throw new InputError(
        "broken-file",
        `is no whole PNG or JPEG image (${(error as Error).message.split("\n")[0]}).`,
        { file },
      );
    }
  }

  async function featuresOf(files: readonly string[]) {
    const data = new Float32Array(files.length * size);
    for (const [i, file] of files.entries()) data.set(await pixelsOf(file), i * size);
    const rows = { data, rows: files.length, columns: size };
    return layer === undefined ? model.logits(rows) : model.embeddings(rows);
  }

  return {
    name: `the model ${basename(extractor)}${layer === undefined ? "" : `, layer ${layer}`}, pixels ${pixels}`,
    read: (files, onProgress) => inBatches(files, BATCH, featuresOf, onProgress),
    close: () => runtime.close(),
  };
}

interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Whether the channels are the last axis. */
  readonly last: boolean;
}

/** Batch × channels × height × width, or with the channels last. */
export function layoutOf(shape: readonly (number | string)[]): Layout | null {
  if (shape.length !== 4) return null;
  const [, a, b, c] = shape;
  const channels = (n: number | string): n is 1 | 3 => n === 1 || n === 3;
  const length = (n: number | string): n is number => typeof n === "number" && n > 0;
  if (channels(a) && length(b) && length(c)) return { channels: a, height: b, width: c, last: false };
  if (length(a) && length(b) && channels(c)) return { channels: c, height: a, width: b, last: true };
  return null;
}

/** Bytes of an image, pixel by pixel, as the numbers that the model takes. */
export function arranged(
  bytes: Uint8Array,
  { height, width, channels, last }: Layout,
  pixels: Pixels,
): Float32Array {
  const { scale, mean, sd } = PIXELS[pixels];
  const area = height * width;
  const result = new Float32Array(area * channels);
  for (let p = 0; p < area; p++)
    for (let c = 0; c < channels; c++)
      result[last ? p * channels + c : c * area + p] = (bytes[p * channels + c] * scale - mean[c]) / sd[c];
  return result;
}
