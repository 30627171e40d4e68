import { ApiError, eventsOf, getJson, keepKey, post, submit } from './api.mjs';
import { byId } from './elements.mjs';
import { problem } from './problem.mjs';
import { clearStages, say, showStage, showStages, titleOf } from './progress-view.mjs';
import { showResult } from './result-view.mjs';

const form = byId('job-form');
const fileInput = byId('file');
const drop = byId('drop');
let dropped;
let upload;
let current;

/** Asks for what only a key opens, and for the key where the server wants one. */
async function begin() {
  try {
    await getJson('v1/jobs?limit=1');
    byId('key-part').hidden = true;
    const id = location.hash.slice(1);
    if (/^job_[0-9a-f]{32}$/.test(id)) await watch(await getJson(`v1/jobs/${id}`));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) return problem(error);
    const asked = !byId('key-part').hidden;
    byId('key-part').hidden = false;
    byId('key').focus();
    if (asked) problem(new ApiError('That is not a key of this server.', 401));
  }
}

byId('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  keepKey(byId('key').value.trim());
  problem();
  begin();
});

form.addEventListener('change', ({ target }) => {
  if (target.name === 'workflow') showFields();
  if (target === fileInput) setFile(fileInput.files[0]);
});

function showFields() {
  const workflow = form.elements.workflow.value;
  for (const part of form.querySelectorAll('[data-for]')) {
    part.hidden = !part.dataset.for.split(' ').includes(workflow);
  }
}

for (const name of ['dragenter', 'dragover']) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  setFile(event.dataTransfer.files[0]);
});

function setFile(file) {
  dropped = file;
  fileInput.required = file === undefined;
  byId('file-note').textContent =
    file === undefined
      ? 'Or drop a file here.'
      : `${file.name}, ${(file.size / 1e6).toFixed(1)} MB`;
}

function requestOf() {
  const { workflow, language, targets, translator } = form.elements;
  const spoken = language.value.trim() || 'auto';
  const translation =
    workflow.value === 'transcribe'
      ? {}
      : {
          translation: {
            targets: targets.value.split(/[\s,]+/).filter((one) => one !== ''),
            ...(translator.value.trim() === '' ? {} : { model: translator.value.trim() }),
          },
        };
  const asr = { transcribe: { language: spoken } };
  return { workflow: workflow.value, options: { asr, ...translation } };
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (dropped !== undefined) start(dropped);
});

async function start(file) {
  problem();
  current = undefined;
  busy(true);
  byId('result-part').hidden = true;
  clearStages();
  byId('progress-part').hidden = false;
  say('The recording is being sent.');
  upload = new AbortController();
  try {
    const bar = byId('upload');
    bar.hidden = false;
    bar.value = 0;
    const onProgress = (fraction) => (bar.value = fraction);
    const job = await submit(file, requestOf(), { onProgress, signal: upload.signal });
    upload = undefined;
    history.replaceState(null, '', `#${job.id}`);
    await watch(job, file);
  } catch (error) {
    byId('progress-part').hidden = true;
    if (error.name !== 'AbortError') problem(error);
  } finally {
    busy(false);
  }
}

byId('cancel').addEventListener('click', () => {
  upload?.abort(new DOMException('cancelled', 'AbortError'));
  if (current !== undefined) post(current.links.cancel.slice(1)).catch(problem);
});

/** Follows a job to its end. */
async function watch(job, file) {
  current = job;
  byId('progress-part').hidden = false;
  byId('upload').hidden = true;
  byId('cancel').hidden = false;
  for await (const { event, data } of eventsOf(job)) show(event, data);
  byId('cancel').hidden = true;
  const { status, error } = current;
  say({ completed: 'Done.', cancelled: 'Cancelled.', failed: 'It failed.' }[status] ?? status);
  if (status === 'failed') problem(new ApiError(error?.message ?? 'The job failed.', 0));
  if (status === 'completed') await showResult(current, file);
}

function show(event, data) {
  if (event === 'job') {
    current = { ...current, ...data };
    if (data.stages !== undefined) showStages(data.stages);
    if (data.status === 'queued') say('It waits for its turn.');
    if (data.status === 'running') say('It is being worked on.');
  } else if (event === 'stage') {
    showStage(data);
    if (data.state === 'running') say(`${titleOf(data.stage)}: at work.`);
  } else if (event === 'progress') showStage(data);
}

function busy(yes) {
  byId('start').disabled = yes;
}

showFields();
begin();
