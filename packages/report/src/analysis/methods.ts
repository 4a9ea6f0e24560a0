import { setsMethods } from "../sets/setsMethods.js";
import { formatCount, formatPercent, formatPlural } from "../words/format.js";
import { DECISION_ROWS } from "./decision.js";
import type { Method, Report } from "./report.js";
import { MOST_ROWS } from "./sample.js";

/** The footnotes of a report: how each thing in it was computed, and where that comes from. */
export function methodsOf(report: Omit<Report, "methods">): Method[] {
  const { options, groups, slices, multicalibration, recalibration, threshold, contrast, classes, splits } =
    report;
  const clusters = groups ? `, cluster-robust over ${formatPlural(groups.count, "group")}` : "";
  const level = formatPercent(options.level);
  const sampled =
    report.n > MOST_ROWS
      ? ` Uses about ${formatCount(MOST_ROWS)} of the rows, drawn at random${groups ? " in whole groups" : ""}.`
      : "";
  const method = (id: string, title: string, text: string, source: string): Method => ({
    id,
    title,
    text,
    source,
  });
  const found = [
    method(
      "calibration-error",
      "Calibration error (ECE)",
      `${options.bins} equal-width bins, right-closed, empty ones skipped: the mean over bins, weighted by rows, of |frequency − mean confidence|. The ${level} interval is the range of that error over a simultaneous region for the bins' gaps${clusters}; it reaches 0 unless calibration is ruled out, where bootstrap intervals fail.`,
      "Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017.",
    ),
    method(
      "scores",
      "Brier score, log loss, mean gap",
      `Means over rows; ${level} intervals by the delta method${clusters}. Log loss in nats, probabilities taken no nearer than 2⁻⁵² to 0 or 1.`,
      "Brier 1950; Good 1952.",
    ),
    method(
      "murphy",
      "Decomposition",
      "Brier score = reliability − resolution + uncertainty + what varies within bins; over the same bins.",
      "Murphy 1973; Stephenson, Coelho & Jolliffe 2008.",
    ),
    method(
      "reliability",
      "Reliability diagram",
      `The bands show where the frequencies would lie with probability ${level} were the model calibrated, for each bin and for all bins at once${clusters}. The line is the isotonic (CORP) fit, which needs no bins.`,
      "Bröcker & Smith 2007; Dimitriadis, Gneiting & Jordan 2021.",
    ),
    method(
      "accuracy",
      "Shares",
      `Exact (Clopper–Pearson) intervals${groups ? " at the effective sample size that the clusters leave" : ""}.`,
      groups ? "Clopper & Pearson 1934; Korn & Graubard 1998." : "Clopper & Pearson 1934.",
    ),
    method(
      "ranking",
      "AUROC and AURC",
      `How well confidence tells right answers from wrong ones; equal confidences are averaged over their orders, intervals by the delta method${clusters}.${sampled}`,
      "Geifman & El-Yaniv 2017.",
    ),
    slices.length > 0 &&
      method(
        "slices",
        "Slices",
        `The intervals of the gap (mean confidence − accuracy) hold for all ${slices.length} slices at once (max-t${clusters}), those of the other metrics at Šidák's level: a slice that is named did not stand out by chance. A slice counts as off where its interval excludes 0. Worst first: by the error that is certainly there.`,
        "Hothorn, Bretz & Westfall 2008; Šidák 1967.",
      ),
    multicalibration.cells !== null &&
      method(
        "multicalibration",
        "Cells of slice and confidence",
        `A cell is one slice × one of ${multicalibration.bands.length} bands of confidence, each with about an equal share of the fit part. The cells that look off there are measured on the evaluate part, which had no say in the choice; their intervals hold together (max-t or Šidák${groups ? ", cluster-robust" : ""}).${sampled}`,
        "Hébert-Johnson et al. 2018; Hothorn, Bretz & Westfall 2008.",
      ),
    recalibration.chosen !== null &&
      method(
        "recalibration",
        "Recalibration",
        `Candidates are compared with leaving the confidences alone by nested ${groups ? "grouped " : ""}cross-validation on the log loss, on the fit part; they are replaced only where the gain exceeds 1.645 corrected standard errors. Before and after are measured on the evaluate part, which the fit never saw.`,
        "Nadeau & Bengio 2003.",
      ),
    method(
      "threshold",
      "Certified threshold",
      `Thresholds are tested downwards from where the fit part points to, on the certify part, until one fails (${threshold.method === "betting" ? "a betting test on groups" : "the exact binomial test"}); no correction for many thresholds is needed. The promise: with probability ${formatPercent(1 - options.delta)} over the labelled rows, at most ${formatPercent(options.risk)} of the answers that go out are wrong, as long as new ${groups ? "groups" : "rows"} are like these.`,
      threshold.method === "betting"
        ? "Angelopoulos et al. 2021 (Learn then Test); Waudby-Smith & Ramdas 2024."
        : "Angelopoulos et al. 2021 (Learn then Test); Clopper & Pearson 1934.",
    ),
    method(
      "decision",
      "Net benefit",
      `Acting at threshold t: right answers − t/(1 − t) · wrong ones, per row. The band holds for each threshold alone${clusters}. Better or worse than acting on all and on none is called proven where exact intervals for the share of right answers at t and above, and below t, leave no other reading; these hold for all thresholds at once (Šidák).${report.n > DECISION_ROWS ? ` Uses about ${formatCount(DECISION_ROWS)} of the rows, drawn at random${groups ? " in whole groups" : ""}.` : ""}`,
      "Vickers & Elkin 2006; Clopper & Pearson 1934.",
    ),
    classes &&
      method(
        "classes",
        "All classes",
        `Calibration errors over ${options.bins} equal-width bins as above: of the largest probability; of each of the ${classes.count} classes, averaged (low end from intervals that hold together, Šidák); and of the sum of the k largest.`,
        "Guo et al. 2017; Kull et al. 2019; Gupta et al. 2021.",
      ),
    ...setsMethods(report.sets, groups?.column ?? null),
    contrast &&
      method(
        "contrast",
        "By row and by group",
        "The same computations with the rows taken for independent, which they are not: shown so that the difference can be seen.",
        "Kish 1965.",
      ),
    splits.parts &&
      method(
        "splits",
        "Which rows did what",
        `A random split (seed ${splits.seed})${groups ? " that keeps groups whole" : ""}: no row both fits and certifies, or fits and evaluates.${sampled}`,
        "",
      ),
  ];
  return found.filter((item): item is Method => typeof item === "object" && item !== null);
}
