import { htmlEscape } from 'escape-goat';
import type { Segment } from '../../types.js';
import {
  lowConfidence,
  type ReportData,
  type ReportedStage,
  type ReportedTrack,
} from './report-data.js';
import { script, style } from './report-style.js';

/**
 * A job's report as one HTML page without any other file but the media it plays: what was doubtful,
 * with players, the transcript, the subtitle tracks, times and warnings. It opens from the disk.
 */
export function reportHtml(data: ReportData): string {
  const title = htmlEscape`${data.title}`;
  const player =
    data.mediaHref === undefined
      ? ''
      : htmlEscape`<audio id="player" controls preload="none" src="${data.mediaHref}"></audio>`;
  const parts = [warnings(data), doubts(data), tracks(data), terms(data), removed(data)];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
<h1>${title}</h1>
${facts(data)}
${parts.join('')}${stageTable(data.stages)}${transcript(data)}${player}
<script>${script}</script>
</html>
`;
}

function facts({ job, createdAt, language, durationS, segments }: ReportData): string {
  const words = [
    `job ${job}`,
    createdAt.slice(0, 16).replace('T', ' '),
    `language ${language}`,
    clock(durationS),
    count(segments.length, 'segment'),
  ];
  return htmlEscape`<p class="facts">${words.join(' · ')}</p>`;
}

function warnings(data: ReportData): string {
  if (data.warnings.length === 0) return '';
  const rows = data.warnings.map(
    ({ stage, text }) => htmlEscape`<tr><td>${stage}</td><td>${text}</td></tr>`,
  );
  return section('Warnings', `<table>${rows.join('')}</table>`);
}

/** The least sure ones first. */
function doubts({ segments, mediaHref }: ReportData): string {
  const doubtful = segments
    .filter(({ confidence }) => confidence < lowConfidence)
    .toSorted((one, other) => one.confidence - other.confidence);
  const intro = htmlEscape`<p class="note">${
    doubtful.length === 0
      ? `No segment has a confidence below ${lowConfidence}.`
      : `${count(doubtful.length, 'segment')} below ${lowConfidence}, the least sure first.`
  }</p>`;
  const items = doubtful.map((segment) => doubt(segment, mediaHref));
  return section('To listen to again', intro + items.join(''));
}

function doubt(segment: Segment, mediaHref: string | undefined): string {
  const { start, end, text, confidence } = segment;
  // A media fragment: the player begins and ends there, without a script.
  const source = `${mediaHref}#t=${start.toFixed(2)},${end.toFixed(2)}`;
  const audio =
    mediaHref === undefined
      ? ''
      : htmlEscape`<audio controls preload="none" src="${source}"></audio>`;
  const words = (segment.words ?? [])
    .filter(({ probability }) => probability < lowConfidence / 2)
    .map(({ word }) => word);
  const least =
    words.length === 0 ? '' : htmlEscape`<small>Least sure: ${words.join(', ')}</small>`;
  return (
    htmlEscape`<div class="doubt"><small>${clock(start)} to ${clock(end)}, confidence ${confidence.toFixed(2)}</small><p>${text}</p>` +
    `${least}${audio}</div>`
  );
}

function tracks({ tracks: found }: ReportData): string {
  if (found.length === 0) return '';
  return section('Subtitles', found.map(track).join(''));
}

function track({ language, title, href, cues, violations }: ReportedTrack): string {
  const name = htmlEscape`${title} (${language})`;
  const link = href === undefined ? name : `<a href="${htmlEscape(href)}">${name}</a>`;
  const kept = 'every rule is kept';
  const said = violations.length === 0 ? kept : `${count(violations.length, 'rule')} not kept`;
  const list = violations.map((one) => htmlEscape`<li>${one}</li>`).join('');
  const details =
    violations.length === 0 ? '' : `<details><summary>Which</summary><ul>${list}</ul></details>`;
  return `<div>${link}${htmlEscape`: ${count(cues, 'cue')}, ${said}`}${details}</div>`;
}

function terms({ terms: found }: ReportData): string {
  if (found.length === 0) return '';
  const rows = found.map(
    ({ term, target, found: times, applied, note = '' }) =>
      htmlEscape`<tr><td>${term}</td><td>${target}</td><td class="number">${applied} of ${times}</td><td>${note}</td></tr>`,
  );
  const head = '<tr><th>Term</th><th>Translation</th><th class="number">Applied</th><th></th></tr>';
  return section('Glossary', `<table>${head}${rows.join('')}</table>`);
}

function removed({ removed: found }: ReportData): string {
  if (found.length === 0) return '';
  const rows = found.map(
    ({ start, text, reason }) =>
      htmlEscape`<tr><td>${clock(start)}</td><td>${text}</td><td>${reason}</td></tr>`,
  );
  const head = '<tr><th>At</th><th>Text</th><th>Why</th></tr>';
  return section(
    'Left out, since nobody seems to say it',
    `<table>${head}${rows.join('')}</table>`,
  );
}

function stageTable(stages: readonly ReportedStage[]): string {
  const whole = Math.max(0.001, ...stages.map(({ beginS = 0, wallS = 0 }) => beginS + wallS));
  const share = (seconds: number): string => `${((100 * seconds) / whole).toFixed(2)}%`;
  const rows = stages.map(({ id, status, reason = '', beginS = 0, ...used }) => {
    const bar =
      used.wallS === undefined
        ? ''
        : `<i style="inset-inline-start:${share(beginS)};width:${share(used.wallS)}"></i>`;
    const numbers = [seconds(used.wallS), seconds(used.cpuS), megabytes(used.peakRssMb)];
    return (
      htmlEscape`<tr><td>${id}</td><td class="${status}">${status}<br><small>${reason}</small></td>` +
      numbers.map((one) => htmlEscape`<td class="number">${one}</td>`).join('') +
      `<td><div class="track">${bar}</div></td></tr>`
    );
  });
  const head =
    '<tr><th>Stage</th><th>Status</th><th class="number">Time</th><th class="number">CPU</th>' +
    '<th class="number">Memory</th><th>When</th></tr>';
  return section('Stages', `<table>${head}${rows.join('')}</table>`);
}

function transcript({ segments, mediaHref }: ReportData): string {
  if (segments.length === 0) return section('Transcript', '<p class="note">No speech.</p>');
  const items = segments.map(({ start, end, text, confidence }) => {
    const mark = confidence < lowConfidence ? ' class="low"' : '';
    const at =
      mediaHref === undefined
        ? htmlEscape`<time>${clock(start)}</time>`
        : htmlEscape`<div><button class="play" data-start="${start}" data-end="${end}" aria-label="Play from ${clock(start)}">${clock(start)}</button></div>`;
    return `<li${mark}>${at}${htmlEscape`<p>${text}</p>`}</li>`;
  });
  return section('Transcript', `<ol class="transcript">${items.join('')}</ol>`);
}

function section(title: string, body: string): string {
  return `<section>${htmlEscape`<h2>${title}</h2>`}${body}</section>\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? '' : `${value.toFixed(1)} s`;
}

function megabytes(value: number | undefined): string {
  return value === undefined ? '' : `${Math.round(value)} MB`;
}

function clock(value: number): string {
  const whole = Math.floor(value);
  const [hours, minutes, rest] = [whole / 3600, (whole / 60) % 60, whole % 60].map(Math.floor);
  return [hours, minutes, rest].map((part) => String(part).padStart(2, '0')).join(':');
}
