/** How a conversion is watched and stopped. */
export interface ConvertControl {
  /** When it fires, the conversion rejects with its reason and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /** Gets the finished part, 0..1, never less than before. */
  readonly onProgress?: (fraction: number) => void;
}

/** Counts finished work; each step also looks whether the conversion was aborted. */
export class Progress {
  private done = 0;

  private readonly total: number;
  private readonly control: ConvertControl;

  constructor(total: number, control: ConvertControl) {
    this.total = total;
    this.control = control;
  }

  get signal(): AbortSignal | undefined {
    return this.control.signal;
  }

  advance(amount: number): void {
    this.control.signal?.throwIfAborted();
    this.done += amount;
    this.control.onProgress?.(Math.min(1, this.done / this.total));
  }
}
