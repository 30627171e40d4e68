import { readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { decodeWithFfmpeg } from '../../src/media/ffmpeg.js';
import { mux, planMux } from '../../src/media/mux.js';
import { makeFilms, muxOptions, srt } from '../helpers/film.js';
import { fakeFfmpeg } from '../helpers/media.js';

const dir = t.testdir({ tools: {} });
const films = await makeFilms(dir);
const tracks = [{ path: srt(dir, 'en.srt'), language: 'en' }];

// The forerunner said that ffmpeg had failed, and not what ffmpeg had said.
t.test("when ffmpeg fails to mux, the error holds ffmpeg's own last lines in words", async (t) => {
  const words =
    'for i in $(seq 100); do echo "line $i" >&2; done; ' +
    'echo "[matroska @ 0x55d8c1] the muxer is out of order" >&2; echo "Conversion failed!" >&2; exit 69';
  const options = muxOptions({ ffmpeg: fakeFfmpeg(path.join(dir, 'tools'), words) });
  const plan = await planMux(films.avi, tracks, { options });
  const output = path.join(dir, 'out.mkv');
  await t.rejects(mux(plan, output, { options }), {
    code: 'CPW_MEDIA_TOOL_FAILED',
    message:
      /film\.avi" could not be written .*out\.mkv": ffmpeg failed \(exit status 69\): .*\[matroska\] the muxer is out of order \/ Conversion failed!\. Next step/,
    details: { status: 69 },
  });
  t.notOk(readdirSync(dir).some((name) => name.startsWith('.cpw') || name === 'out.mkv'));
});

t.test("when the system's ffmpeg refuses a stream, its reason is told", async (t) => {
  const options = muxOptions();
  const plan = await planMux(films.mkv, tracks, { options });
  // A plan that no muxer carries out: the sound of the film in a container for none of it.
  const wrong = { ...plan, container: 'webm' as const };
  await t.rejects(mux(wrong, path.join(dir, 'out.webm'), { options }), {
    message: /Only VP8 or VP9 or AV1 video .* supported for WebM.*--container mkv/,
  });
});

t.test('when ffmpeg fails to decode, the error holds its last lines too', async (t) => {
  const ffmpeg = fakeFfmpeg(path.join(dir, 'tools'), 'echo "the disk went away" >&2; exit 1');
  const name = JSON.stringify(films.mp4);
  const audio = decodeWithFfmpeg({ ffmpeg, name, from: { path: films.mp4 } });
  const read = async (): Promise<void> => {
    for await (const samples of audio.samples) void samples;
  };
  await t.rejects(read(), { message: /ffmpeg failed \(exit status 1\): the disk went away/ });
});
