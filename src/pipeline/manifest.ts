import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../errors.js';
import { writeAtomically } from './atomic-file.js';
import { readJsonFile } from './json-file.js';

const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

/** A file as it was when a stage read or wrote it. */
export const fileRecordSchema = z.strictObject({
  artefact: z.string().min(1),
  path: z.string().min(1).describe("In the job's folder; the media file's is absolute"),
  bytes: z.number().int().min(0),
  sha256,
  about: z.exactOptional(z.record(z.string(), z.string())),
});

/** All that a stage can be; nothing else is ever written in the place of it. */
export const stageStatuses = ['running', 'completed', 'skipped', 'failed', 'interrupted'] as const;

const resourcesSchema = z.strictObject({
  wallS: z.number().min(0).describe('From its beginning to its end'),
  waitedS: z.number().min(0).describe('Of these, waiting for the stages before it'),
  cpuS: z.number().min(0).describe("The process's, and so that of stages beside it too"),
  peakRssMb: z.number().min(0).describe("The process's while the stage ran"),
});

/** What is known of one stage. */
export const stageRecordSchema = z.strictObject({
  status: z.enum(stageStatuses),
  reason: z.exactOptional(z.string()).describe('Why it was skipped or interrupted'),
  version: z.number().int().min(0),
  lineage: z.string().describe('Names the input and all parameters up to here'),
  startedAt: z.exactOptional(time),
  endedAt: z.exactOptional(time),
  parameters: z.record(z.string(), z.unknown()),
  inputs: z.array(fileRecordSchema),
  outputs: z.array(fileRecordSchema),
  resources: z.exactOptional(resourcesSchema),
  warnings: z.array(z.string()),
  errors: z.array(
    z.strictObject({
      code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
    }),
  ),
});

const manifestSchema = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  updatedAt: time,
  media: z
    .exactOptional(
      z.strictObject({
        path: z.string(),
        bytes: z.number(),
        modifiedMs: z.number(),
        changedMs: z.number(),
        inode: z.number(),
        sha256,
      }),
    )
    .describe('The media file when it was hashed last'),
  stages: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/u), stageRecordSchema),
});

/** A file that a stage read or wrote. */
export type FileRecord = z.output<typeof fileRecordSchema>;
/** One stage in the manifest. */
export type StageRecord = z.output<typeof stageRecordSchema>;
/** What a stage used. */
export type StageResources = z.output<typeof resourcesSchema>;
/** manifest.json */
export type ManifestContent = z.output<typeof manifestSchema>;

const fileName = 'manifest.json';

/**
 * A job's manifest: it alone says what is finished and valid. It is read once, and written whole
 * after every change, one change after another.
 */
export class Manifest {
  /** Undefined where nothing is to be written. */
  readonly #path: string | undefined;
  readonly #guard: () => Promise<void>;
  #content: ManifestContent;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    path: string | undefined,
    content: ManifestContent,
    guard: () => Promise<void>,
  ) {
    this.#path = path;
    this.#content = content;
    this.#guard = guard;
  }

  /**
   * Reads a job's manifest. One that is damaged is set aside with a warning: then nothing counts as
   * finished. `guard` is asked before every write, and throws where the job is somebody else's by now.
   */
  static async open(
    folder: string,
    job: string,
    {
      guard = async () => undefined,
      warn,
    }: { readonly guard?: () => Promise<void>; readonly warn: (message: string) => void },
  ): Promise<Manifest> {
    const path = join(folder, fileName);
    const found = await readJsonFile(path, manifestSchema);
    if (found.kind === 'set aside') {
      warn(`manifest.json could not be used (${found.problem}) and is now ${found.aside}`);
    }
    const usable = found.kind === 'read' && found.value.job === job;
    return new Manifest(path, usable ? found.value : freshManifest(job), guard);
  }

  /** Reads a job's manifest without touching it; one that is damaged counts as empty. */
  static async peek(folder: string, job: string): Promise<Manifest> {
    const path = join(folder, fileName);
    const text = await readFile(path, 'utf8').catch(() => '{}');
    return new Manifest(undefined, parsed(text, job) ?? freshManifest(job), async () => undefined);
  }

  get content(): ManifestContent {
    return this.#content;
  }

  stage(id: string): StageRecord | undefined {
    return this.#content.stages[id];
  }

  /** Replaces what is known of a stage. */
  setStage(id: string, record: StageRecord): Promise<void> {
    const checked = stageRecordSchema.parse(record);
    return this.#update({ stages: { ...this.#content.stages, [id]: checked } });
  }

  setMedia(media: NonNullable<ManifestContent['media']>): Promise<void> {
    return this.#update({ media });
  }

  #update(part: Partial<ManifestContent>): Promise<void> {
    this.#content = { ...this.#content, ...part, updatedAt: new Date().toISOString() };
    const write = this.#writeAfter(this.#writing);
    this.#writing = write.catch(() => undefined);
    return write;
  }

  async #writeAfter(before: Promise<void>): Promise<void> {
    await before;
    if (this.#path === undefined) return;
    await this.#guard();
    await writeAtomically(this.#path, `${JSON.stringify(this.#content, null, 2)}\n`);
  }
}

function freshManifest(job: string): ManifestContent {
  return { version: 1, job, updatedAt: new Date().toISOString(), stages: {} };
}

function parsed(text: string, job: string): ManifestContent | undefined {
  try {
    const found = manifestSchema.safeParse(JSON.parse(text)).data;
    return found?.job === job ? found : undefined;
  } catch {
    return undefined;
  }
}
