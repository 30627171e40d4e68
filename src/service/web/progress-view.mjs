import { byId, element } from './elements.mjs';

const titles = {
  tmdb: 'Names of the film',
  glossary_load: 'Glossary',
  demux: 'Reading the sound',
  vad: 'Finding speech',
  asr: 'Writing it down',
  hallucination_removal: 'Leaving out what nobody said',
  alignment: 'Timing words',
  translation: 'Translating',
  subtitle_generation: 'Making subtitles',
  export: 'Writing files',
  mux: 'Making the video',
};
const states = {
  waiting: 'waits',
  running: 'at work',
  completed: 'done',
  kept: 'was done',
  skipped: 'not needed',
  failed: 'failed',
  interrupted: 'interrupted',
};

const rows = new Map();

/** Shows the stages of a job as the server lists them. */
export function showStages(stages) {
  for (const stage of stages) showStage(stage);
}

export function clearStages() {
  rows.clear();
  byId('stages').replaceChildren();
}

/** Shows what is known of one stage; what is left out stays as it was. */
export function showStage({ stage, state, fraction, reason }) {
  const row = rows.get(stage) ?? newRow(stage);
  if (state !== undefined) {
    row.item.className = state;
    row.state.textContent = states[state] ?? state;
    row.bar.hidden = state === 'skipped';
    row.bar.value = state === 'completed' || state === 'kept' ? 1 : 0;
  }
  if (fraction !== undefined && row.item.className === 'running') row.bar.value = fraction;
  const bad = ['failed', 'interrupted'].includes(row.item.className);
  if (bad && reason !== undefined && row.reason === undefined) {
    row.reason = element('span', { class: 'reason faint', text: reason });
    row.item.append(row.reason);
  }
}

function newRow(stage) {
  const title = titles[stage] ?? stage;
  const state = element('span', { class: 'state' });
  const bar = element('progress', { max: '1', value: '0', 'aria-label': title });
  const item = element('li', {}, [element('span', { text: title }), state, bar]);
  byId('stages').append(item);
  const row = { item, state, bar };
  rows.set(stage, row);
  return row;
}

/** Says in words what goes on: screen readers read each change once. */
export function say(text) {
  const status = byId('status');
  if (status.textContent !== text) status.textContent = text;
}

/** What a stage's beginning is told with. */
export function titleOf(stage) {
  return titles[stage] ?? stage;
}
