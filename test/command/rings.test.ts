/** Rings that were planted, from the measure to the picture and to the page: every act is one of the log's, and two clicks lead to it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { ringAsDrawn, ringsOf } from '../../scenarios/command/rings.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { readWrittenTexts } from '../../sim/record/text-reader.ts';
import { readTruth } from '../../sim/record/truth.ts';
import { mesocosm, temporaryFolder } from './start.ts';

const folder = temporaryFolder();
const run = join(folder, 'planted');

const scenario = {
  ...{ version: 1, name: 'planted', seed: 7, ticks: 60, tickSeconds: 600 },
  population: { kind: 'generated', agents: 200, wakesPerDayMean: 16 },
  feed: { recommender: 'random', length: 10, exposuresMax: 2 },
  policies: [{ share: 1, rules: { postShare: 0.3, likeRatio: 1 } }],
  plants: [
    { name: 'fans', kind: 'ring', size: 8, jointTargets: 20, participationShare: 0.8 },
    { name: 'hands', kind: 'sock-puppets', hands: 1, accountsPerHand: 5, messagesPerHand: 100 },
  ],
};

beforeAll(async () => {
  writeFileSync(join(folder, 'planted.json'), JSON.stringify(scenario));
  await mesocosm(['run', 'planted.json', '--out', 'planted', '--index', 'none'], folder);
  await mesocosm(['report', 'planted'], folder);
});

test('ringsOf: the planted ring and the hand are drawn, with acts of members on listed targets, one a member', () => {
  const rings = ringsOf(openRecords(run), 1);
  const planted = readTruth(run).plants.flatMap(({ groups }) => groups.map((group) => group.toSorted()));
  const found = rings.map(({ agents }) => agents.toSorted());
  expect(found).toHaveLength(2);
  expect(found).toEqual(expect.arrayContaining(planted));
  for (const { agents, targets, targetCount, targetsLeftOut, acts, actsLeftOut } of rings) {
    expect(targets.length + targetsLeftOut).toBe(targetCount);
    expect(acts.length + actsLeftOut).toBe(targets.reduce((sum, { actsOfMembers }) => sum + actsOfMembers, 0));
    for (const { target } of targets) {
      const actors = acts.filter((act) => act.target === target).map(({ agent }) => agent);
      expect(new Set(actors).size).toBe(actors.length);
      expect(agents).toEqual(expect.arrayContaining(actors));
    }
  }
});

test('ringsOf: a target begins as its text in the log does, and with nothing where rules wrote it', () => {
  const records = openRecords(run);
  const texts = readWrittenTexts(records);
  const targets = ringsOf(records, 1).flatMap((ring) => ring.targets);
  const written = targets.map(({ target }) => texts?.at(Number(target.replace(/^(text of )?post /, '')) - 1) ?? '');
  expect(written.filter((text) => text !== '')).not.toEqual([]);
  expect(targets.map(({ excerpt }) => excerpt)).toEqual(
    written.map((text) => (text === '' ? null : text.length > 160 ? `${text.slice(0, 160)} …` : text)),
  );
});

test('ringAsDrawn: seconds become hours, and what an act made stands in its words', () => {
  const acts = [
    { agent: 'a', kind: 'like' as const, seconds: 5400 },
    { agent: 'b', kind: 'reply' as const, seconds: 7200, post: 'post 9' },
  ];
  const on = { target: 'post 1', author: 'c', excerpt: 'so it begins', members: 3, actsOfAll: 4, withinSeconds: 1800 };
  const [measured] = [{ agents: ['a', 'b', 'd'], targets: 5, pValue: 0.01, qValue: 0.02, evidenceLeftOut: 4 }];
  expect(ringAsDrawn({ ...measured, evidence: [{ ...on, acts }] })).toEqual({
    ...{ agents: ['a', 'b', 'd'], targetCount: 5, pValue: 0.01, qValue: 0.02, targetsLeftOut: 4, actsLeftOut: 1 },
    targets: [{ target: 'post 1', author: 'c', actsOfMembers: 3, actsOfAll: 4, excerpt: 'so it begins' }],
    acts: [
      { agent: 'a', target: 'post 1', hours: 1.5, words: 'like' },
      { agent: 'b', target: 'post 1', hours: 2, words: 'reply: post 9' },
    ],
  });
});

test('report: two links lead from the top of the page to the posts of each ring, and what was planted is scored', () => {
  const page = readFileSync(join(run, 'report.html'), 'utf8');
  expect(page.split('id="planted-and-found"')).toHaveLength(2);
  const rings = ringsOf(openRecords(run), 1);
  const [top, section] = [page.indexOf('href="#rings-and-evidence"'), page.indexOf('id="rings-and-evidence"')];
  expect(top).toBeGreaterThan(0);
  expect(section).toBeGreaterThan(top);
  rings.forEach(({ targets }, at) => {
    const [link, place] = [page.indexOf(`href="#ring-${at + 1}"`, section), page.indexOf(`id="ring-${at + 1}"`)];
    expect(link).toBeGreaterThan(section);
    expect(place).toBeGreaterThan(link);
    for (const { target } of targets) expect(page.indexOf(`>${target}</td>`, place)).toBeGreaterThan(place);
  });
});

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);

/** What a page shows of itself just now: figures and tables of which something is in view below the heading that was gone to. */
const inView = `(() => {
  const shows = (one) => {
    const { top, bottom, height } = one.getBoundingClientRect();
    return height > 0 && top < innerHeight && bottom > 0;
  };
  return {
    figures: [...document.querySelectorAll('figure svg')].filter(shows).map((svg) => svg.querySelector('title').textContent),
    tables: [...document.querySelectorAll('table')].filter(shows).map((table) => table.caption.textContent),
  };
})()`;

test.skipIf(!isThere)(
  `report: in a browser one click leads to the picture of the largest cascade, and two to the posts of each ring${isThere ? '' : ' (skipped: /usr/bin/chromium is not installed)'}`,
  async () => {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const address = pathToFileURL(join(run, 'report.html')).href;
      const seen = (): Promise<{ figures: string[]; tables: string[] }> => page.evaluate(inView);
      await page.goto(address);
      await page.locator('.links').first().getByRole('link', { name: 'The largest cascade' }).click();
      expect((await seen()).figures).toContainEqual(expect.stringMatching(/^The largest cascade: \d+ posts/));
      const rings = ringsOf(openRecords(run), 1);
      for (const [at, { targets }] of rings.entries()) {
        await page.goto(address);
        await page.locator('.links').first().getByRole('link', { name: 'Agents who act together' }).click();
        await page.getByRole('link', { name: `ring ${at + 1}:` }).click();
        const { tables } = await seen();
        expect(tables.some((caption) => caption.includes(`ring ${at + 1} acted on`))).toBe(true);
        const cell = page.getByRole('cell', { name: targets[0].target, exact: true }).first();
        expect((await cell.boundingBox())?.y).toBeLessThan(900);
      }
    } finally {
      await browser.close();
    }
  },
  60_000,
);
