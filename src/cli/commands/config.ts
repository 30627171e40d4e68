import { z } from 'zod';
import { configSchemas, fileSchema } from '../../options/config.js';
import { jobOptionsSchema } from '../../options/general.js';
import { mergeOptions } from '../../options/merge.js';
import { optionsError } from '../../options/parse.js';
import type { Command, CommandContext } from '../command.js';
import { exitStatus, exitStatusOf } from '../exit-codes.js';
import type { FlagSchemas, FlagValues } from '../flags.js';
import { formatShown, shownOptions } from '../shown-options.js';

const schemas = { ...configSchemas, job: jobOptionsSchema };
const hidden = ['model', 'recognizer', 'transcribe', 'output'] as const;
const schemaSchemas = {
  kind: z.strictObject({
    for: z
      .enum(['config', 'job', 'events', 'log'])
      .default('config')
      .describe(
        'config: the configuration file; job: the file of --job; events: a line of ' +
          'transcribe --json; log: a line of the log',
      ),
  }),
};

type Values = FlagValues<typeof schemas>;

/** `cpw-native config show` */
export const configShowCommand: Command<typeof schemas> = {
  name: 'config show',
  words: '',
  summary:
    'Prints every option with its value and where it came from: a flag, the job file, a CPW_ ' +
    'variable, the configuration file or the default, the first that has it.',
  examples: [
    ['config show', 'what transcribe would run with'],
    ['config show --vad-threshold 0.6', 'takes the options of transcribe as well'],
    ['config show --json', 'the same for programs'],
  ],
  schemas,
  hidden,
  count: [0, 0],
  run: async (_words, values, { general, reporter, configuration }) => {
    const shown = shownOptions(values, configuration);
    reporter.result(general.json ? `${JSON.stringify(shown)}\n` : formatShown(shown));
    return exitStatus.ok;
  },
};

/** `cpw-native config schema` */
export const configSchemaCommand: Command<typeof schemaSchemas> = {
  name: 'config schema',
  words: '',
  summary:
    'Prints the JSON schema of the configuration file. Editors read it where the file names it ' +
    'as $schema.',
  examples: [
    ['config schema > cpw-native.schema.json', 'for an editor'],
    ['config schema --for job', 'with inputs, for --job'],
  ],
  schemas: schemaSchemas,
  count: [0, 0],
  run: async (_words, { kind }, { general, reporter }) => {
    const schema = z.toJSONSchema(await schemaFor(kind.for), { io: 'input' });
    reporter.result(`${JSON.stringify(schema, null, general.json ? 0 : 2)}\n`);
    return exitStatus.ok;
  },
};

const docsSchemas = {} satisfies FlagSchemas;

/** `cpw-native config docs` */
export const configDocsCommand: Command<typeof docsSchemas> = {
  name: 'config docs',
  words: '',
  summary: 'Prints the reference of all options as Markdown, as docs/CONFIG_SCHEMA.md has it.',
  examples: [['config docs > options.md', 'what each option means, accepts and is by default']],
  schemas: docsSchemas,
  count: [0, 0],
  run: async (_words, _values, { reporter }) => {
    reporter.result((await import('../config-page.js')).configPage());
    return exitStatus.ok;
  },
};

/** `cpw-native config check [file]` */
export const configCheckCommand: Command<typeof schemas> = {
  name: 'config check',
  words: '[file]',
  summary:
    'Checks a configuration file, or the one that would be read, with the CPW_ variables, and ' +
    'says of each model whether it is there or can be fetched.',
  examples: [
    ['config check', 'the file that transcribe would read'],
    ['config check other.yaml', 'another one'],
  ],
  notes: 'Exit status: 0 a run could start, 2 an option is wrong, 3 a model or device is missing.',
  schemas,
  hidden,
  count: [0, 1],
  fileWord: true,
  run: check,
};

async function check(
  _words: readonly string[],
  values: Values,
  { general, reporter, configuration }: CommandContext,
): Promise<number> {
  const { found, jobFile, sources } = configuration;
  // Merged they are right; a file has to be right without the others too.
  for (const source of sources.filter(({ kind }) => kind === 'config' || kind === 'job')) {
    const all = Object.values(configSchemas).map((one) => mergeOptions(one, [source], 'check'));
    const problems = all.flatMap((one) => one.problems);
    if (problems.length > 0) throw optionsError(problems, 'config check');
  }
  const files = [found.file, jobFile].filter((file) => file !== undefined);
  const { jobModelStates } = await import('../job-models.js');
  const models = await jobModelStates(
    { recognizer: values.model.model, vad: values.transcribe.vad !== false },
    values.recognizer,
    { general },
  );
  const { describeModel, modelReport } = await import('../model-report.js');
  if (general.json) {
    reporter.result(`${JSON.stringify({ files, models: models.map(modelReport) })}\n`);
  } else {
    const named = files.length === 0 ? ['no configuration file'] : files;
    reporter.result(named.map((file) => `options: ${file}: ok\n`).join(''));
    reporter.result(models.map((one) => `${describeModel(one)}\n`).join(''));
  }
  const refused = models.find((one) => one.state === 'refused');
  return refused === undefined ? exitStatus.ok : exitStatusOf(refused.error);
}

async function schemaFor(kind: z.output<typeof schemaSchemas.kind>['for']): Promise<z.ZodType> {
  if (kind === 'events') return (await import('../events.js')).eventSchema;
  if (kind === 'log') return (await import('../log-schema.js')).logLineSchema;
  return fileSchema(kind);
}
