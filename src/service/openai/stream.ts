import type { FastifyReply } from 'fastify';
import { PassThrough } from 'node:stream';
import { reportError } from '../server/error-answer.js';
import { sendEvents } from '../server/send-events.js';
import type { Service } from '../service.js';
import { deltas, doneEvent, serverSent } from './events.js';
import { transcribeUpload, type Work } from './transcribe.js';

/**
 * Answers with the text as it is recognised. What fails before there is any is an error with its
 * status; after that it is the last event.
 */
export async function streamTranscript(
  work: Work,
  { reply, service }: { readonly reply: FastifyReply; readonly service: Service },
): Promise<FastifyReply> {
  // What a slow client has not read yet waits here; that is less than the recording by far.
  const output = new PassThrough();
  let begun = false;
  const send = (event: object | '[DONE]'): void => {
    if (!begun) {
      begun = true;
      void sendEvents(reply, output);
    }
    if (!output.destroyed) output.write(serverSent(event));
  };
  const deltaOf = deltas();
  try {
    const onSegment: Work['onSegment'] = (segment) => send(deltaOf(segment));
    send(doneEvent(await transcribeUpload({ ...work, onSegment }, service)));
    send('[DONE]');
  } catch (error) {
    if (!begun) throw error;
    const { log, id: requestId } = work.request;
    if (!work.signal.aborted) log.error({ err: error }, 'failed');
    send(reportError(error, { requestId }).body);
  }
  output.end();
  return reply;
}
