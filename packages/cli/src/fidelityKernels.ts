import type { FidelityKernels } from "@credence/report";

/** What @credence/runtime does for a comparison; null where it is not installed, and plain TypeScript does. */
export async function startFidelityKernels(): Promise<(FidelityKernels & { close(): Promise<void> }) | null> {
  try {
    const { startKernels } = await import("@credence/runtime");
    const kernels = startKernels();
    // Without ONNX Runtime inside, the first product fails: try one.
    await kernels.gram({ data: [1], rows: 1, columns: 1 });
    return kernels;
  } catch {
    return null;
  }
}
