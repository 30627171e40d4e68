import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cpuFlags } from '../src/native/cpu.js';
import { buildCache, cores, root } from './environment.js';
import { runProcess } from './process.js';

const nativeBuild = path.join(root, 'build/bench-native');

let configured: Promise<void> | undefined;

/** Builds bench/native where a source is newer, and gives the path of one of its programs. */
export async function nativeProgram(name: 'roofline' | 'mel' | 'join_audio'): Promise<string> {
  await (configured ??= configure(path.join(root, 'bench/native'), nativeBuild, []));
  await runProcess(['cmake', '--build', nativeBuild, '--target', name]);
  return path.join(nativeBuild, name);
}

/** whisper.cpp's own sources, of which the addon is built as well. */
const whisperSources = path.join(root, 'node_modules/nodejs-whisper/cpp/whisper.cpp');

/**
 * whisper-cli by plain CMake: upstream's own flags and defaults, made for this very CPU. Built once,
 * into a folder of its own in the cache of dependencies.
 */
export async function whisperCli(): Promise<string> {
  const lists = readFileSync(path.join(whisperSources, 'CMakeLists.txt'), 'utf8');
  const cpu = [...(cpuFlags() ?? [])].join(' ');
  const key = [lists, cpu, process.platform, process.arch].join('|');
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const folder = path.join(buildCache, `bench-whisper-cli-${hash}`);
  const program = path.join(folder, 'bin/whisper-cli');
  if (existsSync(program)) return program;
  process.stderr.write('building whisper-cli (a few minutes, once)\n');
  const part = `${folder}.part-${process.pid}`;
  await mkdir(part, { recursive: true });
  const flags = ['-DWHISPER_BUILD_TESTS=OFF', '-DWHISPER_BUILD_SERVER=OFF'];
  await configure(whisperSources, part, ['-DBUILD_SHARED_LIBS=OFF', ...flags]);
  const jobs = ['--parallel', String(cores)];
  await runProcess(['cmake', '--build', part, '--target', 'whisper-cli', ...jobs]);
  await rm(folder, { recursive: true, force: true });
  await rename(part, folder);
  return program;
}

async function configure(source: string, build: string, flags: string[]): Promise<void> {
  const release = '-DCMAKE_BUILD_TYPE=Release';
  await runProcess(['cmake', '-S', source, '-B', build, release, ...flags]);
}
