/** The learning rate's factor at a step (from 0), in [0, 1] as a rule. */
export type Schedule = (step: number, steps: number) => number;

/** Always 1. */
export const constantRate: Schedule = () => 1;

/** From 1 down to `end` along half a cosine (Loshchilov & Hutter 2017). */
export const cosine =
  (end = 0): Schedule =>
  (step, steps) =>
    end + (1 - end) * 0.5 * (1 + Math.cos((Math.PI * step) / Math.max(steps, 1)));

/** From 1 down to `end` along a line. */
export const linearDecay =
  (end = 0): Schedule =>
  (step, steps) =>
    1 - (1 - end) * (step / Math.max(steps, 1));

/** Times `factor` after every `every` steps. */
export const stepDecay =
  (every: number, factor = 0.1): Schedule =>
  (step) =>
    factor ** Math.floor(step / every);

/** First rises along a line for `warm` steps, then follows the other schedule. */
export const warmup =
  (warm: number, then: Schedule = constantRate): Schedule =>
  (step, steps) =>
    step < warm ? (step + 1) / warm : then(step - warm, steps - warm);
