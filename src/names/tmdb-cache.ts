import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** What was asked, without the key: two questions must never share an answer. */
  asked: z.string(),
  savedAt: z.iso.datetime(),
  answer: z.unknown(),
});

/** An answer that was kept. */
export interface KeptAnswer {
  readonly answer: unknown;
  readonly ageMs: number;
}

const fileOf = (folder: string, asked: string): string =>
  join(folder, `${createHash('sha256').update(asked).digest('hex').slice(0, 32)}.json`);

/** The kept answer to a question; undefined where there is none, or none that can be read. */
export async function readAnswer(folder: string, asked: string): Promise<KeptAnswer | undefined> {
  try {
    const text = await readFile(fileOf(folder, asked), 'utf8');
    const kept = fileSchema.parse(JSON.parse(text));
    if (kept.asked !== asked) return undefined;
    return { answer: kept.answer, ageMs: Date.now() - Date.parse(kept.savedAt) };
  } catch {
    return undefined;
  }
}

/** Keeps an answer, written beside and renamed. Rejects as the disk does. */
export async function keepAnswer(folder: string, asked: string, answer: unknown): Promise<void> {
  const file = fileOf(folder, asked);
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const savedAt = new Date(Date.now()).toISOString();
  await mkdir(folder, { recursive: true });
  try {
    await using handle = await open(beside, 'wx', 0o600);
    await handle.writeFile(JSON.stringify({ version: 1, asked, savedAt, answer }));
    await handle.close();
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
