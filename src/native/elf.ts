import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// Offsets of a 64-bit ELF header, https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
const headerBytes = 64;
const at = { class: 4, machine: 18, sectionTable: 40, sectionSize: 58, sectionCount: 60 } as const;
const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
};

/**
 * Why a shared library of Linux cannot be loaded into a process of this architecture; undefined
 * where nothing speaks against it. To be asked before loading: glibc ends the process with SIGBUS
 * when the file is cut off, and calls a file for another CPU "No such file".
 */
export function elfProblem(file: string, arch: string): string | undefined {
  const { header, size } = readHeader(file);
  if (header.length < headerBytes || header.toString('latin1', 0, 4) !== '\x7fELF') {
    return 'not a shared library (invalid ELF header)';
  }
  const machine = header.readUInt16LE(at.machine);
  const built = machines[machine] ?? `machine ${machine}`;
  if (built !== arch) return `built for ${built}, and this Node is for ${arch}`;
  if (header[at.class] !== 2) return 'not a 64-bit library (wrong ELF class)';
  const table = Number(header.readBigUInt64LE(at.sectionTable));
  const end = table + header.readUInt16LE(at.sectionSize) * header.readUInt16LE(at.sectionCount);
  return size < end ? `cut off: ${size} of ${end} bytes are there` : undefined;
}

/** The program interpreter's name in the head of an executable; undefined where it is not there. */
export function elfInterpreter(file: string): string | undefined {
  const { header } = readHeader(file, 4096);
  return /\/(ld-(?:musl|linux)[\w.-]*)/u.exec(header.toString('latin1'))?.[1];
}

function readHeader(file: string, bytes: number = headerBytes): { header: Buffer; size: number } {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    const read = readSync(descriptor, buffer, 0, bytes, 0);
    return { header: buffer.subarray(0, read), size: fstatSync(descriptor).size };
  } finally {
    closeSync(descriptor);
  }
}
