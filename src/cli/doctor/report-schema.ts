import { z } from 'zod';

// The shape of `doctor --json`. Names stay; schemaVersion changes when one goes or changes meaning.

const problemSchema = z
  .strictObject({ code: z.string(), message: z.string() })
  .nullable()
  .describe('What went wrong, with a CPW_ code; null where nothing did');

const hostSchema = z.strictObject({
  platform: z.string().describe('linux, darwin'),
  arch: z.string().describe('x64, arm64'),
  system: z.string().describe('The distribution or the version of macOS'),
  kernel: z.string(),
  glibc: z.string().nullable().describe('Version; null where the C library is another one'),
  node: z.string().describe('Version of Node.js'),
  nodeRequired: z.string().describe('The range that this package needs'),
  nodeSupported: z.boolean(),
  cpu: z.strictObject({
    model: z.string(),
    features: z.array(z.string()).describe('Those that the engines have code for'),
    missingFeatures: z.array(z.string()).describe('Those that the addon needs and are not there'),
    cores: z.int().describe('Cores of the machine'),
    maskCores: z.int().describe("Cores of the scheduler's mask (taskset, cpuset)"),
    quotaCores: z.number().nullable().describe('CPU time of the control groups; null: no limit'),
    usableCores: z.int().describe('What `--threads auto` takes'),
  }),
  memory: z.strictObject({
    totalBytes: z.number(),
    limitBytes: z.number().nullable().describe('Limit of the control groups; null: none'),
    availableBytes: z.number().describe('What can be taken now, within that limit'),
  }),
});

const gpuSchema = z.strictObject({
  driver: z.string().nullable().describe('Version of the NVIDIA driver; null: none runs'),
  devices: z.array(
    z.strictObject({
      name: z.string(),
      vendor: z.string(),
      memoryBytes: z.number().nullable(),
      source: z.enum(['nvidia-smi', 'pci', 'addon']).describe('Who told of it'),
    }),
  ),
  problem: z.string().nullable().describe('What nvidia-smi failed with; null where it did not'),
});

const backendSchema = z.strictObject({
  engine: z.string(),
  device: z.string(),
  available: z.boolean(),
  detail: z.string().describe("The backend's own words"),
});

const addonSchema = z.strictObject({
  path: z.string().nullable().describe('The file; null where there is none'),
  bytes: z.number().nullable(),
  versions: z.record(z.string(), z.string()).describe('Of the engines and of Node-API'),
  build: z.record(z.string(), z.union([z.string(), z.boolean()])),
  backends: z.array(backendSchema).describe('Empty where the trial failed'),
  failure: z
    .strictObject({
      kind: z.enum(['refused', 'crashed', 'timed-out', 'garbled', 'not-started']),
      code: z.string().nullable().describe('The CPW_ code of a refusal'),
      signal: z.string().nullable().describe('The signal of a crash'),
      message: z.string(),
    })
    .nullable()
    .describe('How the trial in a child process failed; null where it did not'),
  trouble: z.string().nullable().describe('What happened after the answer, e.g. a crash'),
  printed: z.string().nullable().describe('What was printed during the trial'),
});

const hardwareCacheSchema = z.strictObject({
  path: z.string(),
  from: z.enum(['cache', 'trial']).describe('Whether the backends were tried now or remembered'),
  triedAt: z.string().describe('ISO 8601'),
  problem: z.string().nullable().describe('Why the cache could not be read or written'),
});

const stageSchema = z.strictObject({
  stage: z.string(),
  status: z.enum(['ready', 'missing', 'not-built']),
  engine: z.string().nullable(),
  backend: z.string().nullable().describe('Device, or the kind of process'),
  detail: z.string(),
});

const programSchema = z.strictObject({
  path: z.string().nullable().describe('null: not in the PATH'),
  version: z.string().nullable(),
  supported: z.boolean().nullable().describe('null: absent, or its version says nothing'),
  problem: z.string().nullable().describe('What running it failed with'),
});

const modelsSchema = z.strictObject({
  dir: z.string(),
  exists: z.boolean(),
  writable: z.boolean(),
  freeBytes: z.number().nullable(),
  problem: problemSchema,
  installed: z.array(
    z.strictObject({
      name: z.string(),
      role: z.string(),
      formats: z.array(
        z.strictObject({
          format: z.string(),
          path: z.string(),
          bytes: z.number(),
          weights: z.string().nullable().describe('Number format; null where it has none'),
          problem: problemSchema,
        }),
      ),
    }),
  ),
});

const cacheSchema = z.strictObject({
  name: z.string(),
  path: z.string(),
  bytes: z.number(),
  files: z.int(),
  complete: z.boolean().describe('false: too many files, or some unreadable; the sum is a part'),
});

/** Something worth knowing, why it matters, and what to do about it. */
export const findingSchema = z.strictObject({
  id: z.string().describe('A stable name, e.g. ffmpeg-missing'),
  level: z
    .enum(['error', 'warning', 'note'])
    .describe('error: nothing works; warning: something does not; note: good to know'),
  what: z.string(),
  why: z.string(),
  next: z.string(),
});

/** What `cpw-native doctor --json` prints. */
export const doctorReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  version: z.string().describe("This package's"),
  usable: z.boolean().describe('False where an error stands among the findings; status 3'),
  host: hostSchema,
  gpu: gpuSchema,
  addon: addonSchema,
  hardwareCache: hardwareCacheSchema,
  stages: z.array(stageSchema),
  models: modelsSchema,
  programs: z.strictObject({ ffmpeg: programSchema, ffprobe: programSchema }),
  caches: z.array(cacheSchema),
  configFile: z.string().nullable().describe('The configuration file that was found'),
  environment: z.strictObject({
    proxies: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    variables: z.array(z.string()).describe('Names of variables that change what is done'),
  }),
  findings: z.array(findingSchema),
});

/** {@link doctorReportSchema} as a type. */
export type DoctorReport = z.output<typeof doctorReportSchema>;
/** One row of {@link DoctorReport}'s findings. */
export type Finding = z.output<typeof findingSchema>;
/** The report without what is concluded from it. */
export type Facts = Omit<DoctorReport, 'usable' | 'findings' | 'stages'>;
