import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { z } from 'zod';
import type { ServicePart } from '../server/app.js';
import { callSignal } from '../server/call-signal.js';
import { errorResponses } from '../server/error-answer.js';
import { formValidator, receiveForm, requireFile } from '../server/form.js';
import { Refusal } from '../server/refusal.js';
import type { Service } from '../service.js';
import { answerOf, jsonAnswerSchema, verboseAnswerSchema } from './answers.js';
import { streamEventSchema } from './events.js';
import {
  parseFields,
  transcriptionFieldsSchema,
  translationFieldsSchema,
  withFile,
  type TranscriptionFields,
} from './fields.js';
import { modelsPart, requireModel } from './models.js';
import { streamTranscript } from './stream.js';
import { checkDuration, transcribeUpload, type Work } from './transcribe.js';

type Task = Work['task'];

const fieldsOf = { transcribe: transcriptionFieldsSchema, translate: translationFieldsSchema };

/** OpenAI's routes for audio, and its list of models. */
export const openaiPart: ServicePart = async (app, service) => {
  await modelsPart(app, service);
  for (const task of ['transcribe', 'translate'] as const) {
    const name = task === 'transcribe' ? 'transcriptions' : 'translations';
    app.post(`/v1/audio/${name}`, routeOf(task), (request, reply) =>
      answer(request, reply, { task, service }),
    );
  }
};

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { task, service }: { readonly task: Task; readonly service: Service },
): Promise<FastifyReply> {
  const { options, uploads: folder } = service;
  const signal = callSignal(reply, service);
  using place = service.queue.enter();
  await using form = await receiveForm(request, { ...options, folder, signal });
  const fields = parseFields(fieldsOf[task], form.fields);
  const file = requireFile(form);
  requireModel(fields.model, service.served);
  requireTask(task, service);
  await checkDuration(file, { ...options, signal });
  const work = { file, fields, task, signal, request, place };
  if (fields.stream === true) return await streamTranscript(work, { reply, service });
  return await send(reply, work, await transcribeUpload(work, service));
}

function send(
  reply: FastifyReply,
  { fields, task }: { readonly fields: TranscriptionFields; readonly task: Task },
  transcript: Parameters<typeof answerOf>[0],
): FastifyReply {
  const { type, body } = answerOf(transcript, fields, task);
  return reply.type(type).send(body);
}

function requireTask(task: Task, { recognizer }: Service): void {
  if (task === 'transcribe' || recognizer.info.multilingual) return;
  throw new Refusal(
    'invalid_value',
    'The served model knows English alone and translates nothing. ' +
      'Next step: ask for a transcription, or serve a multilingual model.',
    { param: 'model' },
  );
}

function routeOf(task: Task): RouteShorthandOptions {
  const text = { schema: z.string() };
  return {
    schema: {
      summary: task === 'transcribe' ? 'Text of a recording' : 'English text of a recording',
      consumes: ['multipart/form-data'],
      body: withFile(fieldsOf[task]),
      response: {
        200: {
          description: 'The transcript, as response_format has it',
          content: {
            // The first that fits is taken, and leaves out what it does not know.
            'application/json': { schema: z.union([verboseAnswerSchema, jsonAnswerSchema]) },
            'text/plain': text,
            'application/x-subrip': text,
            'text/vtt': text,
            ...(task === 'transcribe'
              ? { 'text/event-stream': { schema: streamEventSchema } }
              : {}),
          },
        },
        ...errorResponses(400, 401, 404, 413, 415, 422, 429, 500, 503),
      },
    },
    validatorCompiler: formValidator,
  };
}
