import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { audioDir, root } from './environment.js';
import { runProcess } from './process.js';
import { nativeProgram } from './tools.js';

/** A recording with what is spoken in it. */
export interface Speech {
  readonly file: string;
  readonly text: string;
}

const refsSchema = z.record(z.string(), z.object({ text: z.string() }));
const longSchema = z.object({ parts: z.array(z.string()), silence_s: z.number() });

/** The recording of about five minutes: parts of tests/data/audio, with silence between them. */
export async function longSpeech(): Promise<Speech> {
  const { parts, silence_s: silenceS } = longSchema.parse(readJson('long.json'));
  const folder = path.join(root, 'build/bench-audio');
  const file = path.join(folder, 'long.wav');
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    const join = await nativeProgram('join_audio');
    const paths = parts.map((part) => path.join(audioDir, part));
    await runProcess([join, file, String(silenceS), ...paths]);
  }
  return { file, text: parts.map(textOf).join(' ') };
}

/** A recording of half a minute, for the short form. */
export function shortSpeech(): Speech {
  const name = 'en-declaration.flac';
  return { file: path.join(audioDir, name), text: textOf(name) };
}

/** The parts of the long recording as they are stored, each once. */
export function storedParts(): readonly string[] {
  const { parts } = longSchema.parse(readJson('long.json'));
  return [...new Set(parts)].map((part) => path.join(audioDir, part));
}

function textOf(name: string): string {
  const text = refsSchema.parse(readJson('refs.json'))[name]?.text;
  if (text === undefined) throw new Error(`refs.json says nothing of ${name}`);
  return text;
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(path.join(audioDir, name), 'utf8'));
}
