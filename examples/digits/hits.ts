import type { Matrix } from "credence/numeric";

/** 1 where no class has a larger score than the label, 0 elsewhere. @param scores One row of probabilities or logits per label. */
export function hits({ data, columns }: Matrix, labels: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(labels, (label, i) => {
    const row = i * columns;
    for (let j = 0; j < columns; j++) if (data[row + j] > data[row + label]) return 0;
    return 1;
  });
}
