import { openModel, tensorData } from "@credence/runtime";
import type { Matrix } from "credence/numeric";
import type { Trained } from "../capabilities.js";
import { type ModelFiles, saveModel } from "../card.js";
import { rowsWithColumns } from "../columns.js";
import type { Rows } from "../rows.js";
import { runRows } from "../runRows.js";
import type { GanomalyCard } from "./ganomalyCard.js";

/** A trained GANomaly: it scores rows, and neither draws nor knows probabilities. */
export interface Ganomaly extends Trained<GanomalyCard> {
  /** Minus the L1 distance between the two codes of each row, 0 or less: high for rows like those of training. */
  score(x: Rows, options?: { signal?: AbortSignal }): Promise<Float64Array>;
  /** Rows as the model rebuilds them, in the units of the data. */
  reconstruct(x: Rows, options?: { signal?: AbortSignal }): Promise<Matrix>;
}

/** The file of a GANomaly. */
export const MODEL = "model.onnx";

/** Opens a GANomaly from its files. */
export async function openGanomaly(files: ModelFiles, card: GanomalyCard): Promise<Ganomaly> {
  const model = await openModel(files[MODEL]);
  const { features } = card;
  const run = async (fn: string, x: Rows, output: string, signal?: AbortSignal) => {
    const { data, rows } = rowsWithColumns(fn, "x", x, features);
    const found = await runRows(
      model,
      { x: tensorData("float32", [rows, features], data) },
      [output],
      signal,
    );
    return { data: found[output], rows, columns: features };
  };
  return {
    card,
    score: async (x, { signal } = {}) =>
      Float64Array.from((await run("Ganomaly.score", x, "distance", signal)).data, (d) => -d),
    reconstruct: (x, { signal } = {}) => run("Ganomaly.reconstruct", x, "reconstruction", signal),
    save: (directory) => saveModel(directory, files, card),
    release: () => model.release(),
  };
}
