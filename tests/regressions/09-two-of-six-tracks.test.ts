import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { mux, muxedPath, planMux } from '../../src/media/mux.js';
import { cuesOf, listing, makeFilms, muxOptions, srt } from '../helpers/film.js';

const languages = ['en', 'hi', 'es', 'fr', 'de', 'ja'];
const codes = {
  mkv: ['eng', 'hin', 'spa', 'fre', 'ger', 'jpn'],
  mp4: ['eng', 'hin', 'spa', 'fra', 'deu', 'jpn'],
  mov: ['eng', 'hin', 'spa', 'fra', 'ger', 'jpn'],
};
const dir = t.testdir();
const films = await makeFilms(dir);
const tracks = languages.map((language) => ({
  path: srt(dir, `${language}.srt`, `text in ${language}`),
  language,
}));

// The forerunner muxed the first two of its six subtitle tracks and called the job done.
t.test('when six subtitle tracks are muxed, all six are there with their own text', async (t) => {
  for (const [film, expected] of [
    [films.mkv, codes.mkv],
    [films.mp4, codes.mp4],
    [films.mov, codes.mov],
    [films.webm, codes.mkv],
  ] as const) {
    const options = muxOptions();
    const plan = await planMux(film, tracks, { options });
    const output = muxedPath(plan, dir, 'six');
    await mux(plan, output, { options });
    const subtitles = (await listing(output)).filter((one) => one.startsWith('subtitle:'));
    t.strictSame(
      subtitles.slice(1).map((one) => one.split(':')[2]),
      expected,
      path.extname(output),
    );
    for (const [index, language] of languages.entries()) {
      t.match(await cuesOf(output, index + 1), `text in ${language} 2`);
    }
  }
});

t.test('when ffmpeg leaves tracks out and ends well, that is an error and no file', async (t) => {
  const tools = t.testdir();
  const fake = path.join(tools, 'ffmpeg');
  // Drops the options of all tracks but two, as a wrong command line would.
  const script = `#!/bin/bash
case "$*" in *-version*) exec ffmpeg "$@";; esac
args=()
while [ $# -gt 0 ]; do
  if [ "$1" = -map ] && [[ "$2" =~ ^[3-6]:0$ ]]; then shift 2; else args+=("$1"); shift; fi
done
exec ffmpeg "\${args[@]}" 2>/dev/null
`;
  writeFileSync(fake, script);
  writeFileSync(path.join(tools, 'ffprobe'), '#!/bin/sh\nexec ffprobe "$@"\n');
  chmodSync(fake, 0o755);
  chmodSync(path.join(tools, 'ffprobe'), 0o755);
  const options = muxOptions({ ffmpeg: fake });
  const plan = await planMux(films.webm, tracks, { options });
  const output = path.join(tools, 'short.webm');
  await t.rejects(mux(plan, output, { options }), {
    code: 'CPW_MEDIA_TOOL_FAILED',
    message: /was written without 4 of 7 subtitle streams/,
  });
  t.strictSame(readdirSync(tools).sort(), ['ffmpeg', 'ffprobe']);
});
