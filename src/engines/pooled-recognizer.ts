import { CpwError } from '../errors.js';
import type { LanguageScore, Transcript } from '../types.js';
import type { Recognizer, RecognizerInfo } from './recognizer.js';
import { startTranscription, type Transcription } from './transcription.js';

/** What a handle needs of a recogniser. */
export type PoolableRecognizer = Pick<
  Recognizer,
  'info' | 'transcribe' | 'detectLanguage' | 'close'
>;

/** The pool's side of a handle. */
export interface Lease {
  readonly recognizer: PoolableRecognizer;
  /** A job of the handle begins: the model stays. What it returns is to be called at the job's end. */
  begin(): () => void;
  /** The handle is closed. */
  release(): void;
}

/**
 * A model of a {@link ModelPool}, with the methods of a {@link Recognizer}. Closing it gives the
 * model back to the pool, which keeps it for whoever asks next.
 */
export class PooledRecognizer {
  readonly info: RecognizerInfo;
  #lease: Lease | undefined;

  /** @internal */
  constructor(lease: Lease) {
    this.info = lease.recognizer.info;
    this.#lease = lease;
  }

  /** As `Recognizer.transcribe`. */
  transcribe(...args: Parameters<Recognizer['transcribe']>): Transcription {
    const lease = this.#lease;
    if (lease === undefined) {
      return startTranscription(async (): Promise<Transcript> => {
        throw closedHandle();
      }, {});
    }
    const end = lease.begin();
    const transcription = lease.recognizer.transcribe(...args);
    void transcription.then(end, end);
    return transcription;
  }

  /** As `Recognizer.detectLanguage`. */
  async detectLanguage(
    ...args: Parameters<Recognizer['detectLanguage']>
  ): Promise<readonly LanguageScore[]> {
    if (this.#lease === undefined) throw closedHandle();
    const end = this.#lease.begin();
    try {
      return await this.#lease.recognizer.detectLanguage(...args);
    } finally {
      end();
    }
  }

  /** Gives the model back once running calls have ended; later calls throw CPW_CLOSED. */
  close(): void {
    this.#lease?.release();
    this.#lease = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

function closedHandle(): CpwError {
  return new CpwError(
    'CPW_CLOSED',
    'The model was given back to its pool. Next step: acquire it again, or close the handle later.',
  );
}
