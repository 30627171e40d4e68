/** The report's looks: no file or font from elsewhere, light and dark, printable. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dde3, #3a4048);
  --soft: light-dark(#f4f6f8, #22262b); --faint: light-dark(#5c6670, #a0a9b3);
  --mark: light-dark(#b3261e, #ff8a80); --bar: light-dark(#3b6fb6, #6ea0e8); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.facts, .note, time, small { color: var(--faint); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: start; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td.number, th.number { text-align: end; }
td.number + td:has(.track), th.number + th { padding-inline-start: .6rem; }
.track { position: relative; min-width: 8rem; height: 1.5em; background: var(--soft); }
.track i { position: absolute; top: .3em; height: .9em; min-width: 2px; background: var(--bar);
  border-radius: 2px; }
.failed, .interrupted { color: var(--mark); }
.doubt { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; margin: .6rem 0;
  background: var(--soft); display: grid; gap: .4rem; }
.doubt audio { width: 100%; height: 2.2rem; }
ol.transcript { list-style: none; margin: 0; padding: 0; }
ol.transcript li { display: grid; grid-template-columns: 5.5rem 1fr; gap: .8rem;
  padding: .2rem 0; }
ol.transcript li.low p { text-decoration: underline wavy var(--mark) 1px;
  text-underline-offset: 4px; }
p { margin: 0; unicode-bidi: plaintext; text-align: start; }
button.play { font: inherit; color: inherit; background: none; border: 1px solid var(--line);
  border-radius: 4px; cursor: pointer; padding: 0 .4rem; font-variant-numeric: tabular-nums; }
button.play:focus-visible { outline: 2px solid var(--bar); }
#player { position: sticky; bottom: 0; width: 100%; margin-top: 1.5rem; background: Canvas; }
@media print { audio, #player { display: none; } }
`;

/** Plays a span of the media file, and stops at its end. */
export const script = `
const player = document.getElementById('player');
let end = Infinity;
player?.addEventListener('timeupdate', () => { if (player.currentTime >= end) { player.pause(); end = Infinity; } });
document.addEventListener('click', (event) => {
  const button = event.target.closest('button.play');
  if (!button || !player) return;
  player.currentTime = Number(button.dataset.start);
  end = Number(button.dataset.end);
  player.play();
});
`;
