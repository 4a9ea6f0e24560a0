import type { TensorData } from "./tensor.js";

/** How a session runs. */
export interface SessionOptions {
  /** Threads of one operator. Default 1, the only setting with the same answer bit for bit on every run. */
  threads?: number;
  /** Whether idle threads spin, which is faster on an idle machine and hurts on a busy one. Default false. */
  spinning?: boolean;
  /** How far ONNX Runtime rewrites the graph. Default "all". */
  optimise?: "disabled" | "basic" | "extended" | "all";
  /** Whether memory is kept from run to run, which spares time with small tensors and wastes memory with large ones. Default true. */
  arena?: boolean;
}

/**
 * A session's place among the worker's variables. Variables stay in the worker between runs, so that weights do not
 * travel: inputs named in `reads` are fed from them, outputs named in `writes` become their new values.
 */
export interface Bindings {
  /** Variable by name of the input. */
  readonly reads?: { readonly [input: string]: string };
  /** Variable by name of the output. */
  readonly writes?: { readonly [output: string]: string };
  /** Outputs that must be finite; if one is not, the run fails and no variable changes. */
  readonly finite?: readonly string[];
}

/** Some rows of a variable: those at [from, to) along its first axis. They are not copied. */
export interface RowsOfVariable {
  readonly variable: string;
  readonly from: number;
  readonly to: number;
}

/** What the worker is asked. */
export type Request =
  | { kind: "set"; variables: { readonly [name: string]: TensorData }; keep: boolean }
  | { kind: "write"; variable: string; row: number; tensor: TensorData }
  | { kind: "drop"; names: readonly string[] | null }
  | { kind: "get"; names: readonly string[] | null }
  | { kind: "open"; session: number; model: Uint8Array; options: SessionOptions; bindings: Bindings }
  | {
      kind: "run";
      session: number;
      feeds: { readonly [name: string]: TensorData };
      outputs: readonly string[] | null;
      rows: { readonly [input: string]: RowsOfVariable };
    }
  | { kind: "release"; session: number };

/** A refusal, as plain data. */
export interface Failure {
  readonly code: "missing-package" | "session-failed" | "not-finite";
  readonly message: string;
  /** Where in the output, of what is not finite. */
  readonly index?: number;
}

/** What it answers; `id` is that of the request. */
export type Reply = { id: number } & ({ value: unknown } | { failure: Failure });

/** What a session is, told when it opens. */
export interface SessionDescription {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Shapes of the inputs; a text where a dimension may vary. */
  readonly shapes: { readonly [input: string]: readonly (number | string)[] };
}
