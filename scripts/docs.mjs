// npm run docs: the references in docs/, from the schemas in dist. With --check nothing is written,
// and a page that is not current fails.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { eventSchema } from '../dist/cli/events.js';
import { errorCodes } from '../dist/errors.js';
import { fileSource } from '../dist/options/config-sources.js';
import { parseConfigText } from '../dist/options/config-text.js';
import { configRows, configSchemas, variableOf } from '../dist/options/config.js';
import { mergeOptions } from '../dist/options/merge.js';
import { main, root, StepError } from './process.mjs';

/** A valid and a rejected example for each section; others are made of the section's first option. */
const examples = {
  Model: [
    'model: small\ntranscribeModel: small\ndevice: cpu\nthreads: 4',
    'engine: vosk\nthreads: 0',
  ],
  Recognition: ['language: de\nbeamSize: 5', 'language: German\nwindowS: 60'],
  'Speech detection': [
    'vad:\n  threshold: 0.6\n  speechPadMs: 100',
    'vad:\n  threshold: 0.3\n  negThreshold: 0.4',
  ],
  Output: ['format: [srt, vtt]\noutputDir: subtitles', 'format: [srt, docx]\noverwrite: sometimes'],
  Subtitles: [
    'subtitles:\n  lineWidth: 37\n  gapMs: 80',
    'subtitles:\n  lines: 3\n  readingSpeed: 12\n  targetReadingSpeed: 14',
  ],
  Mux: [
    'mux:\n  container: mkv\n  defaultTrack: es',
    'mux:\n  container: avi\n  defaultTrack: Spanish',
  ],
  Glossary: [
    'glossary: [terms.tsv]\nnames: [glossary/names.tsv]\nglossaryHints: false',
    'glossary: {}\nglossaryEnforce: sometimes',
  ],
  Translation: [
    'translation:\n  beamSize: 4\ntranslateComputeType: int8\nsentences:\n  maxPauseS: 1.5',
    'translation:\n  minLength: 20\n  maxLength: 10',
  ],
  TMDB: ['tmdb:\n  title: Metropolis\n  year: 1927', 'tmdb:\n  kind: play\n  year: 27'],
  Jobs: ['jobsDir: work/jobs', 'jobsDir: ""'],
  'Live captions': ['live:\n  maxSessions: 4\n  endSilenceMs: 400', 'live:\n  maxSegmentS: 60'],
  Server: ['host: 0.0.0.0\nport: 9000\nmaxQueue: 50', 'port: 70000'],
  Health: ['minDiskGb: 50\nminMemoryGb: 4', 'minDiskGb: much'],
  Metrics: [
    'metricsTextfile: /var/lib/node_exporter/cpw_native.prom',
    'metricsTextfile: metrics.txt\nmetricsPush: localhost',
  ],
  Tracing: [
    'otlpEndpoint: http://127.0.0.1:4318\ntraceSampleRate: 0.1',
    'otlpEndpoint: 127.0.0.1\ntraceSampleRate: 10',
  ],
  Log: ['logFile: log/cpw.log\nlogMaxMb: 50\nlogKeepDays: 14', 'logFile: ""\nlogKeepDays: 0'],
  Notices: [
    'notificationsEnabled: true\nsmtpServer: mail.example.org\nalertEmail: ops@example.org',
    'notifyWebhook: ftp://example.org\nalertEmail: ops',
  ],
  Backup: [
    'backupTo: s3://bucket/cpw\nbackupKeyFile: /etc/cpw-native/backup-key.txt\nkeepDays: 90',
    'backupTo: "s3:bucket"\nkeepDays: 0',
  ],
  'Error reports': [
    'environment: staging\ntracesSampleRate: 0.5',
    'environment: "my machine"\ntracesSampleRate: 10',
  ],
  Faults: [
    'maxRetries: 5\ninitialDelayS: 2\nstallS: 600',
    'maxRetries: -1\nstageTimeoutFactor: long',
  ],
  General: ['logLevel: warn', 'logLevel: loud\nquite: true'],
};

await main(async () => {
  const pages = {
    'CONFIG_SCHEMA.md': configPage(),
    'ERRORS.md': errorsPage(),
    'EVENTS.md': eventsPage(),
  };
  const check = process.argv.includes('--check');
  const options = await resolveConfig(path.join(root, 'docs/x.md'));
  mkdirSync(path.join(root, 'docs'), { recursive: true });
  for (const [name, text] of Object.entries(pages)) {
    const file = path.join(root, 'docs', name);
    const formatted = await format(text, { ...options, parser: 'markdown' });
    if (!check) writeFileSync(file, formatted);
    else if (readFileSync(file, 'utf8') !== formatted) {
      throw new StepError(`docs/${name} is not current. Next step: npm run docs`);
    }
  }
  return 0;
});

