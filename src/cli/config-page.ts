import { fileSource } from '../options/config-sources.js';
import { parseConfigText } from '../options/config-text.js';
import { configRows, configSchemas, variableOf } from '../options/config.js';
import type { OptionRow } from '../options/describe.js';
import { mergeOptions } from '../options/merge.js';
import { secretVariables } from '../options/secret-variables.js';
import { configExamples } from './config-examples.js';

/** The reference of all options, as docs/CONFIG_SCHEMA.md has it: sections with tables and examples. */
export function configPage(): string {
  const groups = [...new Set(configRows().map(({ group }) => group))];
  return `# Options

<!-- Written from the schemas in src/options, by npm run docs and by cpw-native config docs. -->

Every option can be given as a flag, in a job file (\`--job\`), as a variable, and in the
configuration file; the first of these that has it wins, then the default. \`cpw-native config show\`
prints each value with its source, \`cpw-native config check\` checks a file, and
\`cpw-native config schema\` prints the JSON schema for an editor.

The configuration file is JSON or YAML. It is what \`--config\` names, else what \`CPW_CONFIG\` names
(\`none\`: no file), else the first of \`cpw-native.config.json\`, \`.yaml\` and \`.yml\` in the current
folder, else of \`config.json\`, \`.yaml\` and \`.yml\` in \`$XDG_CONFIG_HOME/cpw-native\`
(\`~/.config/cpw-native\`). A job file has the same shape, and \`inputs\`: a list of files. Paths in both
are relative to the current folder. An unknown key in a file is an error, an unknown \`CPW_\` variable
a warning, since an environment is shared with other programs and versions; both name the nearest
one that there is. An empty variable counts as unset. \`CPW_BUILD_*\`, \`CPW_TEST_*\`, \`CPW_NATIVE_PATH\` and
\`CPW_CONFIG\` are no options.

Secrets are no options, and stand in no file of options, job or log: ${secretVariables.map(code).join(', ')}.
Each is read from its variable, else from the file that the variable with \`_FILE\` names, else from the
encrypted \`secrets.json\` of \`cpw-native secrets\`, which \`CPW_SECRETS_KEY_FILE\` opens.

${groups.map(section).join('\n')}`;
}

function section(group: string): string {
  const rows = configRows().filter((row) => row.group === group);
  const [valid, rejected] = configExamples[group] ?? madeUp(rows);
  const problems = problemsOf(valid);
  if (problems.length > 0) {
    throw new TypeError(`the valid example of ${group} is refused: ${problems.join('; ')}`);
  }
  const refused = problemsOf(rejected);
  if (refused.length === 0) throw new TypeError(`the rejected example of ${group} is taken`);
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

function tableRow({ path: keys, flag, expected, defaultText, text }: OptionRow): string {
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

function code(text: string): string {
  return `\`${text}\``;
}

function problemsOf(text: string): readonly string[] {
  const source = fileSource(parseConfigText({ kind: 'config', name: 'config.yaml', text }));
  const merged = Object.values(configSchemas).map((one) => mergeOptions(one, [source], 'docs'));
  const problems = [...source.problems, ...merged.flatMap((one) => one.problems)];
  return problems.map(({ option, message }) => `${option}: ${message}`);
}

/** For sections without examples of their own. */
function madeUp(rows: readonly OptionRow[]): readonly [valid: string, rejected: string] {
  const row = rows.find(({ path: keys, defaultText }) => keys.length === 1 && defaultText);
  if (row === undefined) throw new TypeError(`${rows[0]?.group} needs examples`);
  const key = row.path.join('.');
  return [
    `${key}: ${JSON.stringify(row.numeric ? Number(row.defaultText) || row.defaultText : row.defaultText)}`,
    `${key}: {}`,
  ];
}
