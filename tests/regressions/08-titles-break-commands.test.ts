import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { mux, muxedPath, planMux } from '../../src/media/mux.js';
import { stemOf } from '../../src/export/file-name.js';
import { contentOf, makeFilms, muxOptions, srt } from '../helpers/film.js';

// The forerunner put titles and names into a shell's command line.
const titles = [
  `It's "the" film`,
  '$(touch pwned) `touch pwned` ; touch pwned',
  '-metadata title=x',
  'a=b;c#d\\e:f,g[h]',
  'Ünïcödé 🎬 हिन्दी العربية 日本語',
  ' two  spaces ',
];

t.test(
  'when a name or a title has quotes, spaces or Unicode, it comes out as it went in',
  async (t) => {
    const dir = t.testdir();
    const films = await makeFilms(dir);
    let film = films.mkv;
    for (const title of titles) {
      const named = path.join(dir, `${title}.mkv`);
      renameSync(film, named);
      film = named;
      const tracks = [{ path: srt(dir, `${title}.srt`, title), language: 'en', title }];
      const options = muxOptions();
      const plan = await planMux(film, tracks, { options });
      const output = muxedPath(plan, dir, stemOf(film));
      await mux(plan, output, { options });
      t.equal(path.basename(output), `${title.trim()}.subtitled.mkv`);
      const { streams } = await contentOf(output);
      const last = streams.findLast(({ kind }) => kind === 'subtitle');
      t.equal(last?.tags['title'], title);
    }
    t.notOk(readdirSync(dir).includes('pwned'));
  },
);
