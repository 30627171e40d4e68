import { randomUUID } from 'node:crypto';
import { CpwError, type PooledRecognizer, type SpeechDetector } from 'cpw-native';
import { parseOptions } from 'cpw-native/options';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import { modelId } from '../openai/models.js';
import { reportError } from '../server/error-answer.js';
import type { Service } from '../service.js';
import { Captioner } from './captioner.js';
import {
  closeCodes,
  endSchema,
  startSchema,
  type ServerMessage,
  type StartMessage,
} from './messages.js';
import { PcmReader } from './pcm.js';

/** What a session works with. */
export interface LiveContext {
  readonly service: Service;
  readonly detector: () => Promise<SpeechDetector>;
  /** The model that a client's name stands for. Throws where it may not be used. */
  readonly modelOf: (name: string | undefined) => Promise<string>;
}

/** Bytes that a client may leave unread: then partials are left out, then it is let go. */
const slowBytes = 1 << 16;
const goneBytes = 1 << 20;

/** One client's stream: a start message, samples, captions, an end. */
export class LiveSession {
  readonly #socket: WebSocket;
  readonly #context: LiveContext;
  readonly #id = randomUUID();
  readonly #stop = new AbortController();
  #reader: PcmReader | undefined;
  #captioner: Captioner | undefined;
  /** What came in one piece with the start message. */
  readonly #early: Float32Array[] = [];
  #segments = 0;
  #ended = false;
  #paused = false;
  #idle: NodeJS.Timeout | undefined;
  #captioned: Promise<void> = Promise.resolve();
  /** Resolves when the client has gone or has been served, and all is given back. */
  readonly closed: Promise<void>;

  constructor(socket: WebSocket, context: LiveContext) {
    this.#socket = socket;
    this.#context = context;
    socket.on('message', (data: Buffer, isBinary) => this.#take(data, isBinary));
    this.#rearm();
    this.closed = this.#followed();
  }

  /** No more audio is taken; what is open becomes final. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#idle);
    if (this.#reader === undefined) this.#socket.close(closeCodes.done);
    this.#captioner?.end();
  }

  async #followed(): Promise<void> {
    const { service } = this.#context;
    const limit = setTimeout(() => this.end(), service.options.live.maxSessionS * 1000);
    const leave = (): void => this.#socket.close(closeCodes.leaving);
    service.stopped.addEventListener('abort', leave, { once: true });
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.once('error', () => this.#socket.terminate());
    });
    service.stopped.removeEventListener('abort', leave);
    clearTimeout(limit);
    clearTimeout(this.#idle);
    this.#stop.abort(new Error('the client has gone'));
    await this.#captioned;
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (this.#ended) return;
    try {
      if (isBinary) this.#samples(data);
      else if (this.#reader === undefined) this.#start(parsed(startSchema, data));
      else if (parsed(endSchema, data)) this.end();
    } catch (error) {
      this.#fail(error, closeCodes.refused);
    }
  }

  #samples(data: Buffer): void {
    if (this.#reader === undefined) throw notBegun();
    this.#rearm();
    const samples = this.#reader.read(data);
    if (this.#captioner === undefined) this.#early.push(samples);
    else this.#captioner.push(samples);
    const { audioS = 0 } = this.#captioner?.figures ?? {};
    if (audioS > this.#context.service.options.live.maxSessionS) this.end();
    if (this.#captioner?.full === true) this.#pause();
  }

  #start(message: StartMessage): void {
    this.#reader = new PcmReader(message.format);
    this.#pause();
    const done = this.#context.service.running.begin();
    this.#captioned = this.#caption(message)
      .finally(done)
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#fail(error, closeCodes.failed);
      });
  }

  async #caption({ model: asked, language }: StartMessage): Promise<void> {
    const { service, detector, modelOf } = this.#context;
    const model = await modelOf(asked);
    const { signal } = this.#stop;
    const held = await service.models.acquire(model, service.served.options, { signal });
    await using recognizer: PooledRecognizer = held;
    const captioner = this.#open({ recognizer, detector: await detector(), language });
    this.#send({ type: 'ready', model: asked ?? modelId(service.served) });
    const id = this.#id;
    service.news.emit('transcription', { state: 'begun', id, model });
    const told = (state: 'completed' | 'failed' | 'aborted', error?: unknown): void => {
      const { audioS: durationS, engineS: elapsedS } = captioner.figures;
      const why = error === undefined ? {} : { error };
      service.news.emit('transcription', { state, id, model, durationS, elapsedS, ...why });
    };
    try {
      await captioner.run(() => this.#resume());
      told('completed');
      this.#send({ type: 'done', durationS: captioner.figures.audioS, segments: this.#segments });
      this.#socket.close(closeCodes.done);
    } catch (error) {
      told(signal.aborted ? 'aborted' : 'failed', error);
      throw error;
    }
  }

  #open(parts: {
    readonly recognizer: PooledRecognizer;
    readonly detector: SpeechDetector;
    readonly language: string;
  }): Captioner {
    const { stepS, endSilenceMs, maxSegmentS } = this.#context.service.options.live;
    const captioner = new Captioner({
      ...parts,
      stepS,
      endSilenceMs,
      maxSegmentS,
      signal: this.#stop.signal,
      onPartial: (caption) => {
        // What comes next says the same and more.
        if (this.#socket.bufferedAmount < slowBytes) this.#send({ type: 'partial', ...caption });
      },
      onFinal: (segment) => {
        this.#segments += 1;
        this.#send({ type: 'final', segment });
      },
    });
    for (const samples of this.#early.splice(0)) captioner.push(samples);
    this.#captioner = captioner;
    if (this.#ended) captioner.end();
    this.#resume();
    return captioner;
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > goneBytes) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(message));
  }

  #fail(error: unknown, code: number): void {
    this.#ended = true;
    // The client's answer to the closing has to be read.
    this.#socket.resume();
    this.#send({ type: 'error', error: shownError(error, this.#id) });
    this.#socket.close(code);
    this.#stop.abort(error);
  }

  /** Leaves what comes to the network, which slows the sender down. */
  #pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#paused || this.#captioner?.full === true) return;
    this.#paused = false;
    this.#socket.resume();
    this.#rearm();
  }

  #rearm(): void {
    clearTimeout(this.#idle);
    const { idleS } = this.#context.service.options.live;
    this.#idle = setTimeout(() => (this.#paused ? this.#rearm() : this.end()), idleS * 1000);
  }
}

/** A text message by its schema. Throws CPW_INVALID_OPTIONS. */
function parsed<Schema extends z.ZodType>(schema: Schema, data: Buffer): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      'A text message of the stream is not JSON. Next step: send {"type":"start"} first, then ' +
        'samples in binary messages.',
      { cause },
    );
  }
  return parseOptions(schema, value, { subject: 'The stream' });
}

function notBegun(): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    'Samples came before the stream was begun. Next step: send {"type":"start"} first.',
  );
}

/** As answers have it: without what belongs to the server. */
function shownError(error: unknown, requestId: string): { code: string; message: string } {
  const { code, message } = reportError(error, { requestId }).body.error;
  return { code: code ?? 'internal_error', message };
}
