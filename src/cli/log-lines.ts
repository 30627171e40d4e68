import { stdTimeFunctions, type LoggerOptions } from 'pino';

const censor = '[redacted]';

const secretFields = [
  'authorization',
  'cookie',
  'apiKey',
  'api_key',
  'password',
  'token',
  'secret',
];
const spokenFields = [
  'text',
  'transcript',
  'segments',
  'words',
  'prompt',
  'initialPrompt',
  'hotwords',
];

/** How lines are made: as `logLineSchema` has them, without keys, and without what was spoken. */
export function loggerOptions({
  level,
  secrets,
  logTranscripts,
}: {
  readonly level: string;
  /** Values that no line may hold. */
  readonly secrets: readonly string[];
  readonly logTranscripts: boolean;
}): LoggerOptions {
  const hidden = [...secretFields, ...(logTranscripts ? [] : spokenFields)];
  const paths = hidden.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  // As they stand in a line of JSON; the longest first, where one is a part of another.
  const written = secrets.map((one) => JSON.stringify(one).slice(1, -1));
  const sorted = written.sort((a, b) => b.length - a.length);
  return {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths, censor },
    hooks: {
      streamWrite: (line) => sorted.reduce((text, one) => text.replaceAll(one, censor), line),
    },
  };
}
