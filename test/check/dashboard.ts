/**
 * Lines 10.2, 10.3 and 10.5: network files of a million agents, a dashboard of 50,000 in a real browser, and what it costs to be watched.
 *
 * 10.2 reads what was written with expat, element by element, and takes the memory of the whole exporting process. 10.3 drags the picture and
 * takes the time between frames; it asserts none. 10.5 runs watched and unwatched by turns; a reader holds a live connection all the time,
 * and the bar is for the processor time of the run and of its watcher together; the run's own is reported beside it.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { noControl } from '../../viz/dashboard/run-control.ts';
import { serveDashboard } from '../../viz/dashboard/server.ts';
import { checkout, median, objectOf, start, temporary } from './figure.ts';
import type { Page } from 'playwright-core';
import type { Report, RunSummary } from './figure.ts';

const timeTool = '/usr/bin/time';
const python = '/usr/bin/python3';
const chromiumPath = '/usr/bin/chromium';
const exportBytesMax = 500e6;

interface StreamCounts {
  readonly nodes: number;
  readonly edges: number;
  readonly attributes: number;
  readonly spells: number;
  readonly danglingEnds: number;
  readonly incompleteNodes: number;
  readonly wrongSpells: number;
  readonly distinctNodes: number;
}

/** Line 10.2. */
export async function checkMillionExports(report: Report): Promise<void> {
  const size = ['--agents', '1000000', '--ticks', '12', '--seed', '7', '--set', 'population.followsMean=10'];
  await objectOf(['run', 'information-spreading', ...size, '--index', 'none', '--out', 'exported-million']);
  for (const [format, ...more] of [['gexf', '--time'], ['graphml'], ['csv']]) {
    const args = ['export', 'exported-million', '--format', format, ...more, '--json'];
    const command = `export --format ${[format, ...more].join(' ')}, ${size.join(' ')}`;
    if (!existsSync(timeTool)) {
      report({ command, figure: `${timeTool} is not installed`, bar: 'below 500 MB' });
      continue;
    }
    const ended = await start(timeTool, ['-f', '%M', process.execPath, join(checkout, 'scenarios/main.ts'), ...args]);
    const { nodes, edges, files } = JSON.parse(ended.stdout) as { nodes: number; edges: number; files: string[] };
    const bytes = Number(ended.stderr.trim().split('\n').at(-1)) * 1024;
    const paths = files.map((file) => join(temporary, file));
    const written = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    report({
      command,
      figure: `${nodes} nodes, ${edges} edges, ${(written / 1e9).toFixed(2)} GB in ${ended.seconds.toFixed(0)} s; ${(bytes / 1e6).toFixed(0)} MB resident at most, the run included`,
      bar: '10^6 nodes, 10^7 edges, below 500 MB',
      met: nodes === 1e6 && edges >= 1e7 && bytes < exportBytesMax,
    });
    if (format !== 'csv') await readAgain(paths[0], { nodes, edges, hasTime: more.length > 0 }, report);
    for (const path of paths) rmSync(path);
  }
  rmSync(join(temporary, 'exported-million'), { recursive: true });
}

async function readAgain(
  path: string,
  wanted: { readonly nodes: number; readonly edges: number; readonly hasTime: boolean },
  report: Report,
): Promise<void> {
  const script = join(checkout, 'test/fixtures/stream-network.py');
  const { status, stdout, stderr, seconds } = await start(python, [script, path]);
  const command = `${path.split('/').at(-1) ?? ''} read by expat`;
  if (status !== 0) {
    report({ command, figure: stderr.trim().split('\n').at(-1) ?? '', bar: 'is read', met: false });
    return;
  }
  const counts = JSON.parse(stdout) as StreamCounts;
  const { nodes, edges, distinctNodes, danglingEnds, incompleteNodes, wrongSpells, spells, attributes } = counts;
  const isWhole = nodes === wanted.nodes && distinctNodes === nodes && edges === wanted.edges;
  const hasSpells = wanted.hasTime ? spells >= nodes + edges : spells === 0;
  report({
    command,
    figure: `${nodes} nodes with ${attributes} attributes each, ${edges} edges, ${spells} spells; ${danglingEnds} ends without a node, ${incompleteNodes} nodes without all attributes, ${wrongSpells} wrong spells; ${seconds.toFixed(0)} s`,
    bar: 'counts of the export; 0, 0, 0',
    met: isWhole && hasSpells && danglingEnds + incompleteNodes + wrongSpells === 0,
  });
}

/** Line 10.3. */
export async function checkDashboard(report: Report): Promise<void> {
  const size = ['--agents', '50000', '--ticks', '60', '--seed', '7'];
  const command = `serve, ${size.join(' ')}, in headless Chromium with software GL, 1440 x 900`;
  const bar = 'loads, streams, scrubs; time between frames is reported';
  if (!existsSync(chromiumPath)) {
    report({ command, figure: `${chromiumPath} is not installed`, bar });
    return;
  }
  await objectOf(['run', 'information-spreading', ...size, '--index', 'none', '--out', 'shown']);
  const begun = performance.now();
  const dashboard = await serveDashboard({ directory: join(temporary, 'shown'), port: 0, control: noControl });
  const flags = '--no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --no-first-run';
  const browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args: flags.split(' ') });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(dashboard.url);
    await shows(page, 59);
    const loadedSeconds = (performance.now() - begun) / 1000;
    // The layout takes a core while it goes on.
    await page.waitForTimeout(20_000);
    const frames = await dragFrames(page);
    await page.locator('#slider').fill('20');
    await shows(page, 20);
    await page.screenshot({ path: join(temporary, 'dashboard-50000.png'), timeout: 120_000 });
    const label = (await page.getAttribute('#graph', 'aria-label')) ?? '';
    report({
      command,
      figure: `${label}; shown after ${loadedSeconds.toFixed(1)} s; dragged: ${median(frames).toFixed(0)} ms between frames, 95 % below ${frames[Math.floor(frames.length * 0.95)].toFixed(0)} ms`,
      bar,
      met: label.startsWith('50,000 of 50,000 agents'),
    });
  } finally {
    await browser.close();
    await dashboard.close();
  }
}

