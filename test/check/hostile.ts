/**
 * Lines 10.4: texts that would run or call out, wherever a text can come in and wherever it comes out.
 *
 * 10.4.report opens a report for each text and each figure alone with each text. 10.4.live writes a scenario whose names, biographies and posts
 * are those texts, runs it with `run --serve`, goes through its page while it runs, and takes what was recorded through `report` and `export`.
 * Every page is watched from outside: what ran (`window.ran`), what was asked for beside its own address. Order: live first, then files.
 * Oracle: the traps catch a text that is let through (`test/viz/browser.test.ts`); tables are read by Python's csv.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { renderReport } from '../../viz/report.ts';
import { formulaTexts, hostileTexts, scriptTexts } from '../viz/hostile-texts.ts';
import { figuresWith, reportWith } from '../viz/samples.ts';
import { checkout, mesocosm, start, temporary, testFiles } from './figure.ts';
import type { BrowserContext, Page } from 'playwright-core';
import type { Report } from './figure.ts';

const chromiumPath = '/usr/bin/chromium';
const python = '/usr/bin/python3';
const flags =
  '--no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic --no-first-run ' +
  '--disable-background-networking --disable-component-update --disable-sync';

/** What was seen of pages: what ran in them, and what they asked for that is not theirs. */
interface Seen {
  pages: number;
  ran: number;
  readonly asked: string[];
}

/** Line 10.4.report. */
export async function checkHostileReport(report: Report): Promise<void> {
  const tests = await testFiles('test/viz/browser.test.ts', 'test/viz/report.test.ts', 'test/viz/escape.test.ts');
  report({ command: 'tests of hostile texts', figure: tests.line, bar: 'all pass', met: tests.met });
  await inBrowser(report, 'reports and figures', async (browser) => {
    const seen: Seen = { pages: 0, ran: 0, asked: [] };
    const page = await browser.newPage();
    for (const text of hostileTexts) {
      await open(page, seen, 'report.html', renderReport(reportWith(text)));
    }
    tell(report, `a report with each of ${hostileTexts.length} texts in every place`, seen);
    const alone: Seen = { pages: 0, ran: 0, asked: [] };
    for (const text of scriptTexts) {
      for (const { svg } of Object.values(figuresWith(text))) await open(page, alone, 'figure.svg', svg);
    }
    tell(report, `each figure as a file of its own with each of ${scriptTexts.length} texts`, alone);
  });
}

/** Line 10.4.live. */
export async function checkHostileRun(report: Report): Promise<void> {
  const doors = await testFiles('test/viz/dashboard.test.ts');
  report({
    command: '12 hostile hosts and origins',
    figure: doors.line,
    bar: '403 for page, data and control',
    met: doors.met,
  });
  await inBrowser(report, 'a run of hostile texts', async (browser) => {
    const names = writeHostileScenario();
    const served = await serveRun();
    const seen: Seen = { pages: 0, ran: 0, asked: [] };
    try {
      await walk(await browser.newPage(), served.url, names, seen);
    } finally {
      served.stop();
    }
    await served.ended;
    const command = `run --serve of ${names.length} agents with hostile names, biographies and posts: every agent looked at while it runs`;
    tell(report, command, seen);
    await checkTitles(report, browser);
    await checkFiles(report, browser);
  });
}

async function inBrowser(
  report: Report,
  what: string,
  look: (browser: BrowserContext) => Promise<void>,
): Promise<void> {
  if (!existsSync(chromiumPath)) {
    report({ command: what, figure: `${chromiumPath} is not installed`, bar: 'nothing runs, nothing is asked for' });
    return;
  }
  const browser = await chromium.launchPersistentContext(join(temporary, 'profile'), {
    ...{ executablePath: chromiumPath, headless: true, args: flags.split(' '), viewport: { width: 1440, height: 900 } },
  });
  try {
    await look(browser);
  } finally {
    await browser.close();
  }
}

function tell(report: Report, command: string, { pages, ran, asked }: Seen): void {
  report({
    command,
    figure: `${pages} pages, ${ran} texts ran, ${asked.length} requests left${asked.length > 0 ? `: ${asked[0]}` : ''}`,
    bar: '0 run, 0 requests',
    met: pages > 0 && ran === 0 && asked.length === 0,
  });
}

