export interface KernelSettings {
  /** Of one matrix product. */
  readonly threads: number;
  /** Stops between two blocks. */
  readonly signal?: AbortSignal;
}
