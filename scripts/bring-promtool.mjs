// Brings promtool, which tests the alert rules in deploy/prometheus: Debian's and Ubuntu's package
// has it (20 MB, 3 s), and is unpacked into the user's cache without being installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where promtool is, or would be. */
export function promtoolPath() {
  const home = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  return path.join(home, 'cpw-native', 'tools', 'promtool');
}

/** The reason why it is not there; undefined where it is. */
export function bringPromtool() {
  const final = promtoolPath();
  if (existsSync(final)) return undefined;
  const folder = path.dirname(final);
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, '.promtool-'));
  const failed = (command, ...args) => {
    const { status } = spawnSync(command, args, { cwd: work, timeout: 120_000 });
    return status === 0 ? undefined : `${command} ${args.join(' ')} failed`;
  };
  try {
    const loaded = failed('apt-get', 'download', 'prometheus');
    if (loaded !== undefined) return loaded;
    const name = readdirSync(work).find((one) => one.endsWith('.deb')) ?? '';
    const unpacked = failed('dpkg-deb', '-x', name, 'package');
    if (unpacked !== undefined) return unpacked;
    renameSync(path.join(work, 'package/usr/bin/promtool'), final);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const reason = bringPromtool();
  process.stdout.write(`${reason ?? promtoolPath()}\n`);
  process.exitCode = reason === undefined ? 0 : 1;
}
