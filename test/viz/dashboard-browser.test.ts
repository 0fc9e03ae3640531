/**
 * A real browser watches a run whose names and posts are hostile: the page loads, streams, filters, selects, scrubs and pauses, by mouse and
 * by keyboard; nothing that was written runs, and nothing leaves.
 *
 * Skipped with its reason where Debian's Chromium is not installed. Pictures are kept below the system's temporary folder, in `mesocosm-pictures`;
 * none is compared. The run is the engine's own, held by the gate that a run with --serve has.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlOf, holdRun } from '../../scenarios/command/run-control.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { canonicalPopulation, keysOf } from '../../sim/world/population.ts';
import { serveDashboard } from '../../viz/dashboard/server.ts';
import { placementOf, smallPlan, smallPopulation } from '../sim/worlds.ts';
import { hostileTexts, scriptTexts } from './hostile-texts.ts';
import type { Browser, Page } from 'playwright-core';
import type { HeldRun } from '../../scenarios/command/run-control.ts';
import type { RunManifest } from '../../sim/engine/run.ts';
import type { Dashboard } from '../../viz/dashboard/server.ts';

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);
const reason = isThere ? '' : ' (skipped: /usr/bin/chromium is not installed)';
const flags =
  '--no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic --no-first-run ' +
  '--disable-background-networking --disable-component-update --disable-sync';
const pictures = join(tmpdir(), 'mesocosm-pictures');
const folder = mkdtempSync(join(tmpdir(), 'mesocosm-watched-'));
const directory = join(folder, 'run');
const tickCount = 400;
/** All texts in one; a page that let one of them through would run it. */
const title = scriptTexts.join(' ');

let browser: Browser;
let page: Page;
let dashboard: Dashboard;
let held: HeldRun;
let running: Promise<RunManifest>;
const stopper = new AbortController();
const leaving: string[] = [];
const failures: string[] = [];

/** As many agents as texts, each named by one and said to be another; each text is posted as well, in one of the first ticks, and the title holds all. */
function hostileRun(): Promise<RunManifest> {
  const list = hostileTexts.map((text, agent) => `${text} ${agent}`);
  const given = smallPopulation({ agents: list.length });
  const traits = [
    { name: 'bio', labels: hostileTexts, value: Int32Array.from(list.keys()) },
    { name: 'team', labels: hostileTexts.slice(0, 6), value: Int32Array.from(list.keys(), (agent) => agent % 6) },
  ];
  const population = canonicalPopulation({ ...given, traits, ids: { list }, ...keysOf({ list }, list.length) });
  const interventions = list.map((agent, place) => ({
    tick: place % 5,
    agent,
    verb: 'post' as const,
    text: hostileTexts[place],
  }));
  const plan = { ...smallPlan({ ticks: tickCount, interventions }), scenario: title };
  held = holdRun(directory, stopper.signal);
  let isOpen = false;
  return recordRun({
    compiled: { plan, population },
    placement: placementOf(),
    directory,
    source: { name: 'hostile', sha256: '' },
    exposureSampleShare: 1,
    gate: held.gate,
    signal: stopper.signal,
    // Held from its first ticks on, until the page lets it go.
    observer: {
      onTick({ tick }) {
        if (!isOpen) isOpen = held.open();
        if (tick === 12) held.hold();
      },
    },
  });
}

