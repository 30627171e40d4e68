import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { hardwareKeySchema } from './hardware-key.js';
import { probeOutcomeSchema } from './probe-outcome.js';

const entrySchema = z.strictObject({
  key: hardwareKeySchema,
  /** ISO 8601. */
  probedAt: z.iso.datetime(),
  outcome: probeOutcomeSchema,
});

/** What one trial found on one machine with one addon. */
export type HardwareEntry = z.output<typeof entrySchema>;

// A home folder can be shared by hosts, and a host can have several builds.
const maxEntries = 16;
const fileSchema = z.strictObject({ version: z.literal(1), entries: z.array(entrySchema) });

/** The file of the hardware cache. */
export function hardwareCacheFile(cacheDir: string): string {
  return join(cacheDir, 'hardware_cache.json');
}

/** What the file holds; `problem` says why it cannot be used, where it is there and damaged. */
export interface HardwareCache {
  readonly entries: readonly HardwareEntry[];
  readonly problem?: string;
}

/** Reads the cache. A file that is not there is an empty one; nothing in it is believed unchecked. */
export async function readHardwareCache(file: string): Promise<HardwareCache> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return absent ? { entries: [] } : { entries: [], problem: messageOf(error) };
  }
  try {
    return { entries: fileSchema.parse(JSON.parse(text)).entries };
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const problem =
      issue === undefined ? messageOf(error) : `${issue.path.join('.')}: ${issue.message}`;
    return { entries: [], problem };
  }
}

/** Puts an entry before those that are there, written beside and renamed. Rejects as the disk does. */
export async function writeHardwareCache(file: string, entry: HardwareEntry): Promise<void> {
  const { entries } = await readHardwareCache(file);
  const others = entries.filter(({ key }) => !sameKey(key, entry.key));
  const kept = [entry, ...others].slice(0, maxEntries);
  const beside = `${file}.${process.pid}.${performance.now().toString(36)}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await using handle = await open(beside, 'wx', 0o600);
    await handle.writeFile(`${JSON.stringify({ version: 1, entries: kept }, null, 1)}\n`);
    await handle.close();
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** True for two keys of the same machine, driver and addon. */
export function sameKey(one: HardwareEntry['key'], other: HardwareEntry['key']): boolean {
  // zod rebuilds objects in the order of the schema, the key's maker writes in the same.
  return (
    JSON.stringify(hardwareKeySchema.parse(one)) === JSON.stringify(hardwareKeySchema.parse(other))
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
