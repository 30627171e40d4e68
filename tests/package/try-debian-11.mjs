// npm run try:debian-11: the tarball, installed by npm without scripts, on a plain Debian 11 with no
// compiler: doctor, a WAV and an MP4 with both engines. Wants the shipped binary and root.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDist, ensureFixtures, ensureNodeModules } from '../../scripts/ensure.mjs';
import { main, mustRun, root, StepError } from '../../scripts/process.mjs';

const wav = path.join(root, 'tests/data/audio/jfk.wav');
const cacheHome = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
const models = process.env.CPW_MODELS_DIR || path.join(cacheHome, 'cpw-native/models');

await main(async () => {
  if (!existsSync(path.join(root, 'prebuilds/linux-x64/cpw-native.glibc.node'))) {
    throw new StepError('There is no shipped binary. Next step: npm run build:prebuild.');
  }
  await ensureNodeModules();
  await ensureDist();
  await ensureFixtures();
  const work = mkdtempSync(path.join(tmpdir(), 'cpw-native-debian-'));
  const quiet = { capture: true };
  try {
    await mustRun('npm pack', 'npm', ['pack', '--pack-destination', work], quiet);
    writeFileSync(path.join(work, 'package.json'), '{ "private": true }');
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const tarball = path.join(work, `cpw-native-${version}.tgz`);
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', work];
    await mustRun('npm install', 'npm', [...install, tarball], quiet);
    const film = path.join(work, 'jfk.mp4');
    const picture = ['-f', 'lavfi', '-i', 'color=s=64x64:r=5:d=11'];
    const codecs = ['-c:v', 'mpeg4', '-c:a', 'aac', '-shortest'];
    const args = ['-nostdin', '-loglevel', 'error', ...picture, '-i', wav, ...codecs, film];
    await mustRun('ffmpeg', 'ffmpeg', args, quiet);
    await mustRun('The package on Debian 11', process.execPath, [
      path.join(root, 'tests/package/debian-11.mjs'),
      '--node-modules',
      path.join(work, 'node_modules'),
      '--models',
      models,
      wav,
      film,
    ]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
