/**
 * In a real browser: no two texts of a gallery picture lie on one another, and what is copied out of a report's table is safe and plain.
 *
 * Reads the pictures in `viz/gallery`. Skipped with its reason where Debian's Chromium is not installed.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../viz/report.ts';

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);
const reason = isThere ? '' : ' (skipped: /usr/bin/chromium is not installed)';
const folder = new URL('../../viz/gallery/', import.meta.url);
const pictures = readdirSync(folder).filter((name) => name.endsWith('.svg'));
let browser: Browser | undefined;

beforeAll(async () => {
  if (isThere) browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}, 60_000);
afterAll(() => browser?.close());

const overlaps = `(() => {
  const boxes = [...document.querySelectorAll('text')].map((node) => ({ text: node.textContent, box: node.getBoundingClientRect() }));
  const found = [];
  boxes.forEach(({ text, box: a }, k) => boxes.slice(k + 1).forEach(({ text: other, box: b }) => {
    const [x, y] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
    if (x > 1 && y > 3.5) found.push(text + ' | ' + other);
  }));
  return found;
})()`;

describe.skipIf(!isThere)('texts in Chromium', () => {
  it(`gallery: no two texts of a picture overlap, and every picture names its source${reason}`, async () => {
    const page = await (browser as Browser).newPage();
    for (const name of pictures) {
      const svg = readFileSync(new URL(name, folder), 'utf8');
      await page.setContent(`<!DOCTYPE html><body>${svg}`);
      expect([name, await page.evaluate(overlaps)]).toEqual([name, []]);
      expect(svg).toContain('Source: ');
    }
    await page.close();
  }, 60_000);

  it(`report: a copied table has plain numbers and no cell that a spreadsheet computes${reason}`, async () => {
    const page = await (browser as Browser).newPage();
    const columns = [
      { name: 'who', align: 'left' as const },
      { name: 'much', align: 'right' as const },
    ];
    const rows = [
      ['=1+1', -12345.5],
      ['@a', { value: 0.5, low: -1, high: 2 }],
    ];
    const block = { kind: 'table' as const, caption: 'c', columns, rows };
    await page.setContent(renderReport({ title: 't', status: 'complete', subtitle: '', facts: [], blocks: [block] }));
    const text = await page.evaluate<string>(`(() => {
      let text = '';
      document.addEventListener('copy', (event) => (text = event.clipboardData.getData('text/plain')));
      document.querySelector('.tools button').click();
      return text;
    })()`);
    expect(text.split('\n')).toEqual(['who\tmuch\t\t', "'=1+1\t-12345.5\t\t", "'@a\t0.5\t-1\t2"]);
    await page.close();
  }, 60_000);
});
