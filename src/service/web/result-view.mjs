import { problem } from './problem.mjs';
import { getBlob, getJson, hasKey } from './api.mjs';
import { byId, element } from './elements.mjs';

const player = byId('player');
const list = byId('transcript');
let segments = [];
let texts = [];
let address;

/** Shows the files and the text of a job that has ended. */
export async function showResult(job, file) {
  const { files } = await getJson(job.links.result.slice(1));
  byId('downloads').replaceChildren(...files.map(download));
  setPlayer(file);
  texts = files.filter(({ kind, format }) => kind === 'transcripts' && format === 'json');
  showLanguages();
  if (texts.length > 0) await showText(texts[0]);
  byId('result-part').hidden = false;
  byId('result-title').focus();
}

function download({ name, url, kind }) {
  const link = element('a', { href: url.slice(1), download: name, text: name });
  if (kind === 'muxed') link.classList.add('main');
  link.addEventListener('click', (event) => {
    // A link sends no key.
    if (!hasKey()) return;
    event.preventDefault();
    getBlob(url.slice(1)).then((blob) => save(blob, name), problem);
  });
  return element('li', {}, [link]);
}

function save(blob, name) {
  const href = URL.createObjectURL(blob);
  const link = element('a', { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** The recording comes from this machine: nothing is sent back for it. */
function setPlayer(file) {
  if (address !== undefined) URL.revokeObjectURL(address);
  address = file === undefined ? undefined : URL.createObjectURL(file);
  player.hidden = address === undefined;
  byId('transcript-note').hidden = address === undefined;
  if (address === undefined) player.removeAttribute('src');
  else player.src = address;
}

function showLanguages() {
  const select = byId('shown-language');
  byId('language-choice').hidden = texts.length < 2;
  const options = texts.map(({ language, name }, at) =>
    element('option', { value: String(at), text: language ?? name }),
  );
  select.replaceChildren(...options);
}

async function showText({ url }) {
  const transcript = await getJson(url.slice(1));
  segments = transcript.segments;
  list.lang = transcript.language;
  list.replaceChildren(...segments.map(segmentRow));
  if (segments.length === 0) list.append(element('li', { text: 'Nothing is spoken.' }));
}

function segmentRow({ start, text }, at) {
  const parts = [
    element('time', { datetime: `PT${start.toFixed(2)}S`, text: clock(start) }),
    element('span', { class: 'text', text: text.trim() }),
  ];
  // One stop of the Tab key for all of them, the arrows lead on.
  const button = element('button', { type: 'button', tabindex: at === 0 ? '0' : '-1' }, parts);
  button.addEventListener('click', () => jump(start));
  button.addEventListener('keydown', (event) => move(event, at));
  return element('li', {}, [button]);
}

function jump(start) {
  if (player.hidden) return;
  player.currentTime = start;
  // Refused without a codec for the recording: the text can be read all the same.
  player.play().catch(() => undefined);
}

function move(event, at) {
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: segments.length - 1 };
  const target = buttons()[steps[event.key] ?? -1];
  if (target === undefined) return;
  event.preventDefault();
  focusOn(target);
}

function focusOn(target) {
  for (const button of buttons()) button.tabIndex = button === target ? 0 : -1;
  target.focus();
}

function buttons() {
  return [...list.querySelectorAll('button')];
}

byId('shown-language').addEventListener('change', ({ target }) => {
  showText(texts[Number(target.value)]).catch(problem);
});

player.addEventListener('timeupdate', () => {
  const now = player.currentTime + 0.05;
  const at = segments.findLastIndex(({ start }) => start <= now);
  for (const [place, button] of buttons().entries()) {
    if (place === at) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
});

function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (value) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