/** Notes what a page asks for beside what begins with its own address. */
function watch(page: Page, own: string, seen: Seen): void {
  page.removeAllListeners();
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(own) && !url.startsWith('data:,')) seen.asked.push(url);
  });
  page.on('dialog', () => seen.ran++);
}

async function open(page: Page, seen: Seen, name: string, content: string): Promise<void> {
  const path = join(temporary, name);
  writeFileSync(path, content);
  const address = pathToFileURL(path).href;
  watch(page, address, seen);
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForTimeout(name.endsWith('.svg') ? 5 : 30);
  if (await page.evaluate<boolean>('window.ran !== undefined')) seen.ran++;
  seen.pages++;
}

const runName = 'hostile-run';

/** Names that a table of agents takes: one of each text; those with NUL or halves of pairs are refused at the door. */
function writeHostileScenario(): string[] {
  const folder = join(temporary, 'hostile');
  mkdirSync(folder, { recursive: true });
  const isTaken = (text: string): boolean => text.isWellFormed() && !/[\0\r\n]/.test(text) && text.length < 200;
  const bios = [...hostileTexts, ...formulaTexts].filter(isTaken).map((text) => text.trim());
  const names = bios.map((text, i) => `${text} ${i}`);
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  // What an agent is takes words of up to 64 characters.
  const short = bios.filter((text) => text !== '' && text.length <= 64);
  const agents = names.map((name, i) => `${cell(name)},${cell(short[i % short.length])},${cell(short[i % 5])}`);
  writeFileSync(join(folder, 'agents.csv'), ['agent,bio,team', ...agents, ''].join('\n'));
  const ties = names.flatMap((name, i) => [1, 2, 5].map((k) => `${cell(name)},${cell(names[(i + k) % names.length])}`));
  writeFileSync(join(folder, 'follows.csv'), ['follower,followee', ...ties, ''].join('\n'));
  const texts = [...hostileTexts, ...formulaTexts].filter((text) => text.isWellFormed());
  const posts = texts.map((text, i) => ({ agent: names[i % names.length], text }));
  writeFileSync(join(folder, 'posts.json'), JSON.stringify(posts));
  const scenario = {
    ...{ version: 1, name: runName, seed: 7, ticks: 50_000, tickSeconds: 60, exposureSampleShare: 1 },
    population: {
      ...{ kind: 'files', agents: 'agents.csv', follows: 'follows.csv', posts: 'posts.json' },
      ...{ attributes: ['bio', 'team'], wakesPerDayMean: 50 },
    },
    policies: [{ share: 1, rules: { intercept: -1, postShare: 0.05, followShare: 0.05 } }],
  };
  writeFileSync(join(folder, 'scenario.json'), JSON.stringify(scenario));
  return names;
}

/** Starts the run with its dashboard; `stop` ends it. */
async function serveRun(): Promise<{ readonly url: string; readonly ended: Promise<void>; stop(): void }> {
  const args = ['run', 'hostile/scenario.json', '--out', runName, '--index', 'none', '--serve'];
  const program = join(checkout, 'scenarios/main.ts');
  const child = spawn(process.execPath, [program, ...args], { cwd: temporary, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const url = await new Promise<string>((found, fail) => {
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      const address = /watch it at (\S+)/.exec(told)?.[1];
      if (address !== undefined) found(address);
    });
    child.once('close', () => fail(new TypeError(`the run ended before it was served:\n${told}`)));
  });
  return { url, ended, stop: () => child.kill('SIGINT') };
}

