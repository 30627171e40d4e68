import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** ffmpeg's first line about itself; `null` where it is not in the PATH. */
export async function reportFfmpeg(): Promise<string | null> {
  try {
    const { stdout } = await run('ffmpeg', ['-version'], { timeout: 5000 });
    return stdout.split('\n')[0]?.trim() ?? null;
  } catch {
    return null;
  }
}
