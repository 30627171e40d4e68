import t from 'tap';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { wordErrors } from '../helpers/word-error-rate.js';
import { jfkText } from '../helpers/requests.js';
import {
  jfkCut,
  quantile,
  upload,
  uploadUntilServed,
  watchHealth,
  watchMemory,
  type ClientRun,
} from '../helpers/load.js';
import { serveProcess, type ServerProcess } from '../helpers/server-process.js';

const clients = 100;
const tries = 120;

interface Round {
  readonly runs: readonly ClientRun[];
  readonly wallS: number;
  /** Largest resident memory of the server, in MB. */
  readonly peakMb: number;
  /** Longest time that an answer about health took, in s. */
  readonly healthS: number;
}

async function watched(
  { child, url }: ServerProcess,
  work: () => Promise<readonly ClientRun[]>,
): Promise<Round> {
  const memory = watchMemory(child);
  const health = watchHealth(url);
  const begun = performance.now();
  const runs = await work();
  const wallS = (performance.now() - begun) / 1000;
  return { runs, wallS, peakMb: await memory(), healthS: await health() };
}

/** All at once; the recordings are of 1 to 11 s. */
const crowd = (url: string) =>
  Promise.all(
    Array.from({ length: clients }, (_, i) =>
      uploadUntilServed(url, { audio: jfkCut(1 + (i % 11)), tries }),
    ),
  );

/** So many at a time as engines work on: what the server needs without a crowd. */
async function few(url: string): Promise<readonly ClientRun[]> {
  const runs: ClientRun[] = [];
  for (let i = 0; i < 4; i += 1) {
    const pair = [jfkCut(11), jfkCut(11)].map((audio) => uploadUntilServed(url, { audio, tries }));
    runs.push(...(await Promise.all(pair)));
  }
  return runs;
}

function tell(name: string, { runs, wallS, peakMb, healthS }: Round): void {
  const seconds = runs.map((run) => run.seconds);
  const refused = runs.reduce((sum, run) => sum + run.refused, 0);
  t.comment(
    `${name}: ${runs.length} uploads in ${wallS.toFixed(1)} s ` +
      `(${(runs.length / wallS).toFixed(2)} a second), p50 ${quantile(seconds, 0.5).toFixed(2)} s, ` +
      `p95 ${quantile(seconds, 0.95).toFixed(2)} s, ${refused} answers with 429, ` +
      `memory at most ${peakMb.toFixed(0)} MB, health within ${healthS.toFixed(3)} s`,
  );
}

t.test('when 100 clients upload at once, each is served or told when to come again', async (t) => {
  const server = await serveProcess(t);
  const { url } = server;
  const calm = await watched(server, () => few(url));
  tell('few', calm);
  const rounds: Round[] = [];
  for (const name of ['first crowd', 'second crowd']) {
    const round = await watched(server, () => crowd(url));
    tell(name, round);
    rounds.push(round);
    t.same([...new Set(round.runs.map(({ status }) => status))], [200], 'all were served');
    t.ok(
      round.runs.every(({ toldWhen }) => toldWhen),
      'a refusal says when to come again',
    );
    t.ok(round.healthS < 1, `health answers meanwhile, in ${round.healthS} s`);
  }
  const [first = Number.NaN, second] = rounds.map(({ peakMb }) => peakMb);
  // Nothing is resident where the system has no /proc.
  const told = calm.peakMb > 0 ? {} : { skip: 'this system does not tell the memory of others' };
  t.ok(first <= calm.peakMb * 1.25, 'a crowd needs little more memory than a few', told);
  t.ok(Number(second) <= first * 1.1, 'and a second one no more', told);
  const [folder = ''] = await readdir(server.uploads);
  t.same(await readdir(join(server.uploads, folder)), [], 'no upload is left');
  const { text } = (await (await upload(url, jfkCut(11))).json()) as { text: string };
  t.ok(wordErrors(jfkText, text).errors <= 2, text);
});
