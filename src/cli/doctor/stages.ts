import { chooseDevice } from '../../engines/choose-device.js';
import { findModel, SPEECH_DETECTOR } from '../../models/registry.js';
import { resolveModel } from '../../models/store.js';
import { modelSchema } from '../../options/recognizer.js';
import { stagePlace } from '../../stages/stage-table.js';
import type { DoctorReport, Facts } from './report-schema.js';

type Stage = DoctorReport['stages'][number];

/** Which engine and which backend would do each stage on this machine. */
export async function reportStages(facts: Facts): Promise<Stage[]> {
  const typeScript = { status: 'ready', engine: 'cpw-native', backend: 'cpu' } as const;
  const rows: Stage[] = [
    ...demux(facts),
    vad(facts),
    await asr(facts),
    { stage: 'subtitle_generation', ...typeScript, detail: 'SRT, WebVTT, ASS' },
    { stage: 'export', ...typeScript, detail: 'text, JSON, SRT, WebVTT, ASS' },
    { stage: 'hallucination_removal', ...typeScript, detail: 'loops, phrases in silence' },
    { stage: 'alignment', ...typeScript, detail: 'times of words in order' },
    translation(facts),
    mux(facts),
  ];
  return rows.sort((one, other) => stagePlace(one.stage) - stagePlace(other.stage));
}

function missing(stage: string, detail: string, status: Stage['status'] = 'missing'): Stage {
  return { stage, status, engine: null, backend: null, detail };
}

function demux({ addon, programs }: Facts): Stage[] {
  const inside = { stage: 'demux', engine: 'cpw-native', backend: 'in the process' };
  const { path, version, problem } = programs.ffmpeg;
  const others = 'any other format, video';
  return [
    {
      ...inside,
      status: addon.failure === null ? 'ready' : 'missing',
      detail: 'WAV, FLAC, MP3, Ogg Vorbis',
    },
    path === null || problem !== null
      ? missing('demux', `${others}: needs ffmpeg`)
      : {
          stage: 'demux',
          status: 'ready',
          engine: `ffmpeg ${version ?? '(unknown version)'}`,
          backend: 'a process',
          detail: others,
        },
  ];
}

function translation({ addon }: Facts): Stage {
  if (addon.failure !== null) return missing('translation', 'the addon does not load');
  const { device } = chooseDevice(
    addon.backends.filter(({ engine }) => engine === 'ctranslate2'),
    { device: 'auto', engine: 'ctranslate2' },
  );
  const detail = 'model demo, or one that --translate-model names';
  return { stage: 'translation', status: 'ready', engine: 'ctranslate2', backend: device, detail };
}

function mux({ programs: { ffmpeg, ffprobe } }: Facts): Stage {
  const usable = [ffmpeg, ffprobe].every(({ path, problem }) => path !== null && problem === null);
  if (!usable) return missing('mux', 'needs ffmpeg and ffprobe');
  const engine = `ffmpeg ${ffmpeg.version ?? '(unknown version)'}`;
  const detail = 'mp4, m4v, mov, mkv, webm';
  return { stage: 'mux', status: 'ready', engine, backend: 'a process', detail };
}

function vad({ addon, models }: Facts): Stage {
  if (addon.failure !== null) return missing('vad', 'the addon does not load');
  const detector = models.installed.find(({ role }) => role === 'speech-detector');
  const usable = detector?.formats.some(({ problem }) => problem === null) === true;
  if (!usable) return missing('vad', `${SPEECH_DETECTOR} is not installed or damaged`);
  return { stage: 'vad', status: 'ready', engine: 'Silero', backend: 'cpu', detail: 'one thread' };
}

async function asr({ addon, models }: Facts): Promise<Stage> {
  if (addon.failure !== null) return missing('asr', 'the addon does not load');
  const recognizers = models.installed.filter(
    ({ role, formats }) =>
      role === 'recognizer' && formats.every(({ problem }) => problem === null),
  );
  const preferred = findModel(modelSchema.parse(undefined))?.name;
  const model = recognizers.find(({ name }) => name === preferred) ?? recognizers[0];
  if (model === undefined) return missing('asr', 'no recognition model is installed');
  const { device } = chooseDevice(addon.backends, { device: 'auto', engine: 'auto' });
  try {
    const wish = { engine: 'auto', computeType: 'auto', device, root: models.dir } as const;
    const { engine, computeType } = await resolveModel(model.name, wish);
    const detail = `${computeType}, model ${model.name}`;
    return { stage: 'asr', status: 'ready', engine, backend: device, detail };
  } catch (error) {
    return missing('asr', error instanceof Error ? error.message : String(error));
  }
}
