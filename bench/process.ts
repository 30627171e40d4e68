import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A program with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** How a process ended, and what the system said of it while it ran (Linux alone). */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly peakMb: number | undefined;
  readonly cpuS: number | undefined;
}

/** A trial that hangs would hold up all that follow. */
const longestMs = 30 * 60_000;
/** Linux counts a process's time in hundredths of a second, whatever its own clock. */
const ticksPerS = 100;

/** Runs a program to its end; throws where that is not a good one. */
export function runProcess([program, ...args]: Command): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMs,
    });
    let stdout = '';
    let stderr = '';
    let seen: Pick<Ended, 'peakMb' | 'cpuS'> = { peakMb: undefined, cpuS: undefined };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // The peak only grows, so the last look misses what the very end adds, and no more.
    const timer = setInterval(() => (seen = lookAt(child.pid) ?? seen), 20);
    child.on('error', (error) => {
      clearInterval(timer);
      reject(new Error(`${program} could not be started: ${error.message}`));
    });
    child.on('close', (status, signal) => {
      clearInterval(timer);
      if (status === 0) return resolve({ stdout, stderr, ...seen });
      const how = signal === null ? `status ${status}` : signal;
      reject(new Error(`${program} ended with ${how}: ${stderr.trim().slice(-600)}`));
    });
  });
}

function lookAt(pid: number | undefined): Pick<Ended, 'peakMb' | 'cpuS'> | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1];
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may hold spaces: utime and stime are the 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (kilobytes === undefined) return undefined; // a zombie has no memory any more
    const cpuS = (Number(fields[11]) + Number(fields[12])) / ticksPerS;
    return { peakMb: Number(kilobytes) / 1024, cpuS };
  } catch {
    return undefined;
  }
}
