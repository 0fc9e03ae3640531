/**
 * The first difference between two runs, for runs that differ by one thing: it is found where naive comparison of all records and all
 * states finds it, and named by tick, agent and field.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainLink, hexOf } from '../../../sim/ground/digest.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { externalId } from '../../../sim/world/population.ts';
import { diffRuns, planDifferences } from '../../../sim/engine/diff.ts';
import { Replay } from '../../../sim/engine/replay.ts';
import { follow, recordRun, stateBefore } from '../../../sim/engine/run.ts';
import { prepare } from '../../../sim/engine/simulate.ts';
import { noOwnCode } from '../../../sim/engine/plan.ts';
import { decodeTick, encodeDecided, encodeFrame } from '../../../sim/record/chunk.ts';
import { sha256 } from '../../../sim/record/genesis.ts';
import { readManifest, writeManifest } from '../../../sim/record/manifest.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { scenario } from '../../fixtures/own-code.ts';
import { livelyRules, placementOf, smallPlan, smallPopulation } from '../worlds.ts';
import type { Model } from '../../../sim/exchange/ports.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { RunManifest, RunOrder } from '../../../sim/engine/run.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-diff-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const population = smallPopulation({ agents: 200 });
const plan = smallPlan({ ticks: 130 });

/** Records a run; returns its directory. */
async function record(
  name: string,
  changes: Partial<Plan> = {},
  people: Population = population,
  more: Partial<RunOrder> = {},
): Promise<string> {
  const directory = join(folder, name);
  await recordRun({
    compiled: { plan: { ...plan, ...changes }, population: people },
    placement: placementOf(),
    ...{ directory, source: { name, sha256: '' }, exposureSampleShare: 0 },
    ...more,
  });
  return directory;
}

let base: string;
beforeAll(async () => {
  base = await record('base');
});

/** The first tick of which two logs hold different bytes, by reading both whole. */
function firstDifferingTick(a: string, b: string): number {
  const [mine, theirs] = [a, b].map((directory) =>
    [...openRecords(directory).ticks()].map((record) => encodeDecided(record)),
  );
  return mine.findIndex((bytes, tick) => !Buffer.from(bytes).equals(theirs[tick]));
}

/** A copy of a run whose log was rewritten, with links, head and manifest that fit it. */
function rewritten(
  name: string,
  change: (record: TickRecord) => TickRecord,
  changeRoot: (tick: number, root: Uint8Array) => Uint8Array = (_, root) => root,
): string {
  const copy = join(folder, name);
  cpSync(base, copy, { recursive: true });
  const manifest = readManifest(base);
  let link: Uint8Array = Buffer.from(manifest.firstLink, 'hex');
  const frames: Uint8Array[] = [];
  for (const frame of openRecords(base).frames()) {
    const decided = encodeDecided(change(decodeTick(frame)));
    const root = changeRoot(frame.tick, frame.root);
    link = chainLink(sha256, link, frame.tick, [decided, root]);
    frames.push(encodeFrame({ ...frame, decided, root, link }));
  }
  const log = Buffer.concat(frames);
  writeFileSync(join(copy, 'events.log'), log);
  writeFileSync(join(copy, 'head'), JSON.stringify({ ticks: frames.length, bytes: log.length, digest: hexOf(link) }));
  writeManifest(copy, { ...manifest, digest: hexOf(link) });
  return copy;
}

/** A fork of the base: from a tick on another plan holds. Its log is what the engine makes of it. */
async function forked(name: string, at: number, changes: Partial<Plan>): Promise<string> {
  const directory = join(folder, name);
  const after = { ...plan, ...changes };
  const links = [...openRecords(base).frames()].map((frame) => hexOf(frame.link));
  const start = await stateBefore({ plan, population, code: noOwnCode }, at, links, undefined, base);
  const whole = readManifest<Plan>(base);
  cpSync(base, directory, { recursive: true });
  let bytes = 0;
  for (const frame of openRecords(base).frames()) if (frame.tick < at) bytes += encodeFrame(frame).length;
  writeFileSync(join(directory, 'events.log'), readFileSync(join(base, 'events.log')).subarray(0, bytes));
  const head = { ticks: at, bytes, digest: links[at - 1] };
  const opening: RunManifest = { ...whole, plan: after, forkedFrom: { name: 'base', at, plan } };
  const simulation = prepare({
    plan: after,
    population,
    code: noOwnCode,
    placement: placementOf(),
    sampleShare: 0,
    start,
  });
  await follow(simulation, { directory, head }, opening, { start: 0, cpuStart: 0 });
  return directory;
}

describe('diffRuns, runs that are the same', () => {
  test('diffRuns: workers, layout, merges and the sample of exposures make no difference', async () => {
    const placement = { workers: 3, layout: 'scrambled', mergeTicks: 1 } as const;
    const other = await record('placed', {}, population, { placement, exposureSampleShare: 1 });
    expect(await diffRuns(base, other)).toEqual({ same: true, plan: [], warnings: [] });
  });
});

