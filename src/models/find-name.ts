import { CpwError } from '../errors.js';
import { suggest } from '../options/suggest.js';
import { installedModels, isModelName, type InstalledModel } from './layout.js';
import { canonicalName, findModel, knownNames, type RegistryEntry } from './registry.js';

/** The entries of names, or one CPW_MODEL_NOT_FOUND that lists every unknown one. */
export function findModels(names: readonly string[]): readonly RegistryEntry[] {
  const found = names.map((name) => ({ name, entry: findModel(name) }));
  const unknown = found.filter(({ entry }) => entry === undefined).map(({ name }) => name);
  if (unknown.length > 0) {
    const hints = unknown.map((name) => `'${name}'${question(name, knownNames())}`).join(', ');
    throw new CpwError(
      'CPW_MODEL_NOT_FOUND',
      `No model is known by the name ${hints}. Next step: \`cpw-native models list --available\` ` +
        'shows all names; a file or folder of your own comes in with `cpw-native models import`.',
      { details: { unknown } },
    );
  }
  return [...new Set(found.flatMap(({ entry }) => entry ?? []))];
}

/** An installed model by its exact or second name. CPW_MODEL_NOT_FOUND says what there is. */
export async function findInstalled(root: string, given: string): Promise<InstalledModel> {
  const name = canonicalName(given);
  const models = await installedModels(root);
  const model = isModelName(name) ? models.find((one) => one.name === name) : undefined;
  if (model !== undefined) return model;
  const names = models.map((one) => one.name);
  const there = names.length === 0 ? 'none is' : `there are ${names.join(', ')}`;
  throw new CpwError(
    'CPW_MODEL_NOT_FOUND',
    `No model '${given}' is installed in '${root}'${question(given, names)} (${there}). ` +
      'Next step: `cpw-native models list` shows the names.',
    { details: { model: given, root, installed: names } },
  );
}

function question(name: string, known: readonly string[]): string {
  const near = suggest(name, known);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
