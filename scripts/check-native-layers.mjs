// The C++ layers by their includes: binding -> engines, media -> core -> std. CMake keeps Node's
// headers from the lower targets; this keeps the folders from each other.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './process.mjs';

/** What stands between the brackets or quotes of an include that a folder may have. */
const mayInclude = {
  core: { ours: ['core/'], upstream: [/^zlib\.h$/] },
  kernels: { ours: ['core/', 'kernels/'], upstream: [/^immintrin\.h$/] },
  media: { ours: ['core/', 'media/'], upstream: [/^miniaudio/, /^stb_vorbis/, /^dr_/] },
  'engines/whisper': {
    ours: ['core/', 'engines/whisper/'],
    upstream: [/^whisper\.h$/, /^ggml/, /^gguf\.h$/],
  },
  'engines/silero': {
    // whisper.cpp's Silero files are checked where its other files are.
    ours: [
      'core/',
      'kernels/',
      'engines/silero/',
      'engines/whisper/ggml_file.h',
      'engines/whisper/model_check.h',
    ],
    upstream: [],
  },
  'engines/ctranslate2': {
    ours: ['core/', 'kernels/', 'engines/ctranslate2/'],
    upstream: [/^ctranslate2\//, /^sentencepiece_processor\.h$/, /^spdlog\//, /^nlohmann\//],
  },
  'engines/probe': { ours: ['core/', 'engines/probe/'], upstream: [] },
  binding: {
    ours: ['core/', 'media/', 'engines/', 'binding/'],
    upstream: [/^napi\.h$/, /^node_api\.h$/, /^uv\.h$/],
  },
};

/** Headers of the system that C++ code of ours has a use for beside the standard library's. */
const system = /^(sys|mach|dispatch)\/|^(unistd|dlfcn|fcntl|pthread|sched|cpuid|malloc|errno)\.h$/;

/** @returns {string[]} One line for each include that points up, aside or out. */
export function nativeLayerViolations() {
  const violations = [];
  for (const file of sourcesBelow('native')) {
    const inside = path.posix.relative('native', file);
    const folder = Object.keys(mayInclude).find((name) => inside.startsWith(`${name}/`));
    if (!folder) {
      violations.push(
        `${file}: native/${path.posix.dirname(inside)} has no row in the table of layers`,
      );
      continue;
    }
    const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
    lines.forEach((line, index) => {
      const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
      if (include && !allowed(mayInclude[folder], include[2])) {
        violations.push(`${file}:${index + 1}: native/${folder} may not include ${include[2]}`);
      }
    });
  }
  return violations;
}

function allowed(row, header) {
  const isStandard = /^[a-z_]+$/.test(header);
  return (
    isStandard ||
    system.test(header) ||
    row.ours.some((prefix) => header.startsWith(prefix)) ||
    row.upstream.some((pattern) => pattern.test(header))
  );
}

/** @returns {string[]} C++ files with / between the folders. */
export function sourcesBelow(folder) {
  if (!statSync(path.join(root, folder), { throwIfNoEntry: false })) return [];
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.posix.join(folder, ...name.split(path.sep)))
    .filter((name) => /\.(cc|h|cpp|hpp|mm)$/.test(name) && !name.startsWith('native/third_party/'))
    .sort();
}
