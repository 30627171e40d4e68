import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Encrypter, identityToRecipient } from 'age-encryption';
import { backupOptionsSchema, type ParsedBackupOptions } from 'cpw-native/options';
import type { BackupPart } from '../../src/cli/server-package.js';
import * as backup from '../../src/service/backup/index.js';
import type { BackupFile } from '../../src/service/backup/write-archive.js';
import { runCli, type CliResult } from '../cli/run-cli.js';
import { audioPath } from '../helpers/audio.js';
import { hashes } from '../helpers/job-run.js';
import { modelsDir } from '../helpers/models.js';

// The command line calls the package by this shape.
backup satisfies BackupPart;
const { createBackup, listBackups, makeKeyFile, pruneBackups, restoreBackup } = backup;

/** A folder with a key and files to keep. */
async function scene(t: Test): Promise<{
  readonly folder: string;
  readonly options: ParsedBackupOptions;
  readonly files: readonly BackupFile[];
}> {
  const folder = t.testdir({
    from: { 'config.yaml': 'model: base\n', big: 'x'.repeat(200_000), empty: '' },
  });
  const backupKeyFile = join(folder, 'key.txt');
  await makeKeyFile(backupKeyFile);
  const options = backupOptionsSchema.parse({ backupKeyFile, backupTo: join(folder, 'backups') });
  const path = (name: string): string => join(folder, 'from', name);
  const files: BackupFile[] = [
    { kind: 'config', path: path('config.yaml'), target: path('config.yaml') },
    { kind: 'job', path: path('big'), target: '2026/01/31/anna/1/job.json' },
    { kind: 'glossary', path: path('empty'), target: path('empty') },
    { kind: 'glossary', path: path('gone meanwhile'), target: path('gone meanwhile') },
  ];
  return { folder, options, files };
}

const at = (day: number, hour = 2): Date => new Date(Date.UTC(2026, 0, day, hour));

t.test('when files are kept, they come back as they were, and nothing is replaced', async (t) => {
  const { folder, options, files } = await scene(t);
  const made = await createBackup(files, options, { now: at(31) });
  t.match(made, { name: 'backup-20260131_020000.tar.age', files: 3 }, 'what has gone is left out');
  t.equal(statSync(made.place).mode & 0o777, 0o600);
  t.notMatch(readFileSync(made.place, 'latin1'), /model: base|job\.json/u, 'nothing is readable');
  const placeOf = ({ kind, target }: { kind: string; target: string }): string =>
    kind === 'job' ? join(folder, 'jobs', target) : target;
  const request = { name: 'latest', placeOf, overwrite: false };
  await t.rejects(restoreBackup(request, options), {
    code: 'CPW_INVALID_OPTIONS',
    message: /config\.yaml.* exist, and nothing was written/u,
  });
  t.notOk(existsSync(join(folder, 'jobs')));
  const before = hashes(join(folder, 'from'));
  rmSync(join(folder, 'from'), { recursive: true });
  const dry = await restoreBackup({ ...request, dryRun: true }, options);
  t.equal(dry.files.length, 3);
  t.notOk(existsSync(join(folder, 'from')));
  await restoreBackup(request, options);
  const { big, ...rest } = before;
  t.strictSame(hashes(join(folder, 'from')), rest);
  t.strictSame(hashes(join(folder, 'jobs')), { '2026/01/31/anna/1/job.json': big });
  writeFileSync(join(folder, 'from', 'config.yaml'), 'other');
  await restoreBackup({ ...request, overwrite: true }, options);
  t.equal(readFileSync(join(folder, 'from', 'config.yaml'), 'utf8'), 'model: base\n');
  await t.rejects(createBackup(files, options, { now: at(31) }), {
    message: /exists\. Next step/u,
  });
  await t.rejects(restoreBackup({ ...request, name: 'backup-x' }, options), {
    code: 'CPW_FILE_NOT_FOUND',
  });
});

t.test('when a backup is damaged, cut, lengthened, foreign or forged, it is refused', async (t) => {
  const { folder, options, files } = await scene(t);
  const { place } = await createBackup(files, options, { now: at(1) });
  const whole = readFileSync(place);
  const request = { name: 'latest', placeOf: () => join(folder, 'never'), overwrite: false };
  const flipped = (position: number): Buffer => {
    const copy = Buffer.from(whole);
    copy[position] = (copy[position] ?? 0) ^ 1;
    return copy;
  };
  const cases: Record<string, Buffer> = {
    'a bit at the beginning': flipped(40),
    'a bit in the middle': flipped(whole.length >> 1),
    'a bit at the end': flipped(whole.length - 1),
    'half of it': whole.subarray(0, whole.length >> 1),
    'all but a chunk': whole.subarray(0, -(1 << 16)),
    'something behind it': Buffer.concat([whole, Buffer.from('more')]),
    nothing: Buffer.alloc(0),
  };
  for (const [what, data] of Object.entries(cases)) {
    writeFileSync(place, data);
    await t.rejects(
      restoreBackup(request, options),
      { code: 'CPW_INVALID_OPTIONS', message: /cannot be used/u },
      what,
    );
  }
  const key =
    readFileSync(options.backupKeyFile ?? '', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('AGE')) ?? '';
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(key));
  writeFileSync(place, await encrypter.encrypt(new Uint8Array(1024)));
  await t.rejects(
    restoreBackup(request, options),
    { message: /has no index/u },
    'who knows the public half alone',
  );
  writeFileSync(place, whole);
  const other = join(folder, 'other.txt');
  await makeKeyFile(other);
  await t.rejects(restoreBackup(request, { ...options, backupKeyFile: other }), {
    message: /for another key/u,
  });
  await t.rejects(makeKeyFile(other), { message: /it exists/u });
  await t.rejects(createBackup(files, { ...options, backupKeyFile: place }), {
    message: /no age identity/u,
  });
  t.notOk(existsSync(join(folder, 'never')));
});

