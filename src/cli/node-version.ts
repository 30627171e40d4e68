// What package.json's engines ask for. This file and what bin.ts imports besides keep to what
// Node 14 knows, so that an old one is told instead of failing on some line of a dependency.
const least = [20, 19] as const;

/** Why this version of Node cannot run the package, with the next step; undefined where it can. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return undefined;
  return (
    `cpw-native needs Node.js ${least.join('.')} or newer, and this is ${version}. ` +
    'Next step: install a current line of Node.js, for example: nvm install 22'
  );
}
