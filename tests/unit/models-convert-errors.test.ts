import { once } from 'node:events';
import { mkdir, readFile, readdir, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { CpwError } from '../../src/errors.js';
import { convertModel } from '../../src/models/convert/convert-model.js';
import { fileError } from '../../src/models/convert/file-error.js';
import { sileroSafeTensors } from '../helpers/silero.js';
import {
  modelBytes,
  tinyVariables,
  writeTinyWhisper,
  type TinyVariable,
} from '../helpers/tiny-models.js';

const small = { vocabularySize: 40, audioContext: 12, textContext: 6 };

void t.test('when a folder is wrong, the message names file, reason and next step', async (t) => {
  const root = t.testdir();
  const change = (edit: (variables: TinyVariable[]) => TinyVariable[]) =>
    modelBytes(edit(tinyVariables(small)));
  const without = (name: string) =>
    change((all) => all.filter((variable) => !variable.name.includes(name)));
  const key = 'encoder/layer_0/self_attention/linear_0/bias';
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ['no positions', without('encoder/position_encodings'), /has no variable 'encoder\/position/],
    ['no heads', without('num_heads'), /has no variable 'encoder\/num_heads'/],
    ['no projection', without('layer_0/ffn/linear_1'), /has no variable .*ffn\/linear_1/],
    [
      'a key bias',
      change((all) =>
        all.map((one) => (one.name === key ? { ...one, data: Buffer.alloc(48, 1) } : one)),
      ),
      /has a bias for the keys/,
    ],
    [
      'another shape',
      change((all) =>
        all.map((one) => (one.name.endsWith('conv2/weight') ? { ...one, dims: [8, 4, 6] } : one)),
      ),
      /has the shape \[8, 4, 6\], not \[8, 8, 3\]/,
    ],
    ['trailing bytes', Buffer.concat([without('nothing'), Buffer.of(1)]), /1 bytes follow its end/],
  ];
  for (const [name, bytes, message] of cases) {
    const input = await writeTinyWhisper(join(root, name), small);
    await writeFile(join(input, 'model.bin'), bytes);
    const output = join(root, `${name}.bin`);
    const failed = convertModel({ input, output, to: 'ggml-f16' });
    await t.rejects(failed, { code: 'CPW_MODEL_INCOMPATIBLE', message }, name);
    await t.rejects(failed, { message: /Next step/ }, name);
    await t.rejects(stat(output), { code: 'ENOENT' }, 'nothing is left');
  }
});

void t.test(
  'when the vocabulary does not fit, ggml is refused and says what is possible',
  async (t) => {
    const root = t.testdir();
    const input = await writeTinyWhisper(join(root, 'small'), small);
    const output = join(root, 'out.bin');
    const code = 'CPW_MODEL_INCOMPATIBLE';
    const convert = () => convertModel({ input, output, to: 'ggml-f16' });
    await t.rejects(convert(), { code, message: /<\|endoftext\|> at 50256.*ctranslate2 engine/ });
    await writeFile(join(input, 'vocabulary.json'), '["a"]');
    await t.rejects(convert(), { code, message: /has 1 tokens and the model 40/ });
    await writeFile(join(input, 'vocabulary.json'), '{"a": 1}');
    await t.rejects(convert(), { code, message: /no list of strings/ });
    await writeFile(join(input, 'vocabulary.json'), '[');
    await t.rejects(convert(), { code, message: /no JSON/ });
    const english = await writeTinyWhisper(join(root, 'english'), { multilingual: false });
    const file = join(english, 'vocabulary.txt');
    const lines = (await readFile(file, 'utf8')).replace('\u0120\n', 'no space\n');
    const convertEnglish = () => convertModel({ input: english, output, to: 'ggml-f16' });
    await writeFile(file, lines);
    await t.rejects(convertEnglish(), { code, message: /token 0 is not in GPT-2's encoding/ });
    await writeFile(file, lines.replace('no space', 'nospace'));
    await t.rejects(convertEnglish(), { code, message: /no token of a single space/ });
    t.same((await readdir(root)).toSorted(), ['english', 'small']);
  },
);

void t.test(
  'when the output exists, only overwrite replaces it, and only model files',
  async (t) => {
    const root = t.testdir({ 'a.bin': 'old', folder: { 'notes.txt': 'mine' } });
    const input = await writeTinyWhisper(join(root, 'in'), small);
    const silero = join(root, 'silero.safetensors');
    await writeFile(silero, await sileroSafeTensors());
    const code = 'CPW_INVALID_OPTIONS';
    const file = { input: silero, output: join(root, 'a.bin'), to: 'ggml-silero' } as const;
    await t.rejects(convertModel(file), { code, message: /it exists/ });
    t.equal(await readFile(file.output, 'utf8'), 'old');
    await convertModel({ ...file, overwrite: true });
    t.equal((await stat(file.output)).size, 885098);

    const folder = { input, output: join(root, 'folder'), to: 'ctranslate2-int8' } as const;
    const foreign = convertModel({ ...folder, overwrite: true });
    await t.rejects(foreign, { code, message: /'notes.txt', which is no model file/ });
    t.equal(await readFile(join(root, 'folder', 'notes.txt'), 'utf8'), 'mine');
    const fresh = { ...folder, output: join(root, 'new') };
    await convertModel(fresh);
    await t.rejects(convertModel(fresh), { code, message: /it exists/ });
    await convertModel({ ...fresh, overwrite: true });
    const same = { ...folder, output: input, overwrite: true };
    await t.rejects(convertModel(same), { code, message: /the same/ });
    await symlink(input, join(root, 'link'));
    await t.rejects(convertModel({ ...same, output: join(root, 'link') }), { code });
    await t.rejects(convertModel({ ...folder, to: 'ggml-silero' }), {
      code,
      message: /--to ctranslate2-int8 or .*ggml-f16/,
    });
    const left = (await readdir(root)).filter((name) => name.startsWith('.'));
    t.same(left, [], 'no temporary file is left');
  },
);

void t.test(
  'when a conversion is aborted, it rejects with the reason and leaves nothing',
  async (t) => {
    const root = t.testdir();
    const input = await writeTinyWhisper(join(root, 'in'), small);
    const reason = new Error('enough');
    for (const to of ['ctranslate2-int8', 'ggml-f16'] as const) {
      const before = AbortSignal.abort(reason);
      await t.rejects(
        convertModel({ input, output: join(root, 'x'), to }, { signal: before }),
        reason,
      );
    }
    const controller = new AbortController();
    const aborted = once(controller.signal, 'abort');
    const running = convertModel(
      { input, output: join(root, 'x'), to: 'ctranslate2-int8' },
      { signal: controller.signal, onProgress: () => controller.abort(reason) },
    );
    await t.rejects(running, reason);
    await aborted;
    t.same(await readdir(root), ['in']);
  },
);

void t.test('when the disk is full or closed, the error says so in words', async (t) => {
  const system = (code: string) => Object.assign(new Error(code), { code, syscall: 'write' });
  const words = {
    ENOSPC: /disk is full/,
    EDQUOT: /quota/,
    EACCES: /not permitted/,
    EROFS: /read-only/,
  };
  for (const [code, message] of Object.entries(words)) {
    const error = fileError('write', '/x/model.bin', system(code));
    t.ok(error instanceof CpwError, code);
    t.match(error, { message, details: { path: '/x/model.bin', systemCode: code } });
    t.match(error, { message: /'\/x\/model.bin'.*Next step/ });
  }
  t.match(fileError('write', 'x', system('ENOSPC')), { code: 'CPW_OUT_OF_MEMORY' });
  const ours = new CpwError('CPW_CLOSED', 'x');
  t.equal(fileError('write', 'x', ours), ours);
  const root = t.testdir({ file: '' });
  const input = await writeTinyWhisper(join(root, 'in'), small);
  const inFile = convertModel({ input, output: join(root, 'file', 'x'), to: 'ctranslate2-int8' });
  await t.rejects(inFile, { code: 'CPW_FILE_NOT_FOUND', message: /not a folder/ });
});

void t.test('when weights are quantised already or infinite, the conversion says so', async (t) => {
  const root = t.testdir();
  const input = await writeTinyWhisper(join(root, 'in'), small);
  const quantised = join(root, 'int8');
  await convertModel({ input, output: quantised, to: 'ctranslate2-int8' });
  const twice = convertModel({ input: quantised, output: join(root, 'x'), to: 'ctranslate2-int8' });
  await t.rejects(twice, {
    code: 'CPW_INVALID_OPTIONS',
    message: /whose weights are int8 already/,
  });
  const infinite = tinyVariables(small);
  const weight = infinite.find(({ name }) => name === 'encoder/conv1/weight');
  weight?.data.writeUInt16LE(0x7c00, 10);
  await writeFile(join(input, 'model.bin'), modelBytes(infinite));
  const failed = convertModel({ input, output: join(root, 'x'), to: 'ctranslate2-int8' });
  await t.rejects(failed, { code: 'CPW_MODEL_INCOMPATIBLE', message: /infinite weight/ });
  t.same((await readdir(root)).toSorted(), ['in', 'int8']);
});

void t.test('when the input is cut, gone or of another kind, nothing is written', async (t) => {
  const root = t.testdir({ empty: {}, 'x.safetensors': 'short' });
  const input = await writeTinyWhisper(join(root, 'in'), small);
  const output = join(root, 'x');
  const to = 'ctranslate2-int8';
  const gone = convertModel({ input: join(root, 'gone'), output, to });
  await t.rejects(gone, { code: 'CPW_FILE_NOT_FOUND', message: /gone.*does not exist.*Next step/ });
  const empty = convertModel({ input: join(root, 'empty'), output, to });
  await t.rejects(empty, { code: 'CPW_MODEL_INCOMPATIBLE', message: /no model.bin/ });
  const short = convertModel({ input: join(root, 'x.safetensors'), output, to: 'ggml-silero' });
  await t.rejects(short, { code: 'CPW_MODEL_INCOMPATIBLE', message: /ends too early/ });
  await truncate(join(input, 'model.bin'), 5000);
  const cut = convertModel({ input, output, to });
  await t.rejects(cut, { code: 'CPW_MODEL_INCOMPATIBLE', message: /ends too early/ });
  await mkdir(join(root, 'dir', 'model.bin'), { recursive: true });
  await writeFile(join(root, 'dir', 'config.json'), '{}');
  await t.rejects(convertModel({ input: join(root, 'dir'), output, to }), {
    message: /regular file/,
  });
  await t.rejects(stat(output), { code: 'ENOENT' });
});
