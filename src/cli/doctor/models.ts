import { CpwError, type ErrorCode } from '../../errors.js';
import { modelsRoot, installedModels, type InstalledModel } from '../../models/store.js';

/** The installed models, or why they could not be listed. */
export type ModelsReport =
  | { readonly dir: string; readonly installed: readonly InstalledModel[] }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

/** Reads the folder of the models; the default one without a name. */
export async function reportModels(modelsDir?: string): Promise<ModelsReport> {
  try {
    const dir = modelsDir ?? modelsRoot();
    return { dir, installed: await installedModels(dir) };
  } catch (error) {
    const code = error instanceof CpwError ? error.code : 'CPW_INTERNAL';
    return { error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}
