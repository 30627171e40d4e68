import { z } from 'zod';
import type { CaptionSegment, PartialCaption } from './captioner.js';
import { pcmFormats } from './pcm.js';
import { sampleRate } from './sample-window.js';

/** The first message of a client: what its audio is and how it wants to be read. */
export const startSchema = z.strictObject({
  type: z.literal('start').default('start'),
  model: z.string().min(1).optional().describe("A model by name. Unset: the server's"),
  language: z
    .string()
    .regex(/^(auto|[a-z]{2,3})$/u, 'is not a language code; give one, e.g. en, or auto')
    .default('auto')
    .describe('Spoken language. auto: decided on the first seconds of speech'),
  sampleRate: z.literal(sampleRate).default(sampleRate).describe('Samples a second, one channel'),
  format: z.enum(pcmFormats).default('pcm_s16le').describe('How samples stand in binary messages'),
});

/** Later text messages. */
export const endSchema = z.strictObject({ type: z.literal('end') });

/** What a client asks for. */
export type StartMessage = z.output<typeof startSchema>;

/** What the server sends. Times are seconds from the stream's beginning. */
export type ServerMessage =
  | { readonly type: 'ready'; readonly model: string }
  | ({ readonly type: 'partial' } & PartialCaption)
  | { readonly type: 'final'; readonly segment: CaptionSegment }
  | { readonly type: 'error'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly type: 'done'; readonly durationS: number; readonly segments: number };

/** Why a socket is closed, by RFC 6455. */
export const closeCodes = { done: 1000, leaving: 1001, refused: 1008, failed: 1011, busy: 1013 };
