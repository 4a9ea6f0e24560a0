import { type Model, sizeOf, type TensorData } from "@credence/runtime";

/** Rows run together. */
const TOGETHER = 512;

/** Runs a model on many rows, some at a time; each feed and each output has a row for each. Outputs are float32. */
export async function runRows<Name extends string>(
  model: Model,
  feeds: { readonly [name: string]: TensorData },
  outputs: readonly Name[],
  signal?: AbortSignal,
): Promise<{ [K in Name]: Float32Array<ArrayBuffer> }> {
  const rows = Object.values(feeds)[0].shape[0];
  const joined: { [name: string]: Float32Array<ArrayBuffer> } = {};
  for (let from = 0; from < rows; from += TOGETHER) {
    const until = Math.min(from + TOGETHER, rows);
    const part = Object.entries(feeds).map(([name, x]) => [name, slice(x, from, until)]);
    const results = await model.run(Object.fromEntries(part), { outputs, signal });
    for (const name of outputs) {
      const data = results[name].data as Float32Array;
      const width = data.length / (until - from);
      joined[name] ??= new Float32Array(rows * width);
      joined[name].set(data, from * width);
    }
  }
  return joined as { [K in Name]: Float32Array<ArrayBuffer> };
}

function slice({ type, shape, data }: TensorData, from: number, until: number): TensorData {
  const width = sizeOf(shape.slice(1));
  return { type, shape: shape.with(0, until - from), data: data.slice(from * width, until * width) };
}
