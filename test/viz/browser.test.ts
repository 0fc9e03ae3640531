/**
 * A real browser opens reports from disk: nothing runs, nothing is asked for, and the page looks as it was styled.
 *
 * Here some texts of each family; `npm run check -- --only 10.4` opens all of them, and each figure alone with each.
 * Skipped with its reason where Debian's Chromium is not installed. The control page shows that the traps would catch a text
 * that got through: without it, "nothing happened" could mean that nothing was watched.
 */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../viz/report.ts';
import { hostileFamilies, oddTexts } from './hostile-texts.ts';
import { figuresWith, reportWith } from './samples.ts';

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);
const reason = isThere ? '' : ' (skipped: /usr/bin/chromium is not installed)';
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-browser-'));
let browser: BrowserContext | undefined;

beforeAll(async () => {
  if (!isThere) return;
  const profile = join(folder, 'profile');
  browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: flags.split(' '),
    viewport: { width: 900, height: 1200 },
  });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Seen {
  /** Addresses that the page asked for, beside its own, whether or not its policy let them through. */
  readonly asked: string[];
  /** Those that were loaded. */
  readonly loaded: string[];
  readonly ran: boolean;
  readonly scriptCount: number;
  readonly bodyWidth: string;
}

/** Opens a page from disk and says what happened. With a picture, a screenshot stands beside the page. */
async function watch(name: string, content: string, picture = false): Promise<Seen> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const address = pathToFileURL(path).href;
  const page = (browser as BrowserContext).pages()[0] ?? (await (browser as BrowserContext).newPage());
  const [asked, loaded]: [string[], string[]] = [[], []];
  const note = (list: string[]) => (request: Request) => {
    if (request.url() !== address) list.push(request.url());
  };
  page.on('request', note(asked)).on('requestfinished', note(loaded));
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForTimeout(30);
  if (picture) await page.screenshot({ path: `${path}.png` });
  const [ran, scriptCount, bodyWidth] = await page.evaluate<[boolean, number, string]>(
    '[window.ran === 1, document.scripts.length, getComputedStyle(document.body).maxWidth]',
  );
  page.removeAllListeners();
  return { asked, loaded, ran, scriptCount, bodyWidth };
}

const leak = '<img src="pixel.svg" onload="window.ran=1"><script>window.ran=1</script>';

describe.skipIf(!isThere)('a report in Chromium', () => {
  it(`a report in Chromium: hostile texts of each family in every place run nothing and ask for nothing${reason}`, async () => {
    const quiet = { asked: [], loaded: [], ran: false, scriptCount: 1, bodyWidth: '714px' };
    const some = Object.values(hostileFamilies).flatMap((texts) => texts.slice(0, 2));
    for (const [index, text] of [...some, ...oddTexts].entries()) {
      const seen = await watch(`hostile-${index}.html`, renderReport(reportWith(text)));
      expect({ text: text.slice(0, 60), ...seen }).toEqual({ text: text.slice(0, 60), ...quiet });
    }
  }, 120_000);

  it(`a report in Chromium: the traps catch a text that is not escaped${reason}`, async () => {
    writeFileSync(join(folder, 'pixel.svg'), figuresWith('x')['line']?.svg ?? '');
    const seen = await watch('control.html', `<!DOCTYPE html><body>${leak}</body>`);
    expect(seen).toMatchObject({ ran: true, scriptCount: 1 });
    expect(seen.loaded).toHaveLength(1);
  }, 60_000);

  it(`a report in Chromium: the policy alone stops what an escaper would have let through${reason}`, async () => {
    writeFileSync(join(folder, 'pixel.svg'), figuresWith('x')['line']?.svg ?? '');
    const seen = await watch('policy.html', renderReport(reportWith('x')).replace('</body>', `${leak}</body>`));
    expect(seen).toMatchObject({ ran: false, loaded: [], bodyWidth: '714px' });
  }, 60_000);

  it(`a report in Chromium: a sound report is laid out, and its picture is not blank${reason}`, async () => {
    await watch('sound.html', renderReport(reportWith('agent-7', 'complete')), true);
    expect(statSync(join(folder, 'sound.html.png')).size).toBeGreaterThan(20_000);
  }, 60_000);

  it(`a report in Chromium: each figure is a well-formed file of its own${reason}`, async () => {
    const page = await (browser as BrowserContext).newPage();
    for (const [name, { svg }] of Object.entries(figuresWith('a <b> & "c" \u0000\ud800 😀'))) {
      const path = join(folder, `${name}.svg`);
      writeFileSync(path, svg);
      await page.goto(pathToFileURL(path).href);
      const seen = await page.evaluate<[string, number]>(
        '[document.documentElement.nodeName, document.querySelectorAll("parsererror").length]',
      );
      expect([name, ...seen]).toEqual([name, 'svg', 0]);
    }
    await page.close();
  }, 60_000);
});
