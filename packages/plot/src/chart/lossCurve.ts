import * as Plot from "@observablehq/plot";
import { CredenceError } from "credence/numeric";
import type { ChartOptions, ChartSpec, Figure, Frame } from "../spec.js";
import { pointerGround, tickMargin, xAxis, yAxis } from "./axes.js";
import { checkRows } from "./check.js";
import { formatNumber } from "./format.js";
import { thinPoints } from "./thin.js";

/** One point of a loss curve. */
export interface LossCurvePoint {
  /** Steps done. */
  readonly step: number;
  /** Mean training loss since the point before. */
  readonly loss: number;
  /** Loss of the rows held out, where it was measured. */
  readonly validation?: number;
}

/** What a loss curve shows. */
export interface LossCurveData {
  /** The `history` of a model of `@credence/train`, or points of your own, by step. */
  readonly history: readonly LossCurvePoint[];
}

/**
 * The training loss against the steps, and the loss of the rows held out where it was measured, with its lowest point.
 * @throws CredenceError "empty-input" without points, "not-finite", "out-of-range" for steps that do not rise.
 * @example
 * ```ts
 * import { lossCurveChart } from "@credence/plot";
 * const history = [{ step: 100, loss: 1.2, validation: 1.1 }, { step: 200, loss: 0.8, validation: 0.9 }];
 * lossCurveChart({ history }).description; // → "Training loss from 1.200 at step 100 to 0.800 at step 200; held out, lowest 0.900 at step 200."
 * ```
 */
export function lossCurveChart({ history }: LossCurveData, options: ChartOptions = {}): ChartSpec {
  const fn = "lossCurveChart";
  checkRows(fn, "data.history", history, "step", "loss");
  history.forEach(({ step }, i) => {
    if (i > 0 && !(step > history[i - 1].step))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "data.history", index: i, value: step },
        "steps must rise.",
      );
  });
  const held = history.filter(({ validation }) => Number.isFinite(validation));
  const lowest = held.reduce<LossCurvePoint | null>(
    (best, p) => (best && (best.validation as number) <= (p.validation as number) ? best : p),
    null,
  );
  const [first, last] = [history[0], history[history.length - 1]];
  const number = (value: number) => formatNumber(value, 3);
  const { title = "Loss", subtitle = null } = options;
  return {
    name: "loss-curve",
    title,
    subtitle,
    description: `Training loss from ${number(first.loss)} at step ${first.step} to ${number(last.loss)} at step ${last.step}${lowest ? `; held out, lowest ${number(lowest.validation as number)} at step ${lowest.step}` : ""}.`,
    key: lowest
      ? [
          { mark: "line", role: "estimate", label: "training" },
          { mark: "line", role: "second", label: "held out" },
          { mark: "dot", role: "second", label: "its lowest" },
        ]
      : [],
    maxWidth: 720,
    figures: (frame) => [lossFigure(frame, history, held, lowest)],
  };
}

function lossFigure(
  frame: Frame,
  history: readonly LossCurvePoint[],
  held: readonly LossCurvePoint[],
  lowest: LossCurvePoint | null,
): Figure {
  const { palette } = frame;
  const values = [...history.map((p) => p.loss), ...held.map((p) => p.validation as number)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const domain = low < high ? ([low, high] as const) : ([low - 1, high + 1] as const);
  const drawn = thinPoints(
    history,
    (p) => p.step,
    (p) => p.loss,
  );
  const drawnHeld = thinPoints(
    held,
    (p) => p.step,
    (p) => p.validation as number,
  );
  const lone =
    history.length === 1 ? [Plot.dot(history, { x: "step", y: "loss", r: 4, fill: palette.estimate })] : [];
  return {
    height: 260,
    marginLeft: tickMargin(domain),
    marginRight: 22,
    marginTop: 28,
    marginBottom: 42,
    y: { domain: [...domain], nice: true },
    marks: [
      ...pointerGround(frame),
      ...yAxis(frame, { label: "↑ Loss" }),
      ...xAxis(frame, { label: "Steps →", grid: false }),
      Plot.line(drawn, { x: "step", y: "loss", stroke: palette.estimate, strokeWidth: 2 }),
      ...lone,
      Plot.line(drawnHeld, { x: "step", y: "validation", stroke: palette.second, strokeWidth: 2 }),
      ...(lowest ? [Plot.dot([lowest], { x: "step", y: "validation", r: 4, fill: palette.second })] : []),
      ...(frame.live
        ? [
            Plot.tip(
              history,
              Plot.pointerX({
                x: "step",
                y: "loss",
                title: (p: LossCurvePoint) =>
                  `step ${p.step}\nloss ${formatNumber(p.loss, 3)}${p.validation === undefined ? "" : `\nheld out ${formatNumber(p.validation, 3)}`}`,
              }),
            ),
          ]
        : []),
    ],
  };
}
