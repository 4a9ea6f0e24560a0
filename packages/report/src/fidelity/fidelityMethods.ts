import type { Method } from "../analysis/report.js";
import type { FidelityReport } from "./fidelity.js";

type Found = Pick<FidelityReport, "generators" | "pairs" | "ensemble" | "options">;

/** The footnotes: how each number is made, and which interval is valid for it. */
export function fidelityMethods({ generators, pairs, ensemble, options }: Found): Method[] {
  const curve: Method = {
    id: "curve",
    title: "Precision–recall curve",
    text: "For every slope λ the smallest λ·P(A) + Q(Aᶜ) over regions A, P real and Q generated, that a k-nearest-neighbour classifier reaches (k = ⌊√n⌋); half of each sample trains it, the other half measures. The minimum over thresholds on test rows is slightly optimistic, the classifier slightly pessimistic: read it beside real against real. F₈ weighs recall, F₁⁄₈ precision; the overlap is where both are equal, 1 − total variation.",
    source: "Sajjadi et al. 2018; Simon et al. 2019; Sykes et al. 2024",
  };
  const single: Method[] = [
    {
      id: "half-sampling",
      title: "Intervals by half-sampling",
      text: "Half of the rows (of the clusters, where a column names them) of each sample are drawn without replacement, 100 times or more; value ± t · their standard deviation. They say where the expected value at this number of rows lies. The bootstrap is wrong for everything that measures distances to neighbours: repeated rows shrink the balls. Conservative for recall and coverage.",
      source: "Politis & Romano 1994",
    },
    {
      id: "prdc",
      title: "Precision, recall, density, coverage",
      text: `Open balls around each row out to its ${options.k}th neighbour in its own sample. Precision: share of generated rows in a ball of a real one; recall: the reverse; density: balls a generated row lies in, over k, 1 at equality; coverage: share of real balls with a generated row.`,
      source: "Kynkäänniemi et al. 2019; Naeem et al. 2020",
    },
    {
      id: "frechet",
      title: "Fréchet distance",
      text: "‖Δμ‖² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½: FID, where the features are Inception's. The value is too large, by about columns² / rows. Less its bias it is corrected twice: for normal rows by random matrix theory (Tiomoko & Couillet 2019), whatever the columns, and for what is left by a delete-group jackknife; its interval is t · the jackknife's standard error, and what the two differ by. Not valid below two rows a column: the interval is then infinite. At equality the standard error degenerates and the interval is a rough one.",
      source: "Heusel et al. 2017; Chong & Forsyth 2020; Tiomoko & Couillet 2019",
    },
    {
      id: "kernel",
      title: "Kernel distance",
      text: "Squared maximum mean discrepancy with the kernel (xᵀy/columns + 1)³ over all pairs: KID, where the features are Inception's. Unbiased, so about 0 and often negative where the distributions are equal. Interval by the delete-one jackknife of the U-statistic.",
      source: "Bińkowski et al. 2018",
    },
    {
      id: "two-sample",
      title: "Can they be told apart?",
      text: "A nearest-neighbour classifier learns on half of the rows and is tried on the other half; exact binomial interval and p-value (over clusters, where they are named).",
      source: "Lopez-Paz & Oquab 2017",
    },
    {
      id: "floor",
      title: "Noise floor",
      text: "Every metric depends on the number of rows, and none is perfect for a perfect generator. So half of the real rows are compared with the other half, and with half of the generated rows: those two numbers can be compared.",
      source: "",
    },
  ];
  return [
    ...(options.extractor === null
      ? []
      : [
          {
            id: "features",
            title: "Features",
            text: `${options.extractor}. Every distance in this report is one between such features: what they do not see, no number here sees. Numbers made with other features cannot be compared with these.`,
            source: "",
          },
        ]),
    curve,
    ...(generators.length > 0 ? single : []),
    ...(pairs
      ? [
          {
            id: "pairs",
            title: "Comparing generators",
            text: "Area under the curve: half samples that share their real rows, value ± t · the standard deviation of the differences, at this number of rows. Kernel distance: all samples are cut into disjoint folds, and on each both generators meet the same real rows; t interval of the paired differences. Both Šidák-corrected over all pairs and both metrics.",
            source: "",
          },
        ]
      : []),
    ...(ensemble
      ? [
          {
            id: "ensemble",
            title: "Curves of an ensemble",
            text: "Each model's samples and the reference are cut into two folds of equal size; all curves share their rays and are averaged along them. The band holds the mean curve of all models that could be trained at all angles together (max-t over angles); it counts the reference's variance too.",
            source: "Morales, Jurie & Fadili 2025, arXiv 2511.10710",
          },
          {
            id: "components",
            title: "Variance components",
            text: "Crossed analysis of variance, models × generated folds × reference folds: training seed (and training data, where it was named), generated sample, reference sample, and the rest. Intervals by modified large samples; negative estimates are shown as 0.",
            source: "Searle, Casella & McCulloch 1992; Graybill & Wang 1980",
          },
        ]
      : []),
  ];
}
