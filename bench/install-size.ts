import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { root } from './environment.js';
import type { Figures } from './results.js';

const needs = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dependencies: needs,
      optionalDependencies: needs,
      peerDependencies: needs,
      peerDependenciesMeta: z
        .record(z.string(), z.object({ optional: z.boolean().optional() }))
        .optional(),
    }),
  ),
});
type Packages = z.output<typeof lockSchema>['packages'];

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

/** The folders of packages that whoever installs the core has as well; the server's are its own. */
export function runtimePackages(): readonly string[] {
  const lock: unknown = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const { packages } = lockSchema.parse(lock);
  const found = new Set<string>();
  const visit = (folder: string): void => {
    for (const name of neededBy(folder, packages)) {
      const place = placeOf(name, folder, packages);
      if (place === undefined || found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  visit('');
  return [...found].filter((folder) => existsSync(path.join(root, folder)));
}

function neededBy(folder: string, packages: Packages): readonly string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
    packages[folder] ?? {};
  const peers = Object.keys(peerDependencies ?? {}).filter(
    (name) => peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** Where Node finds a package: beside who needs it, or further up. */
function placeOf(name: string, folder: string, packages: Packages): string | undefined {
  const place = path.posix.join(folder, 'node_modules', name);
  if (packages[place] !== undefined) return place;
  if (folder === '') return undefined;
  const above = folder.lastIndexOf('/node_modules/');
  return placeOf(name, above === -1 ? '' : folder.slice(0, above), packages);
}

function sizeMb(folder: string, names: RegExp): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => statSync(path.join(entry.parentPath, entry.name)).size / 2 ** 20)
    .reduce((sum, one) => sum + one, 0);
}
