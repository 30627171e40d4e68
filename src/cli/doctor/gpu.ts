import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { nvidiaDriver } from '../../native/hardware-key.js';
import { readText } from '../../native/read-text.js';
import type { DoctorReport } from './report-schema.js';

const run = promisify(execFile);

type GpuReport = DoctorReport['gpu'];
type Device = GpuReport['devices'][number];

const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits'];
const vendors: Readonly<Record<string, string>> = {
  '0x10de': 'NVIDIA',
  '0x1002': 'AMD',
  '0x8086': 'Intel',
};

/** The GPUs that the driver and the bus tell of, whether the addon can use them or not. */
export async function reportGpu(root = '/'): Promise<GpuReport> {
  const kernel = /Module\s+(?:for \S+\s+)?(\d[\d.]*)/u.exec(nvidiaDriver(root))?.[1] ?? null;
  const onBus = pciDevices(root);
  try {
    const { stdout } = await run('nvidia-smi', query, { timeout: 5000 });
    const { devices, driver } = parseNvidiaSmi(stdout);
    const others = onBus.filter(({ vendor }) => vendor !== 'NVIDIA');
    return { driver: driver ?? kernel, devices: [...devices, ...others], problem: null };
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { driver: kernel, devices: onBus, problem: absent ? null : failureOf(error) };
  }
}

/** Lines such as `NVIDIA H100 80GB HBM3, 81559, 550.54.15`; memory in MiB. */
export function parseNvidiaSmi(text: string): { devices: Device[]; driver: string | null } {
  const rows = text.split('\n').map((line) => line.split(',').map((cell) => cell.trim()));
  const complete = rows.filter((row) => row.length === 3);
  const devices = complete.map(([name = '', mebibytes]): Device => {
    const memory = Number(mebibytes) * 2 ** 20;
    const memoryBytes = Number.isFinite(memory) ? memory : null;
    return { name, vendor: 'NVIDIA', memoryBytes, source: 'nvidia-smi' };
  });
  return { devices, driver: complete[0]?.[2] ?? null };
}

/** Its own words stand on standard output, e.g. that it cannot reach the driver. */
function failureOf(error: unknown): string {
  const words = error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : '';
  if (words !== '') return words;
  return error instanceof Error ? error.message.trim() : String(error);
}

/** Display controllers (PCI class 03) of vendors that make GPUs. */
function pciDevices(root: string): Device[] {
  const folder = '/sys/bus/pci/devices';
  return namesIn(`${root}${folder}`).flatMap((address): Device[] => {
    const read = (name: string): string =>
      readText(`${folder}/${address}/${name}`, root)?.trim() ?? '';
    const vendor = vendors[read('vendor')];
    if (vendor === undefined || !read('class').startsWith('0x03')) return [];
    const name = `${vendor} device ${read('device').replace('0x', '')} at ${address}`;
    return [{ name, vendor, memoryBytes: null, source: 'pci' }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // no PCI bus to be seen
  }
}
