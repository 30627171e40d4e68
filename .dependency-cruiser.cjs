// The layering of CONTRIBUTING.md: an import only points down. A folder may import itself, the
// folders named in its row, and nothing else of src.
const mayImport = {
  cli: [
    'pipeline',
    'stages',
    'engines',
    'models',
    'media',
    'names',
    'text',
    'subtitles',
    'export',
    'options',
    'native',
    'network',
    'files',
  ],
  pipeline: [
    'stages',
    'engines',
    'models',
    'media',
    'names',
    'text',
    'subtitles',
    'export',
    'options',
    'native',
    'files',
  ],
  stages: [
    'engines',
    'models',
    'media',
    'names',
    'text',
    'subtitles',
    'export',
    'options',
    'native',
    'files',
  ],
  engines: ['models', 'media', 'text', 'options', 'native', 'network'],
  export: ['subtitles', 'text', 'options', 'files'],
  subtitles: ['text', 'options'],
  models: ['options', 'native', 'network', 'files'],
  media: ['options', 'native', 'files'],
  names: ['text', 'options', 'native', 'network', 'files'],
  text: ['options'],
  network: [],
  native: [],
  options: [],
  files: [],
  // A package of its own: it imports cpw-native by name, as any user does.
  service: [],
};
const everyone = ['^src/errors[.]ts$', '^src/types[.]ts$'];

const layers = Object.entries(mayImport).map(([folder, below]) => ({
  name: `layer-${folder}`,
  comment: `src/${folder} may import ${['itself', ...below, 'errors', 'types'].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [`^src/${folder}/`, ...below.map((name) => `^src/${name}/`), ...everyone],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'folder-without-a-layer',
      comment: 'a new folder of src gets its row in .dependency-cruiser.cjs',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: Object.keys(mayImport).map((name) => `^src/${name}/`) },
      to: { path: '.' },
    },
    {
      name: 'the-ground-floor-imports-nothing',
      comment: 'errors.ts and types.ts stand below everything',
      severity: 'error',
      from: { path: everyone },
      to: { path: '^src/' },
    },
    {
      name: 'nothing-imports-cli-or-index',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: ['^src/cli/', '^src/index[.]ts$'] },
    },
    {
      name: 'service-is-another-package',
      comment: 'it imports the core by its package name; the core finds it at run time',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/service/' },
      to: { path: '^src/service/' },
    },
    {
      name: 'service-imports-the-core-by-name',
      comment: 'not by a path, however that is written: not even errors and types',
      severity: 'error',
      from: { path: '^src/service/' },
      to: { path: '^src/', pathNot: '^src/service/', dependencyTypes: ['local'] },
    },
    {
      name: 'stages-do-not-know-each-other',
      severity: 'error',
      // What all of them share, and the two files that list them.
      from: { path: '^src/stages/([^/]+)[.]ts$', pathNot: '^src/stages/(all|public)[.]ts$' },
      to: {
        path: '^src/stages/',
        pathNot: [
          '^src/stages/(stage|stage-table|artefact|artefacts|engines|budgets)[.]ts$',
          '^src/stages/$1[.]ts$',
        ],
      },
    },
    {
      name: 'one-loader-of-native-code',
      comment: 'only src/native/load.ts finds and loads the .node file',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/native/load[.]ts$' },
      to: { path: '[.]node$' },
    },
    {
      name: 'only-media-runs-programs',
      comment:
        'ffmpeg lives in src/media; doctor asks programs for their versions; the backends are ' +
        'tried in a child process, which a bad driver may crash',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/media/', '^src/cli/doctor/', '^src/native/probe-backends[.]ts$'],
      },
      to: { dependencyTypes: ['core'], path: '^child_process$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-development-package-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: { path: '^src/' },
      // The core by its name, which the compiler checks, is there once it is compiled.
      to: { couldNotResolve: true, pathNot: '^cpw-native(/options)?$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
