import { progressLine, type ProgressNews } from './progress-line.js';

/** What a line needs of the stream that it is drawn on. */
export interface LineOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How often a line is drawn, and by which clock (milliseconds). */
export interface LineOptions {
  readonly everyMs: number;
  readonly now: () => number;
}

/** What is told of a piece of work. */
export interface LineNews extends Omit<ProgressNews, 'elapsedS'> {
  /** Names the work where its label changes meanwhile; default: the label. */
  readonly work?: string;
}

/** One progress line: drawn over itself on a terminal, now and then a plain line elsewhere. */
export class LiveLine {
  readonly #output: LineOutput;
  readonly #options: LineOptions;
  #news: LineNews | undefined;
  #startedAt = 0;
  #lastAt: number;
  #drawn = false;
  #ticking: NodeJS.Timeout | undefined;

  constructor(output: LineOutput, options: LineOptions) {
    this.#output = output;
    this.#options = options;
    this.#lastAt = options.now();
  }

  /** Writes something else with the line out of the way. */
  around(write: () => void): void {
    const shown = this.#drawn;
    this.#erase();
    write();
    if (shown) this.#draw();
  }

  /** Takes the news and draws them when it is time; other work starts another clock. */
  show(news: LineNews): void {
    const { now, everyMs } = this.#options;
    if (nameOf(this.#news) !== nameOf(news)) this.#startedAt = now();
    this.#news = news;
    if (now() - this.#lastAt < everyMs) return;
    this.#lastAt = now();
    // The clock goes on where the work has no news.
    if (this.#output.isTTY) this.#ticking ??= setInterval(() => this.#draw(), 1000).unref();
    this.#draw();
  }

  /** Nothing stays behind. */
  clear(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    this.#erase();
    this.#news = undefined;
    this.#lastAt = this.#options.now();
  }

  #draw(): void {
    if (this.#news === undefined) return;
    const elapsedS = (this.#options.now() - this.#startedAt) / 1000;
    const { isTTY, columns = 0 } = this.#output;
    // A terminal that nobody has sized says 0.
    const width = columns > 0 ? columns : 80;
    const text = progressLine({ ...this.#news, elapsedS }, isTTY ? width : undefined);
    this.#erase();
    this.#output.write(isTTY ? text : `${text}\n`);
    this.#drawn = isTTY === true;
  }

  #erase(): void {
    if (this.#drawn) this.#output.write('\r\u001b[K');
    this.#drawn = false;
  }
}

function nameOf(news: LineNews | undefined): string | undefined {
  return news?.work ?? news?.label;
}
