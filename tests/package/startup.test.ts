import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../helpers/npm.js';

const bin = join(root, 'dist/cli/bin.js');
const help = [bin, 'transcribe', '--help'];
const rounds = 20;
const most = 4;

function milliseconds(args: readonly string[]): number {
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', env: plain });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - begun;
}

// What a test runner adds to Node's options is no part of a user's start.
const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...plain } = process.env;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;

t.test(`when help is asked for, it is there within ${most} times the start of Node`, (t) => {
  const ours: number[] = [];
  const bare: number[] = [];
  // In turns: what else the machine does is the same for both.
  for (let round = 0; round < rounds; round++) {
    bare.push(milliseconds(['-e', '0']));
    ours.push(milliseconds(help));
  }
  const ratio = median(ours) / median(bare);
  const times = `${median(ours).toFixed(0)} ms to ${median(bare).toFixed(0)} ms`;
  t.comment(
    `transcribe --help: ${ratio.toFixed(2)} times node -e 0 (${times}, median of ${rounds})`,
  );
  t.ok(ratio <= most, times);
  t.end();
});

t.test('when a command of the core runs, nothing of the server is loaded', (t) => {
  const folder = t.testdir();
  const env = { ...plain, NODE_V8_COVERAGE: folder };
  const { status } = spawnSync(process.execPath, help, { stdio: 'ignore', env });
  t.equal(status, 0);
  const loaded = readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      readonly result: readonly { readonly url: string }[];
    };
    return result.map(({ url }) => url);
  });
  t.ok(
    loaded.some((url) => url.includes('/dist/cli/')),
    'what is loaded is seen',
  );
  const { dependencies } = JSON.parse(
    readFileSync(join(root, 'src/service/package.json'), 'utf8'),
  ) as { readonly dependencies: Readonly<Record<string, string>> };
  const core = new Set(['zod', 'pino', 'cockatiel']);
  const others = Object.keys(dependencies).filter((name) => !core.has(name));
  const found = loaded.filter(
    (url) =>
      url.includes('/src/service/') ||
      others.some((name) => url.includes(`/node_modules/${name}/`)),
  );
  t.same(found, []);
  t.end();
});