function configPage() {
  const groups = [...new Set(configRows().map(({ group }) => group))];
  return `# Options

<!-- Written by npm run docs from the schemas in src/options. -->

Every option can be given as a flag, in a job file (\`--job\`), as a variable, and in the
configuration file; the first of these that has it wins, then the default. \`cpw-native config show\`
prints each value with its source, \`cpw-native config check\` checks a file, and
\`cpw-native config schema\` prints the JSON schema for an editor.

The configuration file is JSON or YAML. It is what \`--config\` names, else what \`CPW_CONFIG\` names
(\`none\`: no file), else the first of \`cpw-native.config.json\`, \`.yaml\` and \`.yml\` in the current
folder, else of \`config.json\`, \`.yaml\` and \`.yml\` in \`$XDG_CONFIG_HOME/cpw-native\`
(\`~/.config/cpw-native\`). A job file has the same shape, and \`inputs\`: a list of files. Paths in both
are relative to the current folder. An unknown key in a file is an error, an unknown \`CPW_\` variable
a warning; an empty variable counts as unset. \`CPW_BUILD_*\`, \`CPW_TEST_*\`, \`CPW_NATIVE_PATH\` and
\`CPW_CONFIG\` are no options.

${groups.map(section).join('\n')}`;
}

function section(group) {
  const rows = configRows().filter((row) => row.group === group);
  const [valid, rejected] = examples[group] ?? madeUp(rows);
  const problems = problemsOf(valid);
  if (problems.length > 0) {
    throw new StepError(`The valid example of ${group} is refused: ${problems.join('; ')}`);
  }
  const refused = problemsOf(rejected);
  if (refused.length === 0) throw new StepError(`The rejected example of ${group} is taken`);
  return `## ${group}

| option | flag | variable | accepted | default | meaning |
| --- | --- | --- | --- | --- | --- |
${rows.map(tableRow).join('\n')}

Valid:

\`\`\`yaml
${valid}
\`\`\`

Rejected:

\`\`\`yaml
${rejected}
\`\`\`

\`\`\`text
${refused.join('\n')}
\`\`\`
`;
}

function tableRow({ path: keys, flag, expected, defaultText, text }) {
  const cells = [
    code(keys.join('.')),
    code(`--${flag}`),
    code(variableOf(keys)),
    expected,
    defaultText === undefined ? '' : code(defaultText),
    text,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '\\<')).join(' | ')} |`;
}

function code(text) {
  return `\`${text}\``;
}

function problemsOf(text) {
  const source = fileSource(parseConfigText({ kind: 'config', name: 'config.yaml', text }));
  const merged = Object.values(configSchemas).map((one) => mergeOptions(one, [source], 'docs'));
  const problems = [...source.problems, ...merged.flatMap((one) => one.problems)];
  return problems.map(({ option, message }) => `${option}: ${message}`);
}

/** For sections without examples of their own. */
function madeUp(rows) {
  const row = rows.find(({ path: keys, defaultText }) => keys.length === 1 && defaultText);
  if (row === undefined) throw new StepError(`Give ${rows[0]?.group} examples in scripts/docs.mjs`);
  const key = row.path.join('.');
  return [
    `${key}: ${JSON.stringify(row.numeric ? Number(row.defaultText) || row.defaultText : row.defaultText)}`,
    `${key}: {}`,
  ];
}

function errorsPage() {
  const rows = Object.entries(errorCodes).map(
    ([name, { meaning, mendedBy, exitStatus, transient }]) =>
      `| ${code(name)} | ${meaning} | ${mendedBy} | ${exitStatus} | ${transient ? 'yes' : 'no'} |`,
  );
  return `# Errors

<!-- Written by npm run docs from src/errors.ts. -->

Every error of this package is a \`CpwError\` with one of these codes. Transient: the reason may pass,
and trying again may help; retries read only that.

| code | meaning | mended by | exit status | transient |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function eventsPage() {
  const { oneOf } = z.toJSONSchema(eventSchema, { io: 'output' });
  return `# Events

<!-- Written by npm run docs from src/cli/events.ts. -->

\`cpw-native transcribe --json\`, as \`translate\` and \`subtitle\`, writes one JSON object a line on
standard output, and nothing else. Every event has \`type\` and \`time\`; times in results are seconds from the beginning of the file.
Readers should skip types that they do not know. \`cpw-native config schema --for events\` prints the
JSON schema. An error also goes to standard error, as one line \`{code, stage, message}\`, with
\`file\` where there are several inputs; where options are wrong it is there alone.

${oneOf.map(eventSection).join('\n')}`;
}

function eventSection({ description, properties, required }) {
  const fields = Object.entries(properties).filter(([name]) => name !== 'type' && name !== 'time');
  const lines = fields.map(([name, field]) => {
    const optional = required.includes(name) ? '' : ', optional';
    const meaning = field.description === undefined ? '' : `: ${field.description}`;
    return `- \`${name}\` (${typeOf(field)}${optional})${meaning}`;
  });
  return `## ${properties.type.const}\n\n${description}.\n\n${lines.join('\n')}\n`;
}

function typeOf({ type, anyOf, enum: words, items }) {
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (type === 'array') return `list of ${typeOf(items)}`;
  if (words !== undefined && words.length < 8) return words.join(', ');
  return type;
}
