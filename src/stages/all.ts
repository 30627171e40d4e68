import type { AnyStage } from './stage.js';
import { alignment } from './alignment.js';
import { asr } from './asr.js';
import { demux } from './demux.js';
import { glossaryLoad } from './glossary-load.js';
import { subtitleGeneration } from './subtitle-generation.js';
import { exportStage } from './export.js';
import { hallucinationRemoval } from './hallucination-removal.js';
import { tmdb } from './tmdb.js';
import { translation } from './translation.js';
import { mux } from './mux.js';
import { vad } from './vad.js';

/** The stages that come with the package. Their order is `stageTable`'s. */
export const allStages: readonly AnyStage[] = [
  tmdb,
  glossaryLoad,
  demux,
  vad,
  asr,
  hallucinationRemoval,
  alignment,
  translation,
  subtitleGeneration,
  exportStage,
  mux,
];
