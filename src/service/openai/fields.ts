import { parseOptions } from 'cpw-native/options';
import { z } from 'zod';
import type { FieldValue } from '../server/form.js';
import { Refusal } from '../server/refusal.js';

const number = (least: number, most: number): z.coerce.ZodCoercedNumber =>
  z.coerce.number().min(least).max(most);

const commonShape = {
  model: z
    .string()
    .min(1, 'is empty; name a model')
    .describe('The served model, or whisper-1')
    .meta({ examples: ['whisper-1'] }),
  prompt: z
    .string()
    .optional()
    .describe('Text the model takes as spoken before: names, spelling, style'),
  response_format: z
    .enum(['json', 'text', 'srt', 'verbose_json', 'vtt'])
    .default('json')
    .describe('Form of the answer'),
  temperature: number(0, 1)
    .default(0)
    .describe('0: searched for, drawn only where the text looks wrong; above: drawn'),
};

const chunkingSchema = z
  .union([
    z.literal('auto'),
    z.strictObject({
      type: z.literal('server_vad'),
      threshold: number(0, 1).optional(),
      prefix_padding_ms: number(0, 10_000).optional(),
      silence_duration_ms: number(0, 60_000).optional(),
    }),
  ])
  .optional()
  .describe('How speech is found; auto: as by default');

/** Fields of a request for a translation into English. */
export const translationFieldsSchema = z.strictObject(commonShape);

/** Fields of a request for a transcription. */
export const transcriptionFieldsSchema = z.strictObject({
  ...commonShape,
  language: z
    .string()
    .regex(/^(auto|[a-z]{2,3})$/u, 'is not a language code; give one of ISO 639-1, e.g. en')
    .optional()
    .describe('Spoken language, e.g. en. Absent or auto: found by the model'),
  'timestamp_granularities[]': z
    .array(z.enum(['word', 'segment']))
    .min(1)
    .optional()
    .describe('What gets times in verbose_json; absent: segment'),
  stream: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Text as server-sent events while it is recognised'),
  chunking_strategy: chunkingSchema,
});

/** What both kinds of request come to. */
export type TranscriptionFields = Omit<z.output<typeof transcriptionFieldsSchema>, 'stream'> & {
  readonly stream?: boolean | undefined;
};

/** With the file, as a form holds them: for the description of the interface. */
export function withFile(schema: z.ZodObject): z.ZodType {
  return schema.extend({ file: z.file().describe('Audio or video, in any usual form') });
}

/** Fields that OpenAI has and that mean something which is not done here. */
const unsupported: Readonly<Record<string, string>> = {
  include: 'probabilities of single tokens are not told; verbose_json has those of segments',
  known_speaker_names: 'speakers are not told apart',
  known_speaker_references: 'speakers are not told apart',
  url: 'nothing is fetched by address; send the file itself',
};

/** The fields, checked all at once. Throws the refusal or CPW_INVALID_OPTIONS that names them. */
export function parseFields(
  schema: typeof transcriptionFieldsSchema | typeof translationFieldsSchema,
  given: Readonly<Record<string, FieldValue>>,
): TranscriptionFields {
  for (const [name, why] of Object.entries(unsupported)) {
    if (given[name] === undefined) continue;
    throw new Refusal(
      'unknown_parameter',
      `${name} is not supported: ${why}. Next step: leave it out.`,
      { param: name },
    );
  }
  for (const [name, value] of Object.entries(given)) {
    // Number('') is 0.
    if (value === '' && name !== 'prompt') throw empty(name);
  }
  const fields: TranscriptionFields = parseOptions(schema, inOneSpelling(given), {
    subject: 'The form',
  });
  checkTogether(fields);
  return fields;
}

/** A list may come without its brackets, and an object as JSON, as OpenAPI has it by default. */
function inOneSpelling({
  timestamp_granularities: list,
  chunking_strategy: chunks,
  ...rest
}: Readonly<Record<string, FieldValue>>): Record<string, unknown> {
  return {
    ...rest,
    ...(chunks === undefined ? {} : { chunking_strategy: objectOf(chunks) }),
    ...(list === undefined
      ? {}
      : { 'timestamp_granularities[]': typeof list === 'string' ? [list] : list }),
  };
}

function objectOf(value: FieldValue): unknown {
  if (typeof value !== 'string' || !value.startsWith('{')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // refused as the text that it is
  }
}

function empty(name: string): Refusal {
  return new Refusal(
    'invalid_value',
    `${name} is empty. Next step: give a value, or leave it out.`,
    {
      param: name,
    },
  );
}

/** Refuses what has no effect together. */
function checkTogether(fields: TranscriptionFields): void {
  const { response_format: format, stream } = fields;
  if (fields['timestamp_granularities[]'] !== undefined && format !== 'verbose_json') {
    throw new Refusal(
      'invalid_value',
      `timestamp_granularities have no effect on ${format}. ` +
        'Next step: ask for verbose_json, or leave them out.',
      { param: 'timestamp_granularities[]' },
    );
  }
  if (stream === true && format !== 'json' && format !== 'text') {
    throw new Refusal(
      'invalid_value',
      `${format} is not streamed. Next step: ask for json, or leave stream out.`,
      { param: 'stream' },
    );
  }
}