beforeAll(async () => {
  if (!isThere) return;
  running = hostileRun();
  running.catch(() => undefined);
  while (!existsSync(join(directory, 'manifest.json'))) await new Promise((done) => setTimeout(done, 20));
  dashboard = await serveDashboard({ directory, port: 0, control: controlOf(directory) });
  browser = await chromium.launch({ executablePath, headless: true, args: flags.split(' ') });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`http://127.0.0.1:${dashboard.port}/`) && !url.startsWith('data:,')) leaving.push(url);
  });
  page.on('pageerror', ({ message }) => failures.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') failures.push(message.text());
  });
  page.on('dialog', (dialog) => failures.push(`a dialog: ${dialog.message()}`));
  mkdirSync(pictures, { recursive: true });
}, 60_000);
afterAll(async () => {
  stopper.abort();
  await browser?.close();
  await dashboard?.close();
  await running?.catch(() => undefined);
  held?.close();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const tickShown = (): Promise<number> => page.evaluate('Number(document.body.dataset.tick)');
/** Looks again and again: a condition that is waited for inside the page would need eval, which the page's policy forbids. */
async function until(expression: string): Promise<void> {
  for (let look = 0; look < 400; look++) {
    if (await page.evaluate<boolean>(expression)) return;
    await page.waitForTimeout(50);
  }
  const state = await page.evaluate<string>(
    `document.querySelector('#status').textContent + ' / ' + document.querySelector('#clock').textContent`,
  );
  expect.fail(`never: ${expression}; ${state}; ${failures.join('; ')}`);
}

describe.skipIf(!isThere)('the dashboard in Chromium', () => {
  it(`the dashboard: it loads, shows the ticks so far, and takes its token out of the address${reason}`, async () => {
    await page.goto(dashboard.url);
    await until('Number(document.body.dataset.tick) >= 10');
    expect(page.url()).toBe(`http://127.0.0.1:${dashboard.port}/`);
    await until(`document.querySelector('#status').textContent.startsWith('paused')`);
    expect(await page.locator('#metrics tbody tr').count()).toBe(9);
    expect(await page.locator('#graph canvas').count()).toBeGreaterThan(3);
    await page.screenshot({ path: join(pictures, 'dashboard.png') });
  }, 60_000);

  it(`the dashboard: a paused run goes one tick by a step, and streams when it is let go${reason}`, async () => {
    const before = await tickShown();
    await page.getByRole('button', { name: 'One tick' }).click();
    await until(`Number(document.body.dataset.tick) === ${before + 1}`);
    await page.waitForTimeout(400);
    expect(await tickShown()).toBe(before + 1);
    await page.getByRole('button', { name: 'Go on with the run' }).click();
    await until(`Number(document.body.dataset.tick) > ${before + 5}`);
  }, 60_000);

  it(`the dashboard: filters leave what they say, and an agent is found, chosen and told of${reason}`, async () => {
    const shown = async (): Promise<number> =>
      Number(/^(\d+) of/.exec((await page.getAttribute('#graph', 'aria-label')) ?? '')?.[1]);
    expect(await shown()).toBe(hostileTexts.length);
    await page.locator('#group-filter').selectOption({ index: 1 });
    const inGroup = await shown();
    expect(inGroup).toBeLessThan(hostileTexts.length);
    await page.getByLabel('Followers, at least').fill('3');
    expect(await shown()).toBeLessThanOrEqual(inGroup);
    await page.getByLabel('Followers, at least').fill('0');
    await page.locator('#group-filter').selectOption({ index: 0 });
    await page.locator('#agents button').first().click();
    await page.waitForSelector('#acts li');
    await page.waitForSelector('#feed li .said');
    const name = await page.locator('#agents button').first().textContent();
    expect(await page.locator('#agent-title').textContent()).toBe(`Agent ${name}`);
    await page.locator('#cascades tbody button').first().click();
    await page.waitForSelector('#cascade:not([hidden]) .said');
    await page.screenshot({ path: join(pictures, 'agent.png') });
  }, 60_000);

  it(`the dashboard: the slider goes back to a tick by keyboard, and forth to the latest${reason}`, async () => {
    await page.locator('#slider').focus();
    await page.keyboard.press('Home');
    await until('Number(document.body.dataset.tick) === 0');
    await page.keyboard.press('ArrowRight');
    await until('Number(document.body.dataset.tick) === 1');
    expect(await page.getAttribute('#slider', 'aria-valuetext')).toMatch(/^tick 1 of \d+/);
    await page.screenshot({ path: join(pictures, 'scrubbed.png') });
    await page.getByRole('button', { name: 'Latest' }).click();
    await until('Number(document.body.dataset.tick) > 5');
  }, 60_000);

  it(`the dashboard: everything can be reached by Tab, has a name, and the picture moves by arrows${reason}`, async () => {
    await page.locator('.skip').focus();
    const names: string[] = [];
    const wanted = [
      'group-filter',
      'follower-filter',
      'active-filter',
      'find',
      'graph',
      'pause',
      'play',
      'slider',
      'latest',
    ];
    for (let press = 0; press < 160 && !wanted.every((id) => names.includes(id)); press++) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate<string>('document.activeElement.id'));
    }
    expect(names.filter((id) => wanted.includes(id)).slice(0, wanted.length)).toEqual(
      wanted.filter((id) => names.includes(id)),
    );
    const nameless = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('button, input, select, [tabindex="0"]')]
      .filter((one) => !(one.getAttribute('aria-label') || one.labels?.length || one.textContent.trim()))
      .map((one) => one.outerHTML)`);
    expect(nameless).toEqual([]);
    await page.locator('#graph').focus();
    for (const key of ['ArrowLeft', 'ArrowDown', '+', '-', '0']) await page.keyboard.press(key);
  }, 60_000);

  it(`the dashboard: ${hostileTexts.length} texts as names, biographies, teams, posts and title ran nothing, asked for nothing, and broke nothing${reason}`, async () => {
    for (const place of [0, 3, 6, 9]) {
      await page.locator('#agents button').nth(place).click();
      await page.waitForSelector('#agent dd');
      await page.waitForTimeout(100);
    }
    for (const text of hostileTexts.slice(0, 12)) {
      await page.locator('#find').fill(`${text} `);
      await page.locator('#find').press('Enter');
    }
    await page.waitForTimeout(300);
    const found = await page.evaluate<unknown[]>(
      `[window.ran, document.scripts.length, document.querySelectorAll('img, iframe, object, embed, base, link:not([rel=icon]):not([rel=stylesheet]), [onerror], [onload]').length]`,
    );
    expect(found).toEqual([undefined, 1, 0]);
    expect(await page.locator('#subtitle').textContent()).toContain('<svg onload=window.ran=1>');

    expect(leaving).toEqual([]);
    // A name that nobody has is answered by 404, which Chromium calls an error; nothing else may be one.
    expect(failures.filter((text) => !/status of 404/.test(text))).toEqual([]);
  }, 60_000);
});
