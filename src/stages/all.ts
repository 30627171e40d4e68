import type { AnyStage } from './stage.js';
import { alignment } from './alignment.js';
import { asr } from './asr.js';
import { demux } from './demux.js';
import { exportStage } from './export.js';
import { hallucinationRemoval } from './hallucination-removal.js';
import { vad } from './vad.js';

/** The stages that come with the package. Their order is `stageTable`'s. */
export const allStages: readonly AnyStage[] = [
  demux,
  vad,
  asr,
  hallucinationRemoval,
  alignment,
  exportStage,
];
