// The stages as users of the package see them: `import { stages } from 'cpw-native'`.

export * as artefacts from './artefacts.js';
export { alignment } from './alignment.js';
export { asr } from './asr.js';
export { demux } from './demux.js';
export { exportStage } from './export.js';
export { hallucinationRemoval } from './hallucination-removal.js';
export { glossaryLoad } from './glossary-load.js';
export { mux } from './mux.js';
export { subtitleGeneration } from './subtitle-generation.js';
export { tmdb } from './tmdb.js';
export { translation } from './translation.js';
export { vad } from './vad.js';
export { allStages } from './all.js';
export { defineStage } from './stage.js';
export { stageTable, workflows } from './stage-table.js';
export { stageBudgets } from './budgets.js';