/** Looks at every agent and at the largest cascades, holds the run, steps it, goes back in time, and lets it go. */
async function walk(page: Page, url: string, names: readonly string[], seen: Seen): Promise<void> {
  watch(page, url.split('#')[0], seen);
  await page.goto(url);
  await shows(page, 'Number(document.body.dataset.tick) >= 5');
  await page.getByRole('button', { name: 'Pause the run' }).click();
  await shows(page, `document.querySelector('#status').textContent.startsWith('paused')`);
  await page.getByRole('button', { name: 'One tick' }).click();
  for (const name of names) {
    await page.locator('#find').fill(name);
    await page.locator('#find').press('Enter');
    await shows(page, `document.querySelector('#agent-title').textContent === ${JSON.stringify(`Agent ${name}`)}`);
    if (await page.evaluate<boolean>('window.ran !== undefined')) seen.ran++;
    seen.pages++;
  }
  for (let place = 0; place < 8; place++) {
    await page.locator('#cascades tbody button').nth(place).click();
    await page.waitForTimeout(200);
  }
  await page.locator('#slider').fill('1');
  await shows(page, 'Number(document.body.dataset.tick) === 1');
  await page.getByRole('button', { name: 'Go on with the run' }).click();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(temporary, 'hostile.png') });
  const strange = await page.evaluate<number>(
    `document.querySelectorAll('img, iframe, object, embed, base, video, audio, math, form:not(#find-form), style:not(head style), [onerror], [onload], [onfocus]').length`,
  );
  if (strange > 0 || (await page.evaluate<boolean>('window.ran !== undefined'))) seen.ran++;
}

async function shows(page: Page, expression: string): Promise<void> {
  for (let look = 0; look < 400; look++) {
    if (await page.evaluate<boolean>(expression)) return;
    await page.waitForTimeout(50);
  }
  throw new TypeError(`the page never came to ${expression}`);
}

/** Each text as the title of a run: what `serve` says of a directory whose manifest was written elsewhere. */
async function checkTitles(report: Report, browser: BrowserContext): Promise<void> {
  const { serveDashboard } = await import('../../viz/dashboard/server.ts');
  const { noControl } = await import('../../viz/dashboard/run-control.ts');
  const directory = join(temporary, runName);
  const file = join(directory, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  const seen: Seen = { pages: 0, ran: 0, asked: [] };
  for (const text of scriptTexts) {
    writeFileSync(file, JSON.stringify({ ...manifest, scenario: text }));
    const dashboard = await serveDashboard({ directory, port: 0, control: noControl });
    const page = await browser.newPage();
    watch(page, `http://127.0.0.1:${dashboard.port}/`, seen);
    await page.goto(dashboard.url);
    await shows(page, `document.querySelector('#subtitle').textContent.startsWith(${JSON.stringify(text)})`);
    if (await page.evaluate<boolean>('window.ran !== undefined')) seen.ran++;
    seen.pages++;
    await page.close();
    await dashboard.close();
  }
  writeFileSync(file, JSON.stringify(manifest));
  tell(report, `serve of a run with each of ${scriptTexts.length} texts as its title`, seen);
}

/** What the run's files do: its report, and its tables in a spreadsheet. */
async function checkFiles(report: Report, browser: BrowserContext): Promise<void> {
  const made = await mesocosm(['report', runName]);
  const seen: Seen = { pages: 0, ran: 0, asked: [] };
  const page = await browser.newPage();
  const address = pathToFileURL(join(temporary, runName, 'report.html')).href;
  watch(page, address, seen);
  if (made.status === 0) {
    await page.goto(address);
    await page.waitForTimeout(300);
    if (await page.evaluate<boolean>('window.ran !== undefined')) seen.ran++;
    seen.pages++;
  }
  tell(report, 'report of that run', seen);
  const exported = await mesocosm(['export', runName, '--format', 'csv']);
  const read = await start(python, [join(checkout, 'test/fixtures/read-cells.py'), join(temporary, runName)]);
  const {
    files = 0,
    cells = 0,
    formulas = -1,
    numbers = 0,
    quoted = -1,
    neutralised = 0,
  } = exported.status === 0 && read.status === 0 ? (JSON.parse(read.stdout) as Partial<Record<string, number>>) : {};
  report({
    command: 'export --format csv and the data of the figures of that run, read by Python',
    figure: `${files} tables, ${cells} cells: ${formulas} that a spreadsheet would compute, ${neutralised} neutralised, ${numbers} numbers, ${quoted} of them not plain`,
    bar: '0 computed, 0 numbers not plain',
    met: files > 2 && formulas === 0 && neutralised > 0 && numbers > 0 && quoted === 0,
  });
}
