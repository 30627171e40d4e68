// npm run docs: the references in docs/, from the schemas in dist. With --check nothing is written,
// and a page that is not current fails.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { configPage } from '../dist/cli/config-page.js';
import { eventSchema } from '../dist/cli/events.js';
import { errorCodes } from '../dist/errors.js';
import { main, root, StepError } from './process.mjs';

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

function code(text) {
  return `\`${text}\``;
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
