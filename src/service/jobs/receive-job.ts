import { parseOptions } from 'cpw-native/options';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkDuration } from '../openai/transcribe.js';
import { callSignal } from '../server/call-signal.js';
import { receiveForm, requireFile, type FieldValue } from '../server/form.js';
import { Refusal } from '../server/refusal.js';
import type { Upload } from '../server/upload.js';
import type { Service } from '../service.js';
import { jobRequestSchema, type JobWish } from './job-request.js';

/** A recording and what is to become of it. Disposing removes the recording, unless it was moved. */
export interface ReceivedJob extends AsyncDisposable {
  readonly file: Upload;
  readonly wish: JobWish;
}

/** Reads a submission: a file, and the request beside it. Throws refusals; nothing is left then. */
export async function receiveJob(
  request: FastifyRequest,
  { reply, service }: { readonly reply: FastifyReply; readonly service: Service },
): Promise<ReceivedJob> {
  const { options, uploads: folder } = service;
  const signal = callSignal(reply, service);
  const form = await receiveForm(request, { ...options, folder, signal });
  try {
    const file = requireFile(form);
    const wish = wishOf(form.fields);
    await checkDuration(file, { ...options, signal });
    return { file, wish, [Symbol.asyncDispose]: () => form[Symbol.asyncDispose]() };
  } catch (error) {
    await form[Symbol.asyncDispose]();
    throw error;
  }
}

function wishOf({ request = '{}', ...others }: Readonly<Record<string, FieldValue>>): JobWish {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw unknownField(unknown);
  return parseOptions(jobRequestSchema, parsedJson(request), { subject: 'request' });
}

function parsedJson(text: FieldValue): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : '');
  } catch (cause) {
    throw new Refusal(
      'invalid_value',
      'The field request is not JSON. Next step: send an object such as {"workflow":"transcribe"}.',
      { param: 'request', cause },
    );
  }
}

function unknownField(name: string): Refusal {
  return new Refusal(
    'unknown_parameter',
    `There is no field ${JSON.stringify(name.slice(0, 100))} here. ` +
      'Next step: send the recording as "file", and what is to become of it as JSON in "request".',
    { param: name },
  );
}
