import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { modelsDir } from './models.js';

const program = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** How a server differs from one with tiny.en, no key and a free port. */
export interface ServerProcessOptions {
  readonly args?: readonly string[];
  /** Folder of its models. Absent: that of the tests. */
  readonly models?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Folder of its uploads and jobs. Absent: one of the test's. */
  readonly folder?: string;
}

/** `cpw-native serve` in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Without a slash at its end. */
  readonly url: string;
  /** The folder that was given for uploads. */
  readonly uploads: string;
  /** What it has written on standard error so far. */
  readonly said: () => string;
  /** Its code and signal, once it has ended. */
  readonly end: Promise<unknown[]>;
}

/** Runs `cpw-native serve` until it listens; it ends with the test. */
export async function serveProcess(
  t: Test,
  {
    args = [],
    env = {},
    models = modelsDir.modelsDir,
    folder = t.testdir(),
  }: ServerProcessOptions = {},
): Promise<ServerProcess> {
  const uploads = join(folder, 'uploads');
  const common = ['serve', '--port', '0', '--models-dir', models];
  const folders = ['--upload-dir', uploads, '--jobs-dir', join(folder, 'jobs')];
  const child = spawn(process.execPath, [program, ...common, ...folders, ...args], {
    env: { ...process.env, CPW_CONFIG: 'none', CPW_MODEL: 'tiny.en', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await end;
  });
  let text = '';
  const listening = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const [, url] = /listening on (\S+)/u.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.on('close', () => reject(new Error(`it ended: ${text}`)));
  });
  return { child, url: await listening, uploads, said: () => text, end };
}

/** Resident memory of a process, in MB; 0 where it has ended. */
export async function residentMb({ pid }: Pick<ChildProcess, 'pid'>): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0) / 1024;
}
