import type {
  PooledRecognizer,
  SpeechDetector,
  SpeechSegment,
  TranscribeOptions,
  Word,
} from 'cpw-native';
import { Agreement } from './agreement.js';
import { joined, textOf } from './caption-text.js';
import { SampleWindow } from './sample-window.js';

/** A stretch of speech whose text is final. Times are seconds from the stream's beginning. */
export interface CaptionSegment {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly words: readonly Word[];
}

/** What is heard so far of the speech that goes on. */
export interface PartialCaption {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The part of the text that does not change any more. */
  readonly stable: string;
  readonly unstable: string;
}

/** What captions are made with. */
export interface CaptionerOptions {
  readonly recognizer: Pick<PooledRecognizer, 'transcribe'>;
  readonly detector: Pick<SpeechDetector, 'detectSpeech'>;
  readonly language: string;
  /** Speech is decoded again once so many seconds have come. */
  readonly stepS: number;
  /** Silence that ends a segment. */
  readonly endSilenceMs: number;
  /** Longest segment; longer speech is cut at its quietest place. */
  readonly maxSegmentS: number;
  readonly onPartial: (caption: PartialCaption) => void;
  readonly onFinal: (segment: CaptionSegment) => void;
  readonly signal: AbortSignal;
}

/** How a text is searched for that the next decode replaces, and one that stays. */
const atOnce = { temperature: 0, beamSize: 1 } satisfies TranscribeOptions;
const inTime = { temperature: 0 } satisfies TranscribeOptions;

/** Kept before speech: the detector needs some frames to see that somebody speaks. */
const leadS = 0.5;
/** While nobody speaks the detector alone looks, which takes a millisecond. */
const lookS = 0.1;
/** Seconds of audio that may wait; a caller who has more waits himself. */
const mostWaitingS = 30;

/**
 * Turns a stream of samples into captions. Only one decode runs at a time, and takes all that has
 * come by then: an engine that cannot keep up decodes less often.
 */
export class Captioner {
  readonly #options: CaptionerOptions;
  readonly #window = new SampleWindow();
  #agreement = new Agreement();
  #language: string;
  #decodedS = 0;
  /** Speech goes on. */
  #open = false;
  #shown = '';
  #count = 0;
  #ended = false;
  #engineS = 0;
  #wake: () => void = () => undefined;

  constructor(options: CaptionerOptions) {
    this.#options = options;
    this.#language = options.language;
  }

  /** Seconds of audio that came, and seconds that engines worked on them. */
  get figures(): { readonly audioS: number; readonly engineS: number } {
    return { audioS: this.#window.endS, engineS: this.#engineS };
  }

  /** True where the engine is so far behind that no more should be pushed. */
  get full(): boolean {
    return this.#window.endS - this.#window.beginS > mostWaitingS + this.#options.maxSegmentS;
  }

  push(samples: Float32Array): void {
    this.#window.add(samples);
    this.#wake();
  }

  /** No more audio comes: what is open becomes final. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Makes captions until the stream has ended. `onRoom` is told after each step. */
  async run(onRoom: () => void = () => undefined): Promise<void> {
    const { signal, stepS } = this.#options;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    for (;;) {
      signal.throwIfAborted();
      const step = this.#open ? stepS : Math.min(lookS, stepS);
      const ready = this.#window.endS - this.#decodedS >= step;
      if (!ready && !this.#ended) await new Promise<void>((wake) => (this.#wake = wake));
      else if (await this.#step()) return;
      onRoom();
    }
  }

  /** One look at what has come; true where nothing is left to do. */
  async #step(): Promise<boolean> {
    const ended = this.#ended;
    const { beginS, endS } = this.#window;
    const [span, next] = await this.#speech();
    if (span === undefined) {
      this.#decodedS = endS;
      this.#window.dropBefore(endS - leadS);
      return ended;
    }
    const closed = next !== undefined || beginS + span.end < endS - 0.02 || ended;
    const start = beginS + span.start;
    const end = beginS + span.end;
    const words = await this.#decode({ start, end }, closed ? inTime : atOnce);
    if (closed) {
      this.#close({ start, end }, words);
      // Behind a pause the lead belongs to nobody; behind a cut the next word begins at once.
      this.#window.dropBefore(end);
    } else {
      this.#show({ start, end }, words);
      this.#window.dropBefore(start - leadS);
    }
    this.#open = !closed;
    this.#decodedS = closed ? end : endS;
    return false;
  }

  async #speech(): Promise<readonly SpeechSegment[]> {
    const { detector, endSilenceMs, maxSegmentS, signal } = this.#options;
    const vad = { minSilenceDurationMs: endSilenceMs, maxSpeechDurationS: maxSegmentS };
    const samples = this.#window.part();
    return samples.length === 0 ? [] : detector.detectSpeech(samples, vad, { signal });
  }

  async #decode({ start, end }: SpeechSegment, how: TranscribeOptions): Promise<readonly Word[]> {
    const { recognizer, signal } = this.#options;
    const begun = performance.now();
    const options = { ...how, language: this.#language, wordTimestamps: true };
    const samples = this.#window.part(start, end);
    const { segments, language } = await recognizer.transcribe(samples, options, { signal });
    this.#engineS += (performance.now() - begun) / 1000;
    if (segments.length > 0 && end - start > 2) this.#language = language;
    return segments
      .flatMap(({ words = [] }) => words)
      .map((word) => ({ ...word, start: start + word.start, end: start + word.end }));
  }

  #show({ start, end }: SpeechSegment, words: readonly Word[]): void {
    const agreed = this.#agreement.add(words);
    const stable = textOf(agreed.stable);
    const unstable = textOf(agreed.unstable);
    const text = joined(stable, unstable);
    const shown = `${stable}\0${unstable}`;
    if (text === '' || shown === this.#shown) return;
    this.#shown = shown;
    this.#options.onPartial({ start, end, text, stable, unstable });
  }

  #close({ start, end }: SpeechSegment, decoded: readonly Word[]): void {
    const words = this.#agreement.finish(decoded, end);
    this.#shown = '';
    const text = textOf(words);
    if (text === '') return;
    this.#options.onFinal({ id: this.#count, start, end, text, words });
    this.#count += 1;
  }
}
