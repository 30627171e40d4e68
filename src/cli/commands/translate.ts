import { jobRunSchemas } from '../../options/job-runs.js';
import { dryRunOptionsSchema, jobOptionsSchema } from '../../options/general.js';
import { glossaryOptionsSchema } from '../../options/glossary.js';
import { translationWorkSchema } from '../../options/subtitle-command.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import {
  translateCommandSchema,
  translateHearingSchema,
  translateJobsSchema,
} from '../../options/translate-command.js';
import type { Command } from '../command.js';
import { runWithEvents } from '../run-events.js';

const schemas = {
  command: translateCommandSchema,
  work: translationWorkSchema,
  glossary: glossaryOptionsSchema,
  recognizer: recognizerOptionsSchema,
  hearing: translateHearingSchema,
  pipeline: translateJobsSchema,
  job: jobOptionsSchema,
  dry: dryRunOptionsSchema,
  ...jobRunSchemas,
};

/** `cpw-native translate <file..>` */
export const translateCommand: Command<typeof schemas> = {
  name: 'translate',
  words: '<file..>',
  summary:
    'Translates text files (.txt) line by line, subtitles (.srt, .vtt, .ass) and transcripts ' +
    '(.json, as transcribe writes them) sentence by sentence, and what is spoken in media, each of ' +
    'which is a job that can be resumed. What cannot be translated is marked and told.',
  examples: [
    ['translate notes.txt --source en --to es', 'notes.es.txt'],
    ['translate film.srt --source en --to es,hi', 'film.es.srt and film.hi.srt'],
    ['translate talk.json --to es --format srt,txt', 'talk.es.srt and talk.es.txt'],
    [
      'translate film.mkv --to en --model nllb-200-distilled-600M --transcribe-model small',
      'film.en.srt, by NLLB, fetched where it is missing',
    ],
    ['translate notes.txt --source en --to es --glossary terms.tsv', 'terms as they are wanted'],
  ],
  notes:
    'Media become jobs of the workflow translate: --resume goes on with the newest one, --from and ' +
    '--only choose stages, and cpw-native jobs shows them.',
  schemas,
  count: [1, Infinity],
  tellsWarnings: true,
  run: (files, values, context) =>
    runWithEvents(files, context, async (running) =>
      (await import('../translate.js')).translate(files, { ...running, values }),
    ),
};

/** What the command's flags come to. */
export type TranslateSchemas = typeof schemas;
