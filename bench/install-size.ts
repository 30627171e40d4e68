import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { root } from './environment.js';
import type { Figures } from './results.js';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

/** Megabytes on the disk of a user: the shipped addon where it was made, else that of this build. */
export function installSize(): Figures {
  const made = path.join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  const addonMb = sizeMb(existsSync(made) ? made : path.join(root, 'build/Release'), /\.node$/u);
  // Maps are not packed.
  const javascriptMb = sizeMb(path.join(root, 'dist'), /(?<!\.map)$/u);
  const packagesMb = runtimePackages()
    .map((folder) => sizeMb(path.join(root, folder), /$/u))
    .reduce((sum, one) => sum + one, 0);
  return { addonMb, javascriptMb, packagesMb, totalMb: addonMb + javascriptMb + packagesMb };
}

/** The folders of packages that a user's installation has as well. */
function runtimePackages(): readonly string[] {
  const lock: unknown = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lockSchema.parse(lock).packages)
    .filter(([folder, { dev, devOptional, link }]) => {
      return folder.startsWith('node_modules/') && !dev && !devOptional && !link;
    })
    .map(([folder]) => folder)
    .filter((folder) => existsSync(path.join(root, folder)));
}

function sizeMb(folder: string, names: RegExp): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => statSync(path.join(entry.parentPath, entry.name)).size / 2 ** 20)
    .reduce((sum, one) => sum + one, 0);
}
