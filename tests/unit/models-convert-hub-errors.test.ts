import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { CpwError } from '../../src/errors.js';
import { convertModel } from '../../src/models/convert/convert-model.js';
import { openHubWhisper } from '../../src/models/convert/hub-whisper.js';
import { detectModel } from '../../src/models/detect-model.js';
import { makeTinyHub, safeTensors, withHeader, type HubTensor } from '../helpers/hub-folder.js';

const code = 'CPW_MODEL_INCOMPATIBLE';

void t.test('when the tensors do not fit, the message names the tensor and why', async (t) => {
  const root = t.testdir();
  const { folder, tensors } = await makeTinyHub(root);
  const conv = 'model.encoder.conv1.weight';
  const key = 'model.encoder.layers.0.self_attn.k_proj';
  const change = (name: string, edit: (tensor: HubTensor) => HubTensor) =>
    tensors.map((tensor) => (tensor.name === name ? edit(tensor) : tensor));
  const embeddings = tensors.find(({ name }) => name.endsWith('embed_tokens.weight'));
  if (embeddings === undefined) throw new Error('no embeddings');
  const other = { ...embeddings, name: 'proj_out.weight', data: Buffer.from(embeddings.data) };
  other.data.writeUInt16LE(0x3c00, 6);
  const extra = (name: string) => ({ name, dtype: 'F16', shape: [1], data: Buffer.alloc(2) });
  const cases: readonly (readonly [readonly HubTensor[], RegExp])[] = [
    [
      tensors.filter(({ name }) => !name.includes('fc2.bias')),
      /no tensor '.*layers\.0\.fc2\.bias'/,
    ],
    [
      change(conv, (one) => ({ ...one, shape: [8, 3, 80] })),
      /conv1\.weight' has the shape \[8, 3, 80\]/,
    ],
    [change(`${key}.weight`, (one) => ({ ...one, dtype: 'I16' })), /k_proj\.weight' is I16.*F32/],
    [[...tensors, extra(`${key}.bias`)], /holds '.*k_proj\.bias', which Whisper/],
    [[...tensors, extra('base.lora_A.weight')], /holds 'base\.lora_A.*merge adapters/],
    [[...tensors, other], /'proj_out\.weight' is not that of its embeddings/],
    [
      change(conv, (one) => ({ ...one, data: Buffer.alloc(one.data.length, 0x7c) })),
      /encoder\/conv1\/weight' holds a weight that float16 cannot/,
    ],
  ];
  for (const [changed, message] of cases) {
    await writeFile(join(folder, 'model.safetensors'), safeTensors(changed));
    const output = join(root, 'out');
    const failed = convertModel({ input: folder, output, to: 'ctranslate2' });
    await t.rejects(failed, { code, message });
    await t.rejects(failed, { message: /Next step/ });
  }
  t.same((await readdir(root)).toSorted(), ['hub', 'source'], 'nothing is left');
});

void t.test(
  'when the files beside the weights are wrong, the file and field are named',
  async (t) => {
    const root = t.testdir();
    const { folder } = await makeTinyHub(root);
    const edits: readonly (readonly [
      string,
      string | Record<string, unknown> | undefined,
      RegExp,
    ])[] = [
      ['config.json', undefined, /config\.json'.*does not exist/],
      ['config.json', '{', /config\.json.*no JSON/],
      ['config.json', '['.repeat(100_000), /config\.json.*no JSON/],
      ['config.json', '[]', /config\.json/],
      ['config.json', { model_type: 'bart' }, /'model_type'.*whisper/],
      ['config.json', { d_model: 1e300 }, /'d_model'/],
      ['config.json', { d_model: 16 }, /has the shape .*and by config\.json it is \[16/],
      ['config.json', { encoder_layers: 2 }, /no tensor 'model\.encoder\.layers\.1/],
      ['config.json', { decoder_layers: 0 }, /'decoder_layers'/],
      ['config.json', { decoder_attention_heads: 3 }, /'decoder_attention_heads' do not divide/],
      ['config.json', { activation_function: 'relu' }, /'activation_function'/],
      ['config.json', { scale_embedding: true }, /'scale_embedding'/],
      ['generation_config.json', { alignment_heads: [[0, 2]] }, /alignment_heads.*\[0, 2\]/],
      ['generation_config.json', { alignment_heads: [[0]] }, /alignment_heads/],
      ['generation_config.json', { suppress_tokens: [40] }, /the token 40 of 40/],
      ['generation_config.json', { suppress_tokens: [-1] }, /suppress_tokens/],
      ['generation_config.json', { lang_to_id: { '<|en|>': 0.5 } }, /lang_to_id/],
      ['tokenizer.json', undefined, /no tokenizer\.json and no vocab\.json/],
      ['tokenizer.json', { model: { vocab: { a: 0, b: 0 } } }, /two of its tokens have the id 0/],
      ['tokenizer.json', { model: { vocab: { a: 1 } } }, /has no token 0/],
      ['tokenizer.json', { model: { vocab: { a: 40 } } }, /a token 40 and the model 40/],
      ['tokenizer.json', { model: { vocab: { a: -1 } } }, /model\.vocab\.a/],
      ['tokenizer.json', { model: {} }, /model\.vocab/],
    ];
    for (const [name, edit, message] of edits) {
      const path = join(folder, name);
      const before = await readFile(path, 'utf8');
      if (edit === undefined) await rm(path);
      else if (typeof edit === 'string') await writeFile(path, edit);
      else {
        const fields = JSON.parse(before) as Record<string, unknown>;
        await writeFile(path, JSON.stringify({ ...fields, ...edit }));
      }
      const failed = convertModel({ input: folder, output: join(root, 'out'), to: 'ctranslate2' });
      await t.rejects(failed, { message }, `${name} ${JSON.stringify(edit)?.slice(0, 60)}`);
      await t.rejects(failed, { name: 'CpwError', message: /Next step/ });
      await writeFile(path, before);
    }
    t.same((await readdir(root)).toSorted(), ['hub', 'source'], 'nothing is left');
  },
);

void t.test('when several files make the model, each fault is named', async (t) => {
  const root = t.testdir();
  const { folder, tensors } = await makeTinyHub(root, { files: 3 });
  const path = join(folder, 'model.safetensors.index.json');
  t.match(await detectModel(folder), { kind: 'safetensors-whisper', file: path });
  const { weight_map } = JSON.parse(await readFile(path, 'utf8')) as {
    weight_map: Record<string, string>;
  };
  const [first = '', second = ''] = [Object.keys(weight_map)[0], Object.keys(weight_map).at(-1)];
  const [file = ''] = Object.values(weight_map);
  const { [second]: _second, ...without } = weight_map;
  const reject = async (map: unknown, message: RegExp) => {
    await writeFile(path, JSON.stringify({ weight_map: map }));
    await t.rejects(detectModel(folder), { message });
  };
  await reject({ ...weight_map, [first]: '../secret.safetensors' }, /"\.\.\/secret.*no file name/);
  await reject({ ...weight_map, [first]: 'gone.safetensors' }, /gone\.safetensors.*does not exist/);
  await reject({ ...weight_map, [second]: file }, /does not hold/);
  await reject({ ...weight_map, more: file }, /does not hold "more"/);
  await reject(without, /does not list the tensor/);
  await reject({}, /lists no file/);
  await reject([], /weight_map/);
  await writeFile(path, JSON.stringify({ weight_map }));
  await writeFile(join(folder, file), safeTensors(tensors));
  await t.rejects(detectModel(folder), { code, message: /stands in another file of the model/ });
  await rm(path);
  t.match(await detectModel(folder), { kind: 'safetensors-other' }, 'parts without a list');
  const pickle = t.testdir({ 'pytorch_model.bin': 'PK', 'config.json': '{}' });
  await t.rejects(detectModel(pickle), { code, message: /pickle.*model\.safetensors/ });
});

void t.test('when a header says two things or holds odd names, it is refused', async (t) => {
  const path = join(t.testdir(), 'model.safetensors');
  const entry = '{"dtype":"F16","shape":[1],"data_offsets":[0,2]}';
  const data = [{ name: '', dtype: '', shape: [], data: Buffer.alloc(2) }];
  const cases: readonly (readonly [string, RegExp])[] = [
    [`{"a":${entry},"a":${entry}}`, /"a" stands in it twice/],
    [`{"a":${entry},"\\u0061":${entry}}`, /"a" stands in it twice/],
    [`{"a\\u0000b":${entry}}`, /"a\\u0000b" has a damaged name/],
    [`{"\\u001b[2J":${entry}}`, /damaged name/],
    [`{"":${entry}}`, /damaged name/],
    [`{"a":{"dtype":"F16","shape":[1e999],"data_offsets":[0,2]}}`, /no valid shape/],
    [`{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,NaN]}}`, /no JSON/],
    [`{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, /"a" has no known dtype/],
  ];
  for (const [text, message] of cases) {
    await writeFile(path, withHeader(text, data));
    await t.rejects(detectModel(path), { code, message }, text.slice(0, 60));
  }
  await writeFile(path, withHeader(`{"a":${entry}}`, data));
  t.match(await detectModel(path), { kind: 'safetensors-other' });
  await writeFile(path, withHeader(' '.repeat(5_000_000), data));
  await t.rejects(detectModel(path), { code, message: /more than any speech model's/ });
});

/** What one field of a header, or one of config.json, becomes. */
const lies: readonly unknown[] = [
  0,
  1,
  -1,
  0.5,
  1e300,
  2 ** 31,
  2 ** 53,
  null,
  true,
  '',
  'F16',
  'F64',
  'I64',
  '\0',
  [],
  {},
  [0, 2],
  [2, 0],
  [-1],
  [2 ** 53, 0],
  [[]],
  [8, 80, 3],
  { dtype: 'F16' },
];
const evil = fc.constantFrom(...lies);
const edits = fc.array(
  fc.record({
    tensor: fc.nat(200),
    field: fc.constantFrom('dtype', 'shape', 'data_offsets', 'rename', 'drop', 'copy', 'whole'),
    value: evil,
  }),
  { maxLength: 3 },
);
const configEdit = fc.option(fc.record({ key: fc.nat(40), value: evil }));

void t.test('when a header or a configuration lies, it is read or refused', async (t) => {
  const root = t.testdir();
  const { folder, tensors } = await makeTinyHub(root);
  const path = join(folder, 'model.safetensors');
  const bytes = await readFile(path);
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, object>;
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as object;
  const names = Object.keys(header);
  let refused = 0;
  const numRuns = Number(process.env['CPW_TEST_MUTATIONS'] ?? 200);
  const property = fc.asyncProperty(edits, configEdit, async (changes, inConfig) => {
    const changed: Record<string, unknown> = { ...header };
    for (const { tensor, field, value } of changes) {
      const name = names[tensor % names.length] ?? '';
      const entry = header[name];
      if (field === 'drop') delete changed[name];
      else if (field === 'copy') changed[`${name}2`] = entry;
      else if (field === 'whole') changed[name] = value;
      else if (field === 'rename') {
        delete changed[name];
        changed[String(value)] = entry;
      } else changed[name] = { ...entry, [field]: value };
    }
    await writeFile(path, withHeader(JSON.stringify(changed), tensors));
    const keys = Object.keys(config);
    const edit =
      inConfig === null ? {} : { [keys[inConfig.key % keys.length] ?? '']: inConfig.value };
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, ...edit }));
    try {
      await using _source = await openHubWhisper(path);
    } catch (error) {
      refused += 1;
      if (!(error instanceof CpwError)) throw new Error('no CpwError', { cause: error });
      if (!error.message.includes('Next step')) throw new Error(error.message);
    }
  });
  await t.resolves(fc.assert(property, { numRuns, endOnFailure: true }));
  t.comment(`${refused} of ${numRuns} refused`);
  t.ok(refused > numRuns / 2, 'most lies are noticed');
});
