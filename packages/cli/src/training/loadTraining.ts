import type * as models from "@credence/train/models";

/**
 * The optional peer that trains models and runs them.
 * @throws InputError that says what to install.
 */
export async function loadTraining(): Promise<typeof models> {
  try {
    return await import("@credence/train/models");
  } catch (error) {
    const { InputError } = await import("@credence/report");
    throw new InputError(
      "invalid-option",
      `training and sampling need @credence/train, which cannot be loaded: npm install --ignore-scripts @credence/train onnxruntime-node. ${(error as Error).message}`,
    );
  }
}
