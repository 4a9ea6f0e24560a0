import type { Report } from "./analysis/report.js";
import type { ReportDocument } from "./document/document.js";
import { REGRESSION_SCHEMA, type RegressionReport } from "./regression/regression.js";
import { regressionDocument } from "./regression/regressionDocument.js";
import type { RiskReport } from "./risk/risk.js";
import { riskDocument } from "./risk/riskDocument.js";

/** A report of any kind; `schema` tells which. */
export type AnyReport = Report | RegressionReport | RiskReport;

/** A report that is made of sections throughout. */
export const documentOf = (report: RegressionReport | RiskReport): ReportDocument =>
  report.schema === REGRESSION_SCHEMA ? regressionDocument(report) : riskDocument(report);
