import { CpwError, type ErrorCode } from '../../errors.js';
import type { NativeSystemInfo } from '../../native/addon.js';

/** The native addon: what it says of itself, or why it could not be loaded. */
export type AddonReport =
  | ({ readonly path: string } & NativeSystemInfo)
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

/** Loads the addon and asks it. */
export async function reportAddon(): Promise<AddonReport> {
  try {
    const { addonPath, systemInfo } = await import('../../native/load.js');
    return { path: addonPath(), ...systemInfo() };
  } catch (error) {
    const code = error instanceof CpwError ? error.code : 'CPW_INTERNAL';
    return { error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}
