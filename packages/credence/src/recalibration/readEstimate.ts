import type { Estimate } from "../estimate/estimate.js";
import type { JsonFields } from "../numeric/json.js";

/** Reads an estimate with a finite interval back. */
export function readEstimate(fields: JsonFields): Estimate {
  const [low, high] = fields.numbers("interval", 2);
  return {
    value: fields.number("value"),
    interval: [low, high],
    level: fields.number("level"),
    method: fields.text("method"),
    n: fields.count("n"),
    ...(fields.has("groups") && { groups: fields.count("groups") }),
  };
}