async function shows(page: Page, tick: number): Promise<void> {
  for (let look = 0; look < 600; look++) {
    if ((await page.evaluate<number>('Number(document.body.dataset.tick)')) === tick) return;
    await page.waitForTimeout(100);
  }
  throw new TypeError(`the page did not come to tick ${tick}`);
}

/** Milliseconds between frames while the picture is dragged, ascending. */
async function dragFrames(page: Page): Promise<number[]> {
  const box = await page.locator('#graph').boundingBox();
  const { x, y } = { x: (box?.x ?? 0) + 300, y: (box?.y ?? 0) + 300 };
  await page.mouse.move(x, y);
  await page.mouse.down();
  let isGoing = true;
  const measured = page
    .evaluate<number[]>(
      `new Promise((done) => {
        const times = [];
        const frame = (time) => (times.push(time) > 60 ? done(times) : requestAnimationFrame(frame));
        requestAnimationFrame(frame);
      })`,
    )
    .finally(() => (isGoing = false));
  for (let step = 0; isGoing && step < 5000; step++) await page.mouse.move(x + (step % 60) * 3, y + (step % 40));
  const times = await measured;
  await page.mouse.up();
  return times
    .slice(1)
    .map((time, i) => time - times[i])
    .sort((a, b) => a - b);
}

const pairCount = 3;
const costShareMax = 0.05;

/** Line 10.5: runs as long as the scenario says, since a second and a half of the watcher's go into its start, the population and the layout, whatever the length. */
export async function checkWatching(report: Report): Promise<void> {
  const size = ['--agents', '1000000', '--seed', '7'];
  const args = ['run', 'information-spreading', ...size, '--index', 'none', '--checkpoint-ticks', '0'];
  const [own, all, watchers, digests] = [[] as number[], [] as number[], [] as number[], new Set<string>()];
  let told = 0;
  for (let pair = 0; pair < pairCount; pair++) {
    // By turns, so that a machine that gets slower or faster does so for both.
    const [first, second] = pair % 2 === 0 ? [false, true] : [true, false];
    const one = await runOnce(args, first);
    const other = await runOnce(args, second);
    const [watched, plain] = first ? [one, other] : [other, one];
    own.push(watched.cpuSeconds / plain.cpuSeconds - 1);
    all.push((watched.cpuSeconds + watched.watcherSeconds) / plain.cpuSeconds - 1);
    watchers.push(watched.watcherSeconds);
    told = Math.max(told, watched.eventCount);
    digests.add(watched.digest).add(plain.digest);
  }
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  report({
    command: `run --serve beside run, ${size.join(' ')}, ${pairCount} pairs by turns`,
    figure: `run and watcher ${percent(median(all))} (${all.map(percent).join(', ')}); the run alone ${percent(median(own))}, the watcher ${median(watchers).toFixed(1)} s; ${told} messages told; ${digests.size} digest`,
    bar: 'at most 5 %, one digest',
    met: median(all) <= costShareMax && digests.size === 1 && told > 3,
  });
}

interface WatchedRun extends RunSummary {
  readonly watcherSeconds: number;
  readonly eventCount: number;
}

/** One run; watched, somebody reads its live connection to the end. */
function runOnce(args: readonly string[], isWatched: boolean): Promise<WatchedRun> {
  const out = join(temporary, 'watched');
  rmSync(out, { recursive: true, force: true });
  const all = [join(checkout, 'scenarios/main.ts'), ...args, '--out', out, '--json', ...(isWatched ? ['--serve'] : [])];
  const child = spawn(process.execPath, all, { cwd: temporary, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, watcherSeconds, eventCount, isRead] = ['', 0, 0, false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const [, address, token] = /watch it at (http:\S+)#([0-9a-f]+)/.exec(text) ?? [];
    if (address === undefined || isRead) return;
    isRead = true;
    readLive(`${address}api/live`, token, () => eventCount++).catch(() => undefined);
  });
  const timer = setInterval(() => {
    watcherSeconds = Math.max(watcherSeconds, secondsOfChildren(child.pid ?? 0));
  }, 200);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(timer);
      if (status !== 0) reject(new TypeError(`mesocosm ${args.join(' ')} ended with ${String(status)}`));
      else resolve({ ...(JSON.parse(stdout) as RunSummary), watcherSeconds, eventCount });
    });
  });
}

async function readLive(url: string, token: string, onEvent: () => void): Promise<void> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  for await (const chunk of response.body ?? []) {
    if (Buffer.from(chunk as Uint8Array).includes('event: tick')) onEvent();
  }
}

/** Processor time of the processes that a process has started, as Linux counts it: hundredths of a second. */
function secondsOfChildren(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return children.reduce((sum, one) => {
      const fields = readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1].split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / 100;
    }, 0);
  } catch {
    // It has ended between two looks.
    return 0;
  }
}
