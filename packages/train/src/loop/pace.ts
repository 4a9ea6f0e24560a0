/** Steps per run: so many that a run takes about this long. Progress is heard, and a signal obeyed, between runs. */
const MILLISECONDS = 100;
const MOST = 16;

/** Decides how many steps to run at a time. How they are divided into runs does not change their result. */
export function createPace(): { steps(): number; done(steps: number): void } {
  let last = performance.now();
  let perStep = Infinity;
  return {
    steps: () => Math.min(MOST, Math.max(1, Math.floor(MILLISECONDS / perStep))),
    done(steps) {
      const now = performance.now();
      perStep = (now - last) / steps;
      last = now;
    },
  };
}
