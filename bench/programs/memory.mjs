// node memory.mjs <minutes> [ffmpeg]: peak memory of one long WAV file, or of a Matroska file that
// ffmpeg decodes, through VAD, windows and the scripted engine. The file is speech over and over,
// written here and removed at the end.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { longWav } from './long-wav.mjs';
import { audio, peakMb, probe, report } from './shared.mjs';

const minutes = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'cpw-memory-'));
const byFfmpeg = process.argv[3] === 'ffmpeg';
const path = byFfmpeg ? longMatroska() : await longWav(folder, minutes);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const recognizer = await probe({ replicas: 2 });
let windows = 0;
const started = performance.now();
const onSegment = () => (windows += 1);
const { duration } = await recognizer.transcribe(path, { language: 'en' }, { onSegment });
const seconds = (performance.now() - started) / 1_000;
report({ minutes, duration, windows, seconds, peakMb: peakMb() });
recognizer.close();

function longMatroska() {
  const path = join(folder, 'long.mkv');
  const loop = ['-stream_loop', '-1', '-i', audio('jfk.wav'), '-t', String(minutes * 60)];
  execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', ...loop, '-c:a', 'flac', path]);
  return path;
}
