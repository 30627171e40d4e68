/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import t, { type Test } from 'tap';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { audioPath } from '../helpers/audio.js';
import { browserPath, openBrowser } from '../helpers/browser.js';
import { startTestServer } from '../helpers/server.js';

const path = browserPath();
const skip = path === undefined && 'no Chromium in PATH or CHROME_PATH';
const shots = process.env['CPW_TEST_SCREENSHOTS'];

let browser: Browser;
if (path !== undefined) {
  browser = await openBrowser(path);
  t.teardown(() => browser.close());
}

/** A new tab that notes what a page must not do. */
async function openPage(t: Test, url: string): Promise<{ page: Page; wrong: string[] }> {
  const context = await browser.createBrowserContext();
  t.teardown(() => context.close());
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    // The question whether a key is needed is answered with 401, which the browser notes by itself.
    const asked = message.text().includes('401');
    if (message.type() === 'error' && !asked) wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    // data: are the pictures of the browser's own player.
    const own = [`${url}/`, `blob:${url}/`, 'data:'];
    const to = request.url();
    if (!own.some((one) => to.startsWith(one))) wrong.push(`request to ${to}`);
  });
  await page.goto(`${url}/`);
  return { page, wrong };
}

async function shot(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const textOf = (page: Page, selector: string) =>
  page.$$eval(selector, (found) => found.map(({ textContent }) => textContent ?? ''));

/** Presses Tab until the element has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await page.$eval(selector, (one) => one.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key does not lead to ${selector}`);
}

t.test(
  'when a recording is chosen, its transcript is read, heard and saved',
  { skip },
  async (t) => {
    const { url } = await startTestServer(t);
    const { page, wrong } = await openPage(t, url);
    await shot(page, 'empty');
    const input = (await page.$('#file')) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(audioPath('jfk.wav'));
    await page.click('#start');
    await page.waitForSelector('#stages li.running');
    await shot(page, 'running');
    await page.waitForSelector('#transcript button', { timeout: 60_000 });
    t.equal(await page.$eval('#status', ({ textContent }) => textContent), 'Done.');
    t.match((await textOf(page, '#transcript .text')).join(' '), /country can do for you/i);
    t.ok(
      (await textOf(page, '#stages li')).some((text) => text.includes('Writing it down')),
      'stages have names',
    );
    const files = await textOf(page, '#downloads a');
    for (const form of ['txt', 'srt', 'vtt', 'json']) t.ok(files.includes(`jfk.${form}`), form);
    const buttons = await page.$$('#transcript button');
    await buttons.at(-1)?.click();
    await page.waitForSelector('#transcript li:last-child [aria-current="true"]');
    const at = await page.$eval('#player', (player) => (player as HTMLAudioElement).currentTime);
    t.ok(at > 3, `the player is at ${at} s`);
    await shot(page, 'result-light');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await shot(page, 'result-dark');
    await page.setViewport({ width: 360, height: 740 });
    await shot(page, 'result-narrow');
    const wide = await page.$$eval('body *', (all) =>
      all
        .filter((one) => one.getBoundingClientRect().right > innerWidth)
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    );
    t.strictSame(wide, [], 'nothing stands out of a narrow window');
    t.strictSame(wrong, [], 'no error, and no request to anybody else');
  },
);

t.test('when there is no mouse and a key is asked for, all can be done', { skip }, async (t) => {
  const folder = t.testdir({ jobs: {}, saved: {} });
  const jobsDir = join(folder, 'jobs');
  const { url } = await startTestServer(t, { jobsDir, apiKeys: ['opens-it'] });
  const { page, wrong } = await openPage(t, url);
  await page.waitForSelector('#key-part:not([hidden])');
  await shot(page, 'key');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#problem:not([hidden])');
  t.match((await textOf(page, '#problem'))[0], /not a key/);
  await page.$eval('#key', (field) => ((field as HTMLInputElement).value = ''));
  await page.keyboard.type('opens-it');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#key-part', { hidden: true });
  await tabTo(page, '#file');
  const asked = page.waitForFileChooser();
  // The browser has to have heard of it before the key is pressed.
  await page.$('body');
  await page.keyboard.press('Space');
  const chooser = await asked;
  await chooser.accept([audioPath('jfk.wav')]);
  await tabTo(page, '[name=workflow]');
  await page.keyboard.press('ArrowDown');
  t.ok(await page.$eval('#targets', (one) => one.checkVisibility()), 'translation has its fields');
  await tabTo(page, '#targets');
  await page.keyboard.type('es');
  await tabTo(page, '#start');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#transcript button', { timeout: 60_000 });
  t.ok(
    await page.$eval('#result-title', (one) => one.matches(':focus')),
    'the result has the focus',
  );
  await tabTo(page, '#downloads li:nth-child(2) a');
  const downloadPath = join(folder, 'saved');
  const session = await browser.target().createCDPSession();
  const saved = new Promise((resolve) => {
    session.on('Browser.downloadProgress', ({ state }) => state === 'completed' && resolve(state));
  });
  const { id: browserContextId = '' } = page.browserContext();
  const how = { behavior: 'allow', downloadPath, eventsEnabled: true } as const;
  await session.send('Browser.setDownloadBehavior', { ...how, browserContextId });
  const name = (await textOf(page, '#downloads li:nth-child(2) a'))[0] ?? '';
  await page.keyboard.press('Enter');
  await saved;
  t.match(await readFile(join(downloadPath, name), 'utf8'), /-->/, `${name} is saved`);
  await tabTo(page, '#transcript button');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#transcript li:last-child [aria-current="true"]');
  t.strictSame(wrong, []);
});

t.test('when it takes too long, it is cancelled from the page', { skip }, async (t) => {
  const { url } = await startTestServer(t);
  const { page, wrong } = await openPage(t, url);
  const input = (await page.$('#file')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(audioPath('en-gettysburg.flac'));
  await page.click('#start');
  await page.waitForSelector('#stages li.running');
  await page.click('#cancel');
  await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'Cancelled.');
  await shot(page, 'cancelled');
  t.strictSame(wrong, []);
});

t.test('when the page is asked for, it allows itself nothing from elsewhere', async (t) => {
  const { url } = await startTestServer(t);
  const answer = await fetch(`${url}/`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  t.match(policy, /default-src 'none'/);
  t.notMatch(policy, /unsafe|https?:/);
  t.notMatch(await answer.text(), /https?:|style=|onclick/);
});
