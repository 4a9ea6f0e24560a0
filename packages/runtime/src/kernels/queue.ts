/**
 * Begins each work when the one before has ended, well or not, and what it left is cleared away: they share the worker's
 * variables. Who waits for a work does not wait for that.
 */
export function queue(clear: () => Promise<void>): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.then(clear, clear).catch(() => {}); // Refused where all is closed.
    return result;
  };
}
