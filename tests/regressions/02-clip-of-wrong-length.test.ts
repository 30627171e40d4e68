import path from 'node:path';
import t from 'tap';
import { audioPath } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';
import { loadProbe, probe } from '../helpers/probe.js';

// The forerunner put -ss before ffmpeg's input and -to behind it, where it counts from the clip.
t.test('when a clip from 5 s to 8 s is asked for, 3 s are read, whatever reads them', async (t) => {
  const film = path.join(t.testdir(), 'film.mp4');
  const picture = ['-f', 'lavfi', '-i', 'color=s=16x16:r=5:d=11'];
  const jfk = audioPath('jfk.wav');
  await ffmpeg(...picture, '-i', jfk, '-c:v', 'mpeg4', '-c:a', 'aac', film);
  const recognizer = await loadProbe({ windowMs: 1 });
  t.teardown(() => recognizer.close());
  for (const input of [jfk, film]) {
    const heard: { start: number; end: number }[] = [];
    const { duration } = await probe(recognizer, input, {
      media: { start: 5, end: 8 },
      onSegment: (segment) => heard.push(segment),
    });
    t.equal(duration, 3, path.extname(input));
    t.ok(heard.length > 0 && heard.every(({ start, end }) => start >= 5 && end <= 8));
  }
});
