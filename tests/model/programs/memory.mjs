// node memory.mjs <minutes> [ffmpeg]: peak memory of one long WAV file, or of a Matroska file that
// ffmpeg decodes, through VAD, windows and the scripted engine. The file is speech over and over,
// written here and removed at the end.
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { SpeechDetector } from 'cpw-native';
import { openInput } from '../../../dist/media/input.js';
import { runCall } from '../../../dist/native/handle.js';
import { loadAddon } from '../../../dist/native/load.js';
import { mediaOptionsSchema } from '../../../dist/options/media.js';
import { audio, report } from './shared.mjs';

const minutes = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'cpw-memory-'));
const byFfmpeg = process.argv[3] === 'ffmpeg';
const path = byFfmpeg ? longMatroska() : await longWav();
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const addon = loadAddon();
const detector = await SpeechDetector.load(
  process.env.CPW_MODELS_DIR ? { modelsDir: process.env.CPW_MODELS_DIR } : {},
);
const probe = await addon.ProbeRecognizer.load({
  replicas: 2,
  loadMs: 0,
  windowMs: 0,
  failAtWindow: -1,
}).promise;
const options = {
  language: 'en',
  translate: false,
  beamSize: 1,
  retryBeamSize: 0,
  initialPrompt: '',
  windowS: 30,
  vad: {
    threshold: 0.5,
    negThreshold: 0.35,
    minSpeechDurationMs: 250,
    maxSpeechDurationS: 30,
    minSilenceDurationMs: 500,
    speechPadMs: 200,
  },
};
let windows = 0;
const started = performance.now();
const input = await openInput(addon, path, { media: mediaOptionsSchema.parse({}) });
const onSegment = () => (windows += 1);
const { duration } = await runCall(
  () => probe.transcribe(input.native, detector.native, options, { onSegment }),
  input,
);
const seconds = (performance.now() - started) / 1_000;
const peakMb = process.resourceUsage().maxRSS / 1_024;
report({ minutes, duration, windows, seconds, peakMb });

function longMatroska() {
  const path = join(folder, 'long.mkv');
  const loop = ['-stream_loop', '-1', '-i', audio('jfk.wav'), '-t', String(minutes * 60)];
  execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', ...loop, '-c:a', 'flac', path]);
  return path;
}

async function longWav() {
  const path = join(folder, 'long.wav');
  const clip = readFileSync(audio('jfk.wav'));
  const samplesAt = clip.indexOf('data') + 8;
  const body = clip.subarray(samplesAt);
  const total = minutes * 60 * 32_000;
  // The recording's own header, with the sizes of the long file.
  const header = Buffer.from(clip.subarray(0, samplesAt));
  header.writeUInt32LE(samplesAt - 8 + total, 4);
  header.writeUInt32LE(total, samplesAt - 4);
  const file = createWriteStream(path);
  file.write(header);
  for (let written = 0; written < total;) {
    const piece = body.subarray(0, Math.min(body.length, total - written));
    written += piece.length;
    if (!file.write(piece)) await new Promise((resolve) => file.once('drain', resolve));
  }
  await finished(file.end());
  return path;
}
