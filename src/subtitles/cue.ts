/** What is shown at one time. Times are seconds in whole milliseconds, `start < end`. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  /** One or two, none of them empty. */
  readonly lines: readonly string[];
  /** Who speaks, where that is known. */
  readonly voice?: string;
}
