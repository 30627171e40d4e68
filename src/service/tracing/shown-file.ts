import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/** A file as traces show it: its name, or a hash that is the same for the same name. */
export function shownFile(path: string, named: boolean): string {
  const name = basename(path);
  if (named) return name;
  return `sha256:${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}
