import { translateCommandSchema } from '../../options/translate-command.js';
import { translationSearchSchema } from '../../options/translate.js';
import { translatorOptionsSchema } from '../../options/translator.js';
import type { Command } from '../command.js';

const schemas = {
  translation: translateCommandSchema,
  search: translationSearchSchema,
  translator: translatorOptionsSchema,
};

/** `cpw-native translate <file..>` */
export const translateCommand: Command<typeof schemas> = {
  name: 'translate',
  words: '<file..>',
  summary:
    'Translates text files, line by line, and transcripts as transcribe writes them with ' +
    '--format json. What cannot be translated is marked and told.',
  examples: [
    ['translate notes.txt --source en --to es', 'notes.es.txt'],
    ['translate talk.json --source en --to es,hi --format srt', 'talk.es.srt and talk.hi.srt'],
    [
      'translate talk.json --source hi --to en --model nllb-200-distilled-600M',
      'by NLLB, fetched where it is missing',
    ],
  ],
  schemas,
  count: [1, Infinity],
  run: async (files, values, context) =>
    (await import('../translate-files.js')).translateFiles(files, { ...context, values }),
};

/** What the command's flags come to. */
export type TranslateSchemas = typeof schemas;
