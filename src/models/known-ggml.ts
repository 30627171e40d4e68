import { toFile, type ModelSource, type Row } from './model-source.js';

// Sizes and SHA-256 of published files at the revision that stands beside them, as their hub states
// them. What has no hash here is checked against the hub's own metadata when it is fetched.

/** The commit of `ggerganov/whisper.cpp` that the ggml files below belong to. */
const WHISPER_CPP = '5359861c739e955e79d9a303bcbc70fb988958b1';

/** The ggml files: repository, revision, the one file. */
const ggmlFiles: Readonly<Record<string, readonly [string, string, Row]>> = {
  'tiny.en': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-tiny.en.bin',
      77_704_715,
      '921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f',
    ],
  ],
  tiny: [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-tiny.bin',
      77_691_713,
      'be07e048e1e599ad46341c8d2a135645097a538221678b7acdd1b1919c6e1b21',
    ],
  ],
  'base.en': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-base.en.bin',
      147_964_211,
      'a03779c86df3323075f5e796cb2ce5029f00ec8869eee3fdfb897afe36c6d002',
    ],
  ],
  base: [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-base.bin',
      147_951_465,
      '60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe',
    ],
  ],
  'small.en': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-small.en.bin',
      487_614_201,
      'c6138d6d58ecc8322097e0f987c32f1be8bb0a18532a3f88f734d1bbf9c41e5d',
    ],
  ],
  small: [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-small.bin',
      487_601_967,
      '1be3a9b2063867b937e64e2ec7483364a79917e157fa98c5d94b5c1fffea987b',
    ],
  ],
  'medium.en': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-medium.en.bin',
      1_533_774_781,
      'cc37e93478338ec7700281a7ac30a10128929eb8f427dda2e865faa8f6da4356',
    ],
  ],
  medium: [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-medium.bin',
      1_533_763_059,
      '6c14d5adee5f86394037b4e4e8b59f1673b6cee10e3cf0b11bbdbee79c156208',
    ],
  ],
  'large-v1': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-large-v1.bin',
      3_094_623_691,
      '7d99f41a10525d0206bddadd86760181fa920438b6b33237e3118ff6c83bb53d',
    ],
  ],
  'large-v2': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-large-v2.bin',
      3_094_623_691,
      '9a423fe4d40c82774b6af34115b8b935f34152246eb19e80e376071d3f999487',
    ],
  ],
  'large-v3': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-large-v3.bin',
      3_095_033_483,
      '64d182b440b98d5203c4f9bd541544d84c605196c4f7b845dfa11fb23594d1e2',
    ],
  ],
  'large-v3-turbo': [
    'ggerganov/whisper.cpp',
    WHISPER_CPP,
    [
      'ggml-large-v3-turbo.bin',
      1_624_555_275,
      '1fc70f774d38eb169993ac391eea357ef47c88757ef72ee5943879b7e8e2bc69',
    ],
  ],
  'distil-small.en': [
    'distil-whisper/distil-small.en',
    '9e4a67ca4569c30be43a3fe7fba1621e504f0093',
    [
      'ggml-distil-small.en.bin',
      336_191_657,
      '7691eb11167ab7aaf6b3e05d8266f2fd9ad89c550e433f86ac266ebdee6c970a',
    ],
  ],
  'distil-medium.en': [
    'distil-whisper/distil-medium.en',
    '6e61418885eaf4d5cc9f64e508e80ac5b4c052b7',
    [
      'ggml-medium-32-2.en.bin',
      794_018_180,
      'ad53ccb618188b210550e98cc32bf5a13188d86635e395bb11115ed275d6e7aa',
    ],
  ],
  'distil-large-v2': [
    'distil-whisper/distil-large-v2',
    '97d2c8f9cae1b0f6c8fc2e173495ee4cedc05843',
    [
      'ggml-large-32-2.en.bin',
      1_519_111_363,
      '2ed2bbe6c4138b3757f292b0622981bdb3d02bcac57f77095670dac85fab3cd6',
    ],
  ],
  'distil-large-v3': [
    'distil-whisper/distil-large-v3-ggml',
    '0d78dd96ed9fc152325f63b53788fec3b43de031',
    [
      'ggml-distil-large-v3.bin',
      1_519_521_155,
      '2883a11b90fb10ed592d826edeaee7d2929bf1ab985109fe9e1e7b4d2b69a298',
    ],
  ],
  'distil-large-v3.5': [
    'distil-whisper/distil-large-v3.5-ggml',
    '960ecb5c2ecfba3ebb9ebe485c1032ec266cf436',
    [
      'ggml-model.bin',
      1_519_521_155,
      'ec2498919b498c5f6b00041adb45650124b3cd9f26f545fffa8f5d11c28dcf26',
    ],
  ],
  'silero-vad': [
    'ggml-org/whisper-vad',
    '9ffd54a1e1ee413ddf265af9913beaf518d1639b',
    [
      'ggml-silero-v6.2.0.bin',
      885_098,
      '2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987',
    ],
  ],
};

/** The published ggml file of a model. */
export function knownGgml(name: string): ModelSource | undefined {
  const row = ggmlFiles[name];
  if (row === undefined) return undefined;
  const [repository, revision, file] = row;
  return { repository, revision, files: [toFile(file)] };
}
