import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { checkCues } from '../../src/subtitles/check-cues.js';
import { parseSubtitles } from '../../src/subtitles/parse-subtitles.js';
import { runCli } from '../cli/run-cli.js';
import { cuesOf, listing, soundOf } from '../helpers/film.js';
import {
  folderOf,
  hashes,
  leftIn,
  localModels,
  locksBeside,
  manifestOf,
  runJob,
} from '../helpers/job-run.js';
import { modelsDir } from '../helpers/models.js';
import { elevenSeconds, twoMinutes } from '../helpers/two-minutes.js';
import { runWorkflow } from '../helpers/workflows.js';

const folder = t.testdir();
const languages = ['en', 'es', 'hi'];

void t.test('subtitle: when a film of two minutes goes through, it has all tracks', async (t) => {
  const film = await twoMinutes(folder);
  const out = join(folder, 'out');
  const where = ['--jobs-dir', join(folder, 'jobs'), '--output-dir', out];
  const wanted = ['--source', 'en', '--targets', 'es,hi'];
  const run = await runJob(['subtitle', film, ...wanted, ...where, ...localModels()]);
  t.equal(run.status, 0, run.stderr);
  const muxed = join(out, 'film.subtitled.mp4');
  const names = [...languages.map((language) => `film.${language}.srt`), 'film.subtitled.mp4'];
  t.strictSame(readdirSync(out).sort(), names.sort(), 'the user has these files and no other');
  t.strictSame(await listing(muxed), [
    'video:mpeg4',
    'audio:aac',
    'audio:aac',
    'subtitle:mov_text:fra:SubtitleHandler',
    'subtitle:mov_text:eng:English:default',
    'subtitle:mov_text:spa:Español',
    'subtitle:mov_text:hin:हिन्दी',
  ]);
  t.equal(await soundOf(muxed), await soundOf(film), 'the sound is copied');
  const job = folderOf(run);
  for (const [index, language] of languages.entries()) {
    const written = readFileSync(join(out, `film.${language}.srt`), 'utf8');
    const [first] = parseSubtitles(written, { name: 'x.srt' });
    t.match(await cuesOf(muxed, index + 1), first?.lines[0] ?? 'no cue', language);
    rulesHold(t, language, { written, job });
  }
  t.match(readFileSync(join(out, 'film.hi.srt'), 'utf8'), /\p{Script=Devanagari}/u);
  checkJob(t, job);
  t.strictSame(leftIn(folder), [], 'nothing is left half-written');
});

/** Every rule of subtitles is kept, or broken as the report says; numbers have no hole. */
function rulesHold(
  t: Test,
  language: string,
  { written, job }: { readonly written: string; readonly job: string },
): void {
  const path = join(job, `12_subtitle_generation/rules.${language}.json`);
  const report = JSON.parse(readFileSync(path, 'utf8')) as { broken: object[] };
  const cues = parseSubtitles(written, { name: 'x.srt' });
  t.ok(cues.length > 10, `${language}: ${cues.length} cues, ${report.broken.length} broken rules`);
  const found = checkCues(cues).map((one) => ({ format: 'srt', ...one }));
  t.strictSame(found, report.broken, `${language}: what is broken is reported, and nothing else`);
  const fatal = found.filter(({ rule }) => ['overlap', 'empty', 'gapMs', 'lines'].includes(rule));
  t.strictSame(fatal, [], 'and what can always be kept is');
  const numbers = [...written.matchAll(/^(\d+)\n\d\d:/gmu)].map(([, number]) => Number(number));
  t.strictSame(
    numbers,
    cues.map((_, index) => index + 1),
  );
}

/** The job has no failed stage, its segments have their one shape, and its page names every stage. */
function checkJob(t: Test, job: string): void {
  const { stages } = manifestOf(job);
  const page = readFileSync(join(job, 'report.html'), 'utf8');
  for (const [id, { status, errors }] of Object.entries(stages)) {
    t.ok(['completed', 'skipped'].includes(status), `${id} is ${status}`);
    t.strictSame(errors, []);
    t.match(page, id, `report.html names ${id}`);
  }
  const files = Object.keys(hashes(job)).filter((name) => name.endsWith('/segments.json'));
  t.equal(files.length, 3);
  for (const name of files) {
    const { duration, segments } = parseTranscript(readFileSync(join(job, name), 'utf8'), name);
    t.ok(segments.length > 0, name);
    for (const [index, { start, end, text, confidence }] of segments.entries()) {
      const before = segments[index - 1]?.start ?? 0;
      const fits = before <= start && start < end && end <= duration && text !== '';
      if (!fits || !(confidence > 0)) t.fail(`${name}: segment ${index}`);
    }
  }
  t.strictSame(locksBeside(job), []);
}

void t.test('transcribe: when a film goes through, its transcript has every form', async (t) => {
  const film = await elevenSeconds(folder, 'heard.mp4');
  const place = join(folder, 'transcribe');
  const run = await runWorkflow('transcribe', { film, place });
  t.equal(run.status, 0, run.stderr);
  const job = folderOf(run);
  checkJob(t, job);
  const forms = ['ass', 'json', 'srt', 'txt', 'vtt'];
  t.strictSame(
    readdirSync(join(job, '13_export')).sort(),
    forms.map((form) => `heard.${form}`),
  );
  const text = readFileSync(join(job, '13_export/heard.txt'), 'utf8');
  t.match(text, /ask not what your country can do for you/iu);
  t.strictSame(leftIn(place), []);

  const out = join(folder, 'written');
  const models = ['--model', 'tiny.en', '--models-dir', modelsDir.modelsDir, '--offline'];
  const given = ['--format', forms.join(','), '--output-dir', out];
  const command = await runCli(['transcribe', film, ...models, ...given]);
  t.equal(command.status, 0, command.stderr);
  t.strictSame(
    readdirSync(out).sort(),
    forms.map((form) => `heard.${form}`),
  );
  t.equal(readFileSync(join(out, 'heard.txt'), 'utf8'), text, 'the command hears the same');
});

void t.test('translate: when a film goes through, its translation stands beside', async (t) => {
  const film = await elevenSeconds(folder, 'told.mp4');
  const place = join(folder, 'translate');
  const run = await runWorkflow('translate', { film, place });
  t.equal(run.status, 0, run.stderr);
  const job = folderOf(run);
  checkJob(t, job);
  const spoken = parseTranscript(readFileSync(join(job, '13_export/told.json'), 'utf8'));
  const path = join(job, '13_export/told.es.json');
  const translated = parseTranscript(readFileSync(path, 'utf8'));
  t.equal(translated.language, 'es');
  t.equal(translated.duration, spoken.duration);
  t.notSame(
    translated.segments.map(({ text }) => text),
    spoken.segments.map(({ text }) => text),
  );
  for (const { text, untranslated } of translated.segments) t.ok(text !== '' || untranslated);
  t.strictSame(leftIn(place), []);

  const out = join(folder, 'translated');
  const given = ['--source', 'en', '--to', 'hi', '--output-dir', out, '--format', 'srt,txt'];
  const command = await runCli(['translate', join(job, '13_export/told.json'), ...given]);
  t.equal(command.status, 0, command.stderr);
  t.strictSame(readdirSync(out).sort(), ['told.hi.srt', 'told.hi.txt']);
  t.notOk(existsSync(join(out, 'told.en.srt')));
});