t.test('when a path in a backup leads elsewhere, nothing is written', async (t) => {
  const { folder, options, files } = await scene(t);
  const [first] = files;
  if (first === undefined) return;
  for (const [kind, target] of [
    ['job', '../../etc/x'],
    ['job', '/etc/x'],
    ['config', 'x/../../y'],
    ['config', '/a/../b'],
  ] as const) {
    await t.rejects(
      createBackup([{ ...first, kind, target }], options),
      { message: /leads elsewhere/u },
      'such a backup does not even come about',
    );
  }
  t.notOk(existsSync(join(folder, 'backups')));
});

t.test('when backups are old, they go, but for the newest', async (t) => {
  const { folder, options } = await scene(t);
  mkdirSync(options.backupTo);
  for (const name of [
    'backup-20260101_020000.tar.age',
    'backup-20260102_020000.tar.age',
    'notes.txt',
    'backup-99999999_000000.tar.age',
  ]) {
    writeFileSync(join(folder, 'backups', name), 'x');
  }
  t.strictSame(await pruneBackups(options, { now: at(31, 3) }), ['backup-20260101_020000.tar.age']);
  t.strictSame(await pruneBackups(options, { now: at(300) }), [], 'the newest stays');
  t.equal((await listBackups(options)).length, 1);
  t.ok(existsSync(join(folder, 'backups', 'notes.txt')));
});

interface S3Server {
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

t.test('when backups are in S3, they are made, listed, restored and pruned there', async (t) => {
  const { folder, options: local, files } = await scene(t);
  // The package has no types of its own.
  const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => S3Server;
  const directory = join(folder, 's3');
  mkdirSync(directory);
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: 'bucket' }],
  });
  const { port } = await server.run();
  t.teardown(() => server.close());
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' });
  t.teardown(() =>
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: id ?? '',
      AWS_SECRET_ACCESS_KEY: secret ?? '',
    }),
  );
  const s3Endpoint = `http://127.0.0.1:${port}`;
  const options = { ...local, backupTo: 's3://bucket/cpw/x', s3Endpoint };
  for (const day of [1, 2, 31]) await createBackup(files, options, { now: at(day) });
  await t.rejects(createBackup(files, options, { now: at(31) }), { message: /exists/u });
  t.strictSame(
    (await listBackups(options)).map(({ place }) => place),
    ['01', '02', '31'].map((day) => `s3://bucket/cpw/x/backup-202601${day}_020000.tar.age`),
  );
  t.strictSame(await pruneBackups(options, { now: at(31, 3) }), ['backup-20260101_020000.tar.age']);
  const placeOf = ({ target }: { readonly target: string }): string =>
    join(folder, 'restored', target);
  const done = await restoreBackup({ name: 'latest', placeOf, overwrite: false }, options);
  t.equal(done.name, 'backup-20260131_020000.tar.age');
  t.equal(statSync(join(folder, 'restored/2026/01/31/anna/1/job.json')).size, 200_000);
  await t.rejects(listBackups({ ...options, backupTo: 's3://nobody' }), {
    code: 'CPW_INVALID_OPTIONS',
    message: /NoSuchBucket/u,
  });
});

t.test('when a machine is lost, its jobs go on at another', async (t) => {
  const folder = t.testdir();
  const cwd = join(folder, 'work');
  const config = join(folder, 'config', 'cpw-native', 'config.yaml');
  mkdirSync(cwd);
  mkdirSync(join(config, '..'), { recursive: true });
  copyFileSync(audioPath('jfk.wav'), join(cwd, 'talk.wav'));
  const glossary = join(folder, 'terms.tsv');
  writeFileSync(glossary, 'source\ttarget\ncountry\tpaís\n');
  const text = [
    'model: tiny.en',
    `modelsDir: ${modelsDir.modelsDir}`,
    'jobsDir: jobs',
    `glossary: [${glossary}]`,
  ];
  writeFileSync(
    config,
    [
      ...text,
      'beamSize: 2',
      `backupKeyFile: ${join(folder, 'key.txt')}`,
      'backupTo: ../safe',
      '',
    ].join('\n'),
  );
  const env = {
    CPW_CONFIG: '',
    XDG_CONFIG_HOME: join(folder, 'config'),
    CPW_CACHE_DIR: join(folder, 'cache'),
  };
  const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd, env });
  const ok = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await run(...args);
    if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  t.match(await ok('backup', 'keygen', join(folder, 'key.txt')), /^age1/u);
  await ok('subtitle', 'talk.wav', '--to', 'vad');
  const shown = await ok('config', 'show');
  const listed = await ok('jobs', 'list');
  const place = (await ok('backup', 'create')).trim();
  t.match(place, /safe\/backup-\d{8}_\d{6}\.tar\.age$/u);

  rmSync(join(folder, 'config'), { recursive: true });
  rmSync(join(cwd, 'jobs'), { recursive: true });
  rmSync(glossary);
  const where = [
    '--backup-key-file',
    join(folder, 'key.txt'),
    '--backup-to',
    '../safe',
    '--jobs-dir',
    'jobs',
  ];
  await ok('backup', 'restore', ...where);
  t.equal(await ok('config', 'show'), shown, 'the configuration is the same');
  t.equal(await ok('jobs', 'list'), listed);
  const [job = ''] = listed.split(' ');
  await ok('jobs', 'resume', job, '--to', 'asr');
  t.match(await ok('jobs', 'show', job), /asr +completed/u);
  const again = await run('backup', 'restore', ...where);
  t.equal(again.status, 2);
  t.match(again.stderr, /config\.yaml.* exist, and nothing was written/u);
});
