/**
 * In a real browser: every figure of a report answers a pointer and can be filtered, by mouse and by keyboard.
 *
 * Looks at the pictures of the gallery, which are of real runs, and at one of each form. Skipped with its reason where Debian's Chromium is not installed.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../viz/report.ts';
import { figuresWith } from './samples.ts';
import type { Browser, Page } from 'playwright-core';
import type { Block } from '../../viz/report.ts';

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);
const reason = isThere ? '' : ' (skipped: /usr/bin/chromium is not installed)';
const folder = new URL('../../viz/gallery/', import.meta.url);
const gallery = readdirSync(folder).filter((name) => name.endsWith('.svg'));
const forms = Object.entries(figuresWith('agent-7')).filter(([name]) => name !== 'empty');
const names = [...gallery, ...forms.map(([name]) => name)];

let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (!isThere) return;
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const svgs = [
    ...gallery.map((name) => readFileSync(new URL(name, folder), 'utf8')),
    ...forms.map(([, { svg }]) => svg),
  ];
  const blocks = svgs.map((svg): Block => ({ kind: 'figure', svg, caption: 'c' }));
  await page.setContent(renderReport({ title: 't', status: 'complete', subtitle: '', facts: [], blocks }));
}, 60_000);
afterAll(() => browser?.close());

interface Answers {
  /** Marks that say something under the pointer. */
  readonly marks: number;
  readonly picks: number;
  readonly inputs: number;
}

const answersOf = `[...document.querySelectorAll('figure')].map((figure) => ({
  marks: figure.querySelectorAll('svg > * title').length,
  picks: figure.querySelectorAll('.pick').length,
  inputs: figure.querySelectorAll('input').length,
}))`;

describe.skipIf(!isThere)('figures of a report in Chromium', () => {
  it(`report: every figure has marks that answer a pointer, and names or words by which it is filtered${reason}`, async () => {
    const answers = await page.evaluate<Answers[]>(answersOf);
    const mute = names.filter((_, at) => answers[at].marks === 0 || answers[at].picks + answers[at].inputs === 0);
    expect([answers.length, mute]).toEqual([names.length, []]);
  }, 60_000);

  it(`report: what a mark says stands beside the pointer that rests on it, and goes when it leaves${reason}`, async () => {
    const tip = `(() => { const { hidden, textContent } = document.querySelector('.tip'); return [!hidden, textContent]; })()`;
    for (const [at, name] of names.entries()) {
      const point = await page.evaluate<{ x: number; y: number; words: string } | null>(`(() => {
        const figure = document.querySelectorAll('figure')[${at}];
        figure.scrollIntoView({ block: 'center' });
        for (const title of figure.querySelectorAll('svg > * title')) {
          const shape = title.parentNode;
          const { left, top, width, height } = shape.getBoundingClientRect();
          for (const share of [0.5, 0.3, 0.7, 0.1, 0.9, 0.2]) {
            const [x, y] = [left + width * share, top + height * 0.5];
            const hit = document.elementFromPoint(x, y);
            if (hit === null || (hit !== shape && !shape.contains(hit))) continue;
            const nearest = hit.querySelector(':scope > title') ?? title;
            return { x, y, words: nearest.textContent };
          }
        }
        return null;
      })()`);
      expect([name, point]).toEqual([name, expect.anything()]);
      await page.mouse.move(point?.x ?? 0, point?.y ?? 0);
      expect([name, await page.evaluate(tip)]).toEqual([name, [true, point?.words]]);
      if (at % 8 > 0) continue;
      await page.mouse.move(2, 2);
      expect([name, await page.evaluate(tip)]).toEqual([name, [false, point?.words]]);
    }
  }, 60_000);

  it(`report: a name hides its series and shows it again, by a click and by a key${reason}`, async () => {
    const pressed = await page.evaluate<[string, number][]>(`[...document.querySelectorAll('figure')].map((figure) => {
      const pick = figure.querySelector('.pick');
      if (pick === null) return ['none', 0];
      const own = [...figure.querySelectorAll('[data-series="' + pick.getAttribute('data-name') + '"]')];
      const hidden = () => own.filter((mark) => getComputedStyle(mark).visibility === 'hidden').length;
      const states = [[pick.getAttribute('aria-pressed'), hidden()]];
      pick.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      states.push([pick.getAttribute('aria-pressed'), hidden()]);
      pick.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      states.push([pick.getAttribute('aria-pressed'), hidden()]);
      const wanted = JSON.stringify([['true', 0], ['false', own.length], ['true', 0]]);
      return [JSON.stringify(states) === wanted && pick.getAttribute('role') === 'button' ? 'both' : JSON.stringify(states), own.length];
    })`);
    const wrong = names.filter((_, at) => pressed[at][0] !== 'both' && pressed[at][0] !== 'none');
    expect(wrong).toEqual([]);
    expect(pressed.filter(([what, count]) => what === 'both' && count > 0).length).toBeGreaterThan(10);
  }, 60_000);

  it(`report: words filter the marks of a tree, a map or a list: others fade, and the count is said${reason}`, async () => {
    let filteredCount = 0;
    for (const [at, name] of names.entries()) {
      const figure = page.locator('figure').nth(at);
      const input = figure.locator('input');
      if ((await input.count()) === 0) continue;
      const words = await figure.locator('svg > * title').last().textContent();
      await input.fill(words ?? '');
      const [faint, shown, said] = await page.evaluate<[number, number, string]>(`(() => {
        const figure = document.querySelectorAll('figure')[${at}];
        const faint = [...figure.querySelectorAll('.faint')];
        const own = [...figure.querySelectorAll('svg > * title')].filter((title) => title.textContent.includes(${JSON.stringify(words)}));
        return [faint.filter((mark) => getComputedStyle(mark).opacity < 0.1).length, own.filter((title) => !faint.includes(title.parentNode)).length, figure.querySelector('[role=status]').textContent];
      })()`);
      const [fitting, all] = said.trim().split(' of ').map(Number);
      expect([name, faint, shown > 0]).toEqual([name, all - fitting, true]);
      filteredCount += Number(faint > 0);
      await input.fill('');
      expect([name, await figure.locator('.faint').count()]).toEqual([name, 0]);
    }
    expect(filteredCount).toBeGreaterThan(4);
  }, 60_000);
});
