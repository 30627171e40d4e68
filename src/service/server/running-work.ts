/** Counts what has to end before the server may. */
export class RunningWork {
  readonly #waiting = new Set<() => void>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Something begins; what it returns is to be called at its end. */
  begin(): () => void {
    this.#count += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#count -= 1;
      if (this.#count > 0) return;
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    };
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }
}