describe('diffRuns, one thing otherwise', () => {
  test('diffRuns: a parameter is named, and the tick and agent in which it first decides otherwise', async () => {
    const rules = { ...livelyRules, likeRatio: 0.41 };
    const other = await record('parameter', { policies: [{ kind: 'rules', parameters: rules }] });
    const tick = firstDifferingTick(base, other);
    const { same, difference, plan: settings, warnings } = await diffRuns(base, other);
    expect(settings).toEqual([{ path: 'policies[0].parameters.likeRatio', first: '0.4', second: '0.41' }]);
    expect([same, difference?.where, difference?.tick, warnings]).toEqual([false, 'log', tick, []]);
    const [mine, theirs] = [base, other].map((directory) => [...openRecords(directory).ticks()][tick]);
    const row = mine.actor.findIndex((_, i) => mine.verb[i] !== theirs.verb[i] || mine.actor[i] !== theirs.actor[i]);
    expect(difference?.agent).toBe(externalId(population.ids, Math.min(mine.actor[row], theirs.actor[row])));
    const back = await diffRuns(other, base);
    expect(back.difference).toEqual({ ...difference, first: difference?.second, second: difference?.first });
  });

  const profiles: readonly (readonly [string, Partial<Population>, object])[] = [
    [
      'wakesPerDay',
      { wakesPerDay: population.wakesPerDay.with(70, 3) },
      { agent: externalId(population.ids, 70), second: 3 },
    ],
    ['policy', { policy: population.policy.with(3, 1) }, { agent: externalId(population.ids, 3), first: 0, second: 1 }],
    ['interest', { interest: population.interest.with(199 * 8 + 2, 5) }, { agent: externalId(population.ids, 199) }],
  ];

  test.each(profiles)(
    'diffRuns: of a population, the agent whose %s differs is named with both values',
    async (name, change, found) => {
      const policies = [...plan.policies, ...plan.policies];
      const one = await record(`profile-${name}-one`, { policies });
      const other = await record(`profile-${name}`, { policies }, { ...population, ...change });
      const { same, difference } = await diffRuns(one, other);
      expect([same, difference]).toMatchObject([
        false,
        { where: 'population', tick: 0, field: `population.${name}`, ...found },
      ]);
    },
  );

  test('diffRuns: a tie or an agent that one population lacks is named', async () => {
    const agent = 50;
    const end = population.followOffset[agent + 1];
    const followee = population.followee.filter((_, tie) => tie !== end - 1);
    const followOffset = population.followOffset.map((offset, i) => (i > agent ? offset - 1 : offset));
    const untied = await record('tie', {}, { ...population, followee, followOffset });
    const removed = externalId(population.ids, population.followee[end - 1]);
    expect((await diffRuns(base, untied)).difference).toMatchObject({
      ...{ where: 'population', tick: 0, agent: externalId(population.ids, agent) },
      ...{ field: 'population.followee', first: removed, second: 'nothing' },
    });
    const fewer = await record('fewer', {}, smallPopulation({ agents: 199 }));
    expect((await diffRuns(base, fewer)).difference).toMatchObject({
      ...{ where: 'population', field: 'agents', agent: 'a199', first: 'a199', second: 'nothing' },
    });
  });

  test('diffRuns: an outcome that was changed in a log is named, and which run no longer comes out as it is recorded', async () => {
    const tick = 41;
    const { actor, outcome } = [...openRecords(base).ticks()][tick];
    const row = outcome.findIndex((one) => one === outcomes.granted);
    const other = rewritten('flipped', (record) =>
      record.tick === tick ? { ...record, outcome: record.outcome.with(row, outcomes.refused) } : record,
    );
    const { difference, warnings } = await diffRuns(base, other);
    const agent = externalId(population.ids, actor[row]);
    expect(difference).toEqual({ where: 'log', tick, agent, field: 'outcome', first: 'granted', second: 'refused' });
    expect(warnings).toEqual([`${other} comes out otherwise from tick ${tick} on: run verify`]);
  });

  test('diffRuns: an intervention is the act of its agent at its tick', async () => {
    const agent = externalId(population.ids, 120);
    const other = await record('intervention', { interventions: [{ tick: 17, agent, verb: 'post' }] });
    const { difference, plan: settings, warnings } = await diffRuns(base, other);
    expect(difference).toEqual({ where: 'log', tick: 17, agent, field: 'verb', first: 'nothing', second: 'post' });
    expect([settings.map(({ path }) => path), warnings]).toEqual([['interventions[0]'], []]);
  });

  test('diffRuns: a run that ends earlier and is the same until then lacks the ticks that follow', async () => {
    const other = await record('shorter', { ticks: 60 });
    expect((await diffRuns(base, other)).difference).toEqual({
      ...{ where: 'length', tick: 60, field: 'ticks', first: 130, second: 60 },
    });
  });
});

