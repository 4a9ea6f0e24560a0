/** Numbers keys 0, 1, 2 … in order of first appearance. */
export interface DenseCoder {
  code(key: number): number;
  /** Distinct keys so far. */
  count(): number;
}

/**
 * A coder for non-negative keys below 2^53, such as hashes: open addressing in two typed arrays, because a Map of ten
 * million numbers takes a gigabyte.
 */
export function createDenseCoder(): DenseCoder {
  let size = 1024;
  let keys = new Float64Array(size).fill(-1);
  let codes = new Int32Array(size);
  let count = 0;

  // The keys are hashes already: their low bits are as good as any.
  const slotOf = (key: number): number => {
    let slot = key % size;
    while (keys[slot] !== -1 && keys[slot] !== key) slot = slot + 1 === size ? 0 : slot + 1;
    return slot;
  };

  const grow = () => {
    const [oldKeys, oldCodes] = [keys, codes];
    size *= 2;
    keys = new Float64Array(size).fill(-1);
    codes = new Int32Array(size);
    for (let i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] === -1) continue;
      const slot = slotOf(oldKeys[i]);
      keys[slot] = oldKeys[i];
      codes[slot] = oldCodes[i];
    }
  };

  return {
    code(key) {
      let slot = slotOf(key);
      if (keys[slot] === key) return codes[slot];
      if (2 * count >= size) {
        grow();
        slot = slotOf(key);
      }
      keys[slot] = key;
      codes[slot] = count;
      return count++;
    },
    count: () => count,
  };
}
