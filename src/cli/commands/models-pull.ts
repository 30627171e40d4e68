import { resolve } from 'node:path';
import { z } from 'zod';
import { CpwError } from '../../errors.js';
import { fetchForm } from '../../models/fetch-form.js';
import { findModels } from '../../models/find-name.js';
import type { InstalledForm, InstallOptions } from '../../models/install-form.js';
import { modelsRoot } from '../../models/layout.js';
import { makeForm } from '../../models/make-form.js';
import type { RegistryEntry } from '../../models/registry.js';
import { hubOptionsSchema } from '../../options/download.js';
import { parseOptions } from '../../options/parse.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { pullOptionsSchema } from '../../options/store.js';
import { size } from '../columns.js';
import type { Command } from '../command.js';
import { sayDownloads } from '../downloads.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { hubOf, modelsDirOf } from '../library.js';

const schemas = {
  pull: pullOptionsSchema,
  store: z.strictObject({ modelsDir: recognizerOptionsSchema.shape.modelsDir }),
  hub: z.strictObject({
    // Not the schema's default: an unset flag leaves the choice to HF_ENDPOINT.
    endpoint: hubOptionsSchema.shape.endpoint
      .unwrap()
      .optional()
      .describe(
        'Address of the hub or of a mirror. Unset: HF_ENDPOINT, else https://huggingface.co',
      )
      .meta({ group: 'Models' }),
  }),
};

type Format = 'ctranslate2' | 'ctranslate2-int8' | 'ggml';

/** `cpw-native models pull <name..>` */
export const modelsPullCommand: Command<typeof schemas> = {
  name: 'models pull',
  words: '<name..>',
  summary: 'Fetches models by name. What an interrupted run left is gone on with.',
  examples: [
    ['models pull base silero-vad', 'what transcribe needs by default'],
    ['models pull small --format ggml', 'for the whisper engine'],
    ['models pull base --format ctranslate2 --overwrite', 'again, e.g. after damage'],
  ],
  notes:
    'HF_TOKEN holds an access token of the hub, HF_ENDPOINT the address of a mirror; HTTPS_PROXY,\n' +
    'HTTP_PROXY and NO_PROXY are honoured. `models list --available` shows all names.',
  schemas,
  count: [1, Infinity],
  run: async (names, { pull, store, hub }, { general, reporter, signal }) => {
    const entries = findModels(names);
    if (general.offline) throw offline(names);
    const options: InstallOptions = {
      root: resolve(modelsDirOf(store) ?? modelsRoot()),
      hub: parseOptions(hubOptionsSchema, hubOf(hub), { subject: 'models pull' }),
      signal,
      onDownload: sayDownloads(reporter, (model, what) => `${model}: ${what}`),
    };
    try {
      for (const entry of entries) {
        const { licence, name } = entry;
        if (licence.includes('-NC-'))
          reporter.note(`${name}: licence ${licence}, no commercial use`);
        for (const form of await pullOne(entry, pull, options)) {
          reporter.done();
          const { format, path, bytes, isNew } = form;
          const place = `${format} (${size(bytes)}) in ${shownInput(path)}`;
          if (general.json) reporter.result(`${JSON.stringify(form)}\n`);
          else if (!isNew) reporter.note(`${form.name} is installed as ${place}`);
        }
      }
    } finally {
      reporter.done();
    }
    return exitStatus.ok;
  },
};

async function pullOne(
  entry: RegistryEntry,
  { format, overwrite }: { format: 'auto' | Format; overwrite: boolean },
  options: InstallOptions,
): Promise<readonly InstalledForm[]> {
  const wanted = format === 'auto' ? automatic(entry) : [format];
  const forms: InstalledForm[] = [];
  for (const one of wanted) {
    if (one !== 'ctranslate2-int8') {
      forms.push(await fetchForm(entry, one, { ...options, overwrite }));
      continue;
    }
    if (entry.role !== 'recognizer') throw noInt8(entry);
    // Its source is brought when it is missing, and left as it is when it is there.
    if (format !== 'auto') forms.push(await fetchForm(entry, 'ctranslate2', options));
    forms.push(await makeForm(entry.name, one, { ...options, overwrite }));
  }
  return forms;
}

function automatic({ role, sources }: RegistryEntry): readonly Format[] {
  if (sources.ctranslate2 === undefined) return ['ggml'];
  return role === 'recognizer' ? ['ctranslate2', 'ctranslate2-int8'] : ['ctranslate2'];
}

function noInt8({ name, role }: RegistryEntry): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `The int8 form is made of recognition models only, and '${name}' is a ${role}. ` +
      `Next step: cpw-native models pull ${name}.`,
    { details: { model: name, role } },
  );
}

function offline(names: readonly string[]): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `models pull fetches from the network, which --offline forbids (${names.join(', ')}). ` +
      'Next step: leave --offline out, or `cpw-native models import <path>` from a disk.',
  );
}