describe('diffRuns, what the logs do not show', () => {
  test('diffRuns: a state that differs before any decision does is found in its tick, agent and column', async () => {
    // Who wakes and what is decided in tick 110 does not depend on the appeal of the posts that are made in it.
    const other = await forked('appeal', 110, { appealSpread: 0.6 });
    const decided = firstDifferingTick(base, other);
    const { difference, warnings } = await diffRuns(base, other);
    const made = [...openRecords(base).ticks()].slice(110).find((record) => record.totals.posts > 0) as TickRecord;
    expect(decided).toBeGreaterThan(made.tick);
    const row = made.actor.findIndex((_, i) => made.verb[i] === verbs.post && made.outcome[i] === outcomes.granted);
    expect(difference).toMatchObject({
      ...{ where: 'state', tick: made.tick, agent: externalId(population.ids, made.actor[row]) },
      field: expect.stringMatching(new RegExp(`^posts\\.\\w+(\\[\\d\\])? of post ${made.result[row]}$`)) as unknown,
    });
    expect(difference?.first).not.toBe(difference?.second);
    expect(warnings).toEqual([]);
  });

  test('diffRuns: equal logs with other roots are told apart by the state, in the tick in which it begins', async () => {
    const [one, other] = [
      await forked('end-one', 110, { ticks: 111 }),
      await forked('end', 110, { ticks: 111, appealSpread: 0.6 }),
    ];
    expect(firstDifferingTick(one, other)).toBe(-1);
    const { same, difference } = await diffRuns(one, other);
    expect([same, difference]).toMatchObject([false, { where: 'state', tick: 110 }]);
    expect(difference?.field).toMatch(/^posts\./);
  });

  test('diffRuns: attributes that begin otherwise and decide nothing are found at the start', async () => {
    const attributes = (initial: number) => ({ attributes: [{ name: 'goods', initial }] });
    const [one, other] = [await record('goods-3', attributes(3)), await record('goods-4', attributes(4))];
    expect(firstDifferingTick(one, other)).toBe(-1);
    const agent = externalId(population.ids, 0);
    const found = { where: 'start', tick: 0, agent, field: 'attributes.goods', first: 3, second: 4 };
    expect((await diffRuns(one, other)).difference).toEqual(found);
  });

  test('diffRuns: a root that was changed in a log, where the states agree, is told as such', async () => {
    const flip = (tick: number, root: Uint8Array): Uint8Array => (tick === 99 ? root.map((byte) => byte ^ 1) : root);
    const other = rewritten('root', (record) => record, flip);
    const { difference, warnings } = await diffRuns(base, other);
    expect(difference).toMatchObject({ where: 'state', tick: 99, field: 'root' });
    expect(warnings).toEqual(['both runs were computed again and their states are the same: run verify on both']);
  });

  test('diffRuns: a setting that made no difference is named as the only one', async () => {
    const other = await record('unused', { scenario: 'other-name' });
    expect((await diffRuns(base, other)).difference).toEqual({
      ...{ where: 'plan', tick: 0, field: 'plan.scenario', first: '"small-world"', second: '"other-name"' },
    });
  });
});

describe('Replay', () => {
  test('Replay: the states that it passes have the recorded roots, from the beginning and from a checkpoint', async () => {
    const placement = placementOf({ checkpointTicks: 30 });
    const kept = await record('kept', {}, population, { placement });
    for (const from of [0, 100]) {
      const records = openRecords(kept);
      const replay = await Replay.open(records, from);
      const found: Record<number, string> = {};
      while (replay.tick < 130) {
        await replay.step();
        found[replay.tick] = hexOf(sha256(Buffer.from(replay.root(), 'hex')));
      }
      const roots = [...records.frames()].map((frame) => hexOf(frame.root));
      expect([replay.firstDifference, found[130]]).toEqual([undefined, roots[129]]);
      if (from === 0) expect(found[100]).toBe(roots[99]);
    }
  });

  test('Replay: answers of a model are those of the log', async () => {
    const { module = '' } = scenario;
    let calls = 0;
    const model: Model = {
      ask: (requests) => {
        calls += requests.length;
        return Promise.resolve(requests.map(({ question }) => ({ status: 'answered', answer: [question[0] * 5] })));
      },
    };
    const attributes = ['goods', 'helped'].map((name) => ({ name, initial: 3 }));
    const own = { ticks: 12, policies: [{ kind: 'own', name: 'asking' }], module, attributes } as const;
    const asked = await record('asked', own, population, { model, code: scenario });
    expect(calls).toBeGreaterThan(100);
    const replay = await Replay.open(openRecords(asked), 12);
    expect([replay.tick, replay.firstDifference]).toEqual([12, undefined]);
  });
});

describe('planDifferences', () => {
  test('planDifferences: every setting that is otherwise, added or left out, and nothing else', () => {
    const one = { a: 1, list: [1, { b: 2 }], same: { c: [] } };
    const other = { a: 1, list: [1, { b: 3 }, 4], same: { c: [] }, added: null };
    expect(planDifferences(one, other)).toEqual([
      { path: 'list[1].b', first: '2', second: '3' },
      { path: 'list[2]', first: 'not set', second: '4' },
      { path: 'added', first: 'not set', second: 'null' },
    ]);
    expect(planDifferences(one, structuredClone(one))).toEqual([]);
  });
});
