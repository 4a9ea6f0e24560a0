import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import type { OnlineConformalOptions } from "./adaptiveConformal.js";
import { type OnlineThreshold, onlineThreshold } from "./onlineThreshold.js";
import { createScoreWindow } from "./scoreWindow.js";

/**
 * Online conformal prediction (Vovk 2002): every row is predicted from all scores before it, and then joins them. For
 * exchangeable rows misses are independent with probability ≤ α each, from the first row on. Use a score that does not
 * depend on the order of the earlier rows. Where the stream drifts use {@link adaptiveConformal}.
 * @throws CredenceError "out-of-range".
 * @example
 * ```ts
 * import { onlineConformal } from "credence/conformal";
 * const stream = onlineConformal({ alpha: 0.5 });
 * stream.update(2); // → true
 * stream.threshold; // → 2
 * ```
 */
export function onlineConformal(options: OnlineConformalOptions): OnlineThreshold {
  const fn = "onlineConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, window = Infinity, scores = [] } = options;
  checkOpenUnit(fn, "alpha", alpha);
  const latest = createScoreWindow(fn, window, scores);
  return onlineThreshold(
    fn,
    alpha,
    () => latest.threshold(alpha),
    (score) => latest.add(score),
  );
}
