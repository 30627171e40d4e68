import { join, resolve } from 'node:path';
import { z } from 'zod';
import { hardwareCacheFile } from '../../native/hardware-cache.js';
import { backupOptionsSchema } from '../../options/backup.js';
import { glossaryOptionsSchema } from '../../options/glossary.js';
import { jobsDirSchema } from '../../options/pipeline.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { backupFiles } from '../backup-files.js';
import { columns } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import type { FlagSchemas } from '../flags.js';
import { shownInput } from '../input.js';
import { cacheDirOf } from '../library.js';
import { serverPart } from '../server-package.js';
import { secretsFile } from '../user-config-dir.js';

const { backupTo, backupKeyFile, s3Endpoint, includeOutputs, keepDays } = backupOptionsSchema.shape;
const store = { backupTo, s3Endpoint };
const places = {
  jobs: z.strictObject({ jobsDir: jobsDirSchema }),
  cache: z.strictObject({ cacheDir: recognizerOptionsSchema.shape.cacheDir }),
};
const keys =
  'In S3, keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION). ' +
  'Needs the package @cpw-native/server.';
const defaults = backupOptionsSchema.parse({});

const createSchemas = {
  backup: z.strictObject({ ...store, backupKeyFile, includeOutputs }),
  glossary: glossaryOptionsSchema.pick({ glossary: true, names: true }),
  ...places,
};

/** `cpw-native backup create` */
export const backupCreateCommand: Command<typeof createSchemas> = {
  name: 'backup create',
  words: '',
  summary:
    'Keeps configuration, secrets, glossaries and the records of jobs in one encrypted file, ' +
    'backup-<YYYYmmdd_HHMMSS>.tar.age (UTC), which counts once all of it was read again.',
  examples: [
    ['backup create --backup-key-file key.txt', 'in the folder backups'],
    ['backup create --backup-key-file key.txt --backup-to s3://bucket/cpw', 'in S3'],
  ],
  notes: keys,
  schemas: createSchemas,
  count: [0, 0],
  run: async (_words, { backup, glossary, jobs, cache }, context) => {
    const part = await serverPart('backup');
    const { configuration, general, reporter, signal } = context;
    const tables = { ...glossaryOptionsSchema.parse({}), ...glossary };
    const where = { configFile: configuration.found.file, cacheDir: cacheDirOf(cache) };
    const files = await backupFiles({ ...where, ...jobs, glossary: tables }, backup);
    const made = await part.createBackup(files, { ...defaults, ...backup }, { signal });
    if (general.json) reporter.result(`${JSON.stringify(made)}\n`);
    else reporter.result(`${made.place}\n`);
    reporter.note(`${made.files} files, read again and the same`);
    return exitStatus.ok;
  },
};

const listSchemas = { backup: z.strictObject(store) };

/** `cpw-native backup list` */
export const backupListCommand: Command<typeof listSchemas> = {
  name: 'backup list',
  words: '',
  summary: 'Lists the backups of a folder or a bucket, the oldest first.',
  examples: [['backup list', 'those in the folder backups']],
  notes: keys,
  schemas: listSchemas,
  count: [0, 0],
  run: async (_words, { backup }, { general, reporter, signal }) => {
    const part = await serverPart('backup');
    const found = await part.listBackups({ ...defaults, ...backup }, { signal });
    if (general.json) reporter.result(`${JSON.stringify(found)}\n`);
    else if (found.length === 0) reporter.note(`there is no backup in ${backup.backupTo}`);
    else {
      const rows = found.map(({ name, bytes }) => [name, `${(bytes / 1e6).toFixed(2)} MB`]);
      reporter.result(columns(rows));
    }
    return exitStatus.ok;
  },
};

const restoreSchemas = {
  backup: z.strictObject({ ...store, backupKeyFile }),
  restore: z.strictObject({
    overwrite: z
      .boolean()
      .default(false)
      .describe(
        'Replace files that exist. false: one that exists is an error, before any is written',
      )
      .meta({ group: 'Backup' }),
    dryRun: z
      .boolean()
      .default(false)
      .describe('Check the backup and say what would be written. false: it is written')
      .meta({ group: 'Backup' }),
  }),
  ...places,
};

/** `cpw-native backup restore [name]` */
export const backupRestoreCommand: Command<typeof restoreSchemas> = {
  name: 'backup restore',
  words: '[name]',
  summary:
    'Checks a backup and brings its files back: jobs into the folder of jobs, all else to where it ' +
    'was. Without a name the newest one is taken.',
  examples: [
    ['backup restore --backup-key-file key.txt', 'the newest one'],
    ['backup restore --dry-run --backup-key-file key.txt', 'what would be written'],
  ],
  notes: keys,
  schemas: restoreSchemas,
  count: [0, 1],
  run: async ([name = 'latest'], { backup, restore, jobs, cache }, context) => {
    const part = await serverPart('backup');
    const { general, reporter, signal } = context;
    const own = { hardware: hardwareCacheFile(cacheDirOf(cache)), secrets: secretsFile() };
    const request = {
      ...restore,
      name,
      placeOf: ({ kind, target }: { readonly kind: string; readonly target: string }) =>
        kind === 'job'
          ? join(resolve(jobs.jobsDir), target)
          : resolve(kind === 'hardware' || kind === 'secrets' ? own[kind] : target),
    };
    const done = await part.restoreBackup(request, { ...defaults, ...backup }, { signal });
    if (general.json) reporter.result(`${JSON.stringify(done)}\n`);
    else reporter.result(done.files.map((file) => `${shownInput(file)}\n`).join(''));
    reporter.note(
      `${done.files.length} files ${restore.dryRun ? 'would be' : 'were'} restored from ${done.name}`,
    );
    return exitStatus.ok;
  },
};

const pruneSchemas = { backup: z.strictObject({ ...store, keepDays }) };

/** `cpw-native backup prune` */
export const backupPruneCommand: Command<typeof pruneSchemas> = {
  name: 'backup prune',
  words: '',
  summary:
    'Removes backups that are older than --keep-days. The newest one stays, however old it is.',
  examples: [['backup prune', 'those older than 30 days']],
  notes: keys,
  schemas: pruneSchemas,
  count: [0, 0],
  run: async (_words, { backup }, { general, reporter, signal }) => {
    const part = await serverPart('backup');
    const removed = await part.pruneBackups({ ...defaults, ...backup }, { signal });
    if (general.json) reporter.result(`${JSON.stringify({ removed })}\n`);
    for (const name of removed) reporter.note(`removed ${name}`);
    return exitStatus.ok;
  },
};

const keygenSchemas = {} satisfies FlagSchemas;

/** `cpw-native backup keygen <file>` */
export const backupKeygenCommand: Command<typeof keygenSchemas> = {
  name: 'backup keygen',
  words: '<file>',
  summary:
    'Makes the key file that backups are encrypted for and opened with. Keep a copy elsewhere: ' +
    'without it no backup can be opened.',
  examples: [['backup keygen ~/.config/cpw-native/backup-key.txt', 'and prints its public half']],
  schemas: keygenSchemas,
  count: [1, 1],
  run: async ([file = ''], _values, { general, reporter }) => {
    const recipient = await (await serverPart('backup')).makeKeyFile(resolve(file));
    reporter.result(general.json ? `${JSON.stringify({ file, recipient })}\n` : `${recipient}\n`);
    return exitStatus.ok;
  },
};
