import type { Segment, Transcript } from 'cpw-native';
import { z } from 'zod';
import { usageOf } from './answers.js';
import { addition, joinedText } from './joined-text.js';

/** What a stream of a transcription consists of. */
export const streamEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('transcript.text.delta'), delta: z.string() }),
  z.object({
    type: z.literal('transcript.text.done'),
    text: z.string(),
    usage: z.object({ type: z.literal('duration'), seconds: z.number() }),
  }),
]);

type StreamEvent = z.output<typeof streamEventSchema>;

/** Makes the events of segments, whose deltas joined are the text. */
export function deltas(): (segment: Segment) => StreamEvent {
  let text = '';
  return (segment) => {
    const delta = addition(text, segment.text);
    text += delta;
    return { type: 'transcript.text.delta', delta };
  };
}

/** The event that ends a stream. */
export function doneEvent({ segments, duration }: Transcript): StreamEvent {
  return {
    type: 'transcript.text.done',
    text: joinedText(segments),
    usage: usageOf(duration),
  };
}

/** An event as a stream of server-sent events has it. */
export function serverSent(event: object | '[DONE]'): string {
  return `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
}
