import t from 'tap';
import { environmentSource, fileSource } from '../../src/options/config-sources.js';
import { parseConfigText } from '../../src/options/config-text.js';
import { mergeOptions } from '../../src/options/merge.js';
import { transcribeOptionsSchema } from '../../src/options/transcribe.js';

// The forerunner's .env had comments behind values, which were read as part of them.
void t.test(
  'when a value in a file has a comment behind it, the value is read alone',
  async (t) => {
    const text = 'beamSize: 5 # wide\nlanguage: de # as spoken\n';
    const file = fileSource(parseConfigText({ kind: 'config', name: 'x.yaml', text }));
    const { data, problems } = mergeOptions(transcribeOptionsSchema, [file], 'test');
    t.strictSame(problems, []);
    t.match(data, { beamSize: 5, language: 'de' });
  },
);

void t.test('when a variable has a comment in it, it is refused by its name', async (t) => {
  const source = environmentSource({
    CPW_BEAM_SIZE: '5 # wide',
    CPW_LANGUAGE: 'de # as spoken',
    CPW_WORD_TIMESTAMPS: 'true # for subtitles',
  });
  const { problems } = mergeOptions(transcribeOptionsSchema, [source], 'test');
  t.strictSame(problems.map(({ option }) => option).sort(), [
    'CPW_BEAM_SIZE',
    'CPW_LANGUAGE',
    'CPW_WORD_TIMESTAMPS',
  ]);
});
