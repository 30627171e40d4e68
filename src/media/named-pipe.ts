import { constants, open } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';

/**
 * The bytes of a named pipe, such as a shell's `<(command)`. Opened without blocking: a plain open
 * would hold one of the threads that read files until somebody writes, and no abort would reach it.
 */
export async function openPipe(path: string): Promise<AsyncIterable<Uint8Array>> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}
