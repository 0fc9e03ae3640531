/**
 * Runs whose readers are vectors of a model of meaning, over real HTTP against the stand-in: what is asked, what feeds show, what a replay and a
 * checkpoint come to.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineScenario } from '../../../sim/engine/define.ts';
import { Replay } from '../../../sim/engine/replay.ts';
import { resumeRun, verifyRun } from '../../../sim/engine/run.ts';
import { run } from '../../../sim/engine/run-scenario.ts';
import { quantizeDirection } from '../../../sim/ground/direction.ts';
import { embeddingOf, standInModel } from '../../../sim/llm/stand-in/answers.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { decodeTick } from '../../../sim/record/chunk.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { externalId, profileOf } from '../../../sim/world/population.ts';
import { persona } from '../../../sim/world/persona.ts';
import { serveRuns } from './serving.ts';
import type { Manifest } from '../../../sim/record/manifest.ts';
import type { DefinedScenario } from '../../../sim/engine/define.ts';

const serving = serveRuns('readers', 'sk-canary-6d6d');
const { folder } = serving;
/** So many that words hardly meet in one. */
const vectorLength = 1024;
const bios = ['I like cats', 'I like dogs'];
const texts = ['I like dogs', 'I like cats', 'Birds fly south'];

function world(changes: object = {}, embedding: object = {}, url = serving.server.url): DefinedScenario {
  const interventions = texts.map((text, i) => ({ tick: 1, agent: `a-${i}`, verb: 'post' as const, text }));
  const readers = { vectorLength, actShare: 0.25 };
  return defineScenario({
    ...{ name: 'readers', seed: 3, ticks: 14, tickSeconds: 900, appealSpread: 0 },
    population: {
      ...{ kind: 'generated', agents: 60, idPrefix: 'a-', followsMean: 2, wakesPerDayMean: 40 },
      attributes: [{ name: 'bio', values: bios, shares: [0.5, 0.5] }],
    },
    feed: {
      recommender: 'twhin',
      length: 2,
      exposuresMax: 100,
      embedding: { model: standInModel, dimensions: vectorLength, readers, ...embedding },
    },
    policies: [{ share: 1, rules: { intercept: -1, interestWeight: 1, postShare: 0 } }],
    verbs: ['post', 'like', 'repost'],
    exposureSampleShare: 1,
    interventions,
    models: serving.models({}, url),
    ...changes,
  } as unknown as Parameters<typeof defineScenario>[0]);
}

const placement = { workers: 1, layout: 'degree', mergeTicks: 24, checkpointTicks: 3 } as const;
const live = join(folder, 'live');
let manifest: Manifest;

describe('feed.embedding: readers', () => {
  it('OASIS-42: who likes cats is shown the post on cats before that on dogs, who likes dogs the other way, from vectors of a run', async () => {
    ({ manifest } = await run(world(), { out: live, checkpointTicks: 3 }));
    expect(manifest).toMatchObject({ outcome: 'complete', degraded: false });
    const shown = feedsIn(live, 2);
    expect(shown.get(bios[0])).toEqual(new Set(['I like cats, I like dogs']));
    expect(shown.get(bios[1])).toEqual(new Set(['I like dogs, I like cats']));
  });

  it('each description is asked for once, when an agent that has it first wakes', () => {
    const { population } = openRecords(live);
    const descriptions = new Set(describedIn(live).map((agent) => persona(population, agent)));
    expect(manifest.models?.embeddings?.texts).toBe(16 + texts.length + descriptions.size);
  });

  it('a reader’s vector is the weighted mean of its description and of what it approved of, in the order of its acts', async () => {
    const { population } = openRecords(live);
    const replay = await Replay.open(openRecords(live), 14);
    const { columns } = replay.snapshot();
    const acts = actsIn(live);
    let moved = 0;
    for (const agent of describedIn(live)) {
      let plain = embeddingOf(persona(population, agent), vectorLength);
      for (const one of acts.get(agent) ?? []) {
        const text = embeddingOf(one, vectorLength);
        const length = Math.hypot(...plain);
        plain = plain.map((one, k) => (0.75 * one) / length + 0.25 * text[k]);
      }
      const row = columns['agents.ordinal'].indexOf(agent);
      const own = [...columns['readers.component'].slice(row * vectorLength, (row + 1) * vectorLength)];
      const scaled = [...quantizeDirection(plain)];
      expect(Math.max(...own.map((one, k) => Math.abs(one - scaled[k])))).toBeLessThanOrEqual(6);
      if ((acts.get(agent) ?? []).length > 0) moved++;
    }
    expect(moved).toBeGreaterThan(10);
  });

  it('verify, replay and resuming make no request and end in the same digest, on one, two and three workers', async () => {
    const { requests } = serving.server.counts;
    for (const workers of [1, 3]) {
      expect(await verifyRun(live, { ...placement, workers })).toMatchObject({ same: true });
    }
    const replayed = await run(world(), { out: join(folder, 'replayed'), replay: live, workers: 2 });
    expect(replayed.manifest.digest).toBe(manifest.digest);
    expect((await Replay.open(openRecords(live), 14)).firstDifference).toBeUndefined();
    expect(serving.server.counts.requests).toBe(requests);
    const stopper = new AbortController();
    const observer = { onTick: ({ tick }: { tick: number }) => (tick === 8 ? stopper.abort() : undefined) };
    const early = { out: join(folder, 'early'), observer, signal: stopper.signal, checkpointTicks: 3 };
    await run(world(), early);
    const resumed = await resumeRun({ directory: early.out, placement: { ...placement, workers: 2 } });
    expect(resumed.digest).toBe(manifest.digest);
  });

  it('feeds by interest and mix rank by vectors too, and candidates: exact finds what boards leave out', async () => {
    for (const feed of [{ recommender: 'interest' }, { recommender: 'mix', outOfNetworkShare: 1 }] as const) {
      const out = join(folder, feed.recommender);
      const { data } = world();
      await run({ ...world(), data: { ...data, feed: { ...data.feed, ...feed, candidates: 'exact' } } }, { out });
      const shown = feedsIn(out, 2);
      expect(shown.get(bios[0])).toEqual(new Set(['I like cats, I like dogs']));
      expect(shown.get(bios[1])).toEqual(new Set(['I like dogs, I like cats']));
    }
  });

  it('vectors of another length than the scenario says are refused with both numbers, and room for too many is not asked for', async () => {
    const readers = { vectorLength: 300, actShare: 0.2 };
    const other = run(world({}, { readers, dimensions: undefined }), { out: join(folder, 'other') });
    await expect(other).rejects.toThrow(/INPUT_COMBINATION.*vectorLength is 300.*have 256 dimensions/);
    const wide = { dimensions: 4096, readers: { vectorLength: 4096, actShare: 0.2 } };
    const much = run(world({ postCapacity: 1 << 20 }, wide), { out: join(folder, 'much') });
    await expect(much).rejects.toThrow(/INPUT_TOO_LARGE.*60 agents and a window of 1048576 posts.*: 2047 or fewer/);
    expect(() => world({}, { dimensions: 64 })).toThrow(/INPUT_COMBINATION.*1024.*64/);
  });

  it('with nobody there readers read by their topics, and the run says that it is degraded', async () => {
    const gone = world({ models: serving.models({ whenDown: 'rules' }, 'http://127.0.0.1:9/v1') });
    const { manifest: down } = await run(gone, { out: join(folder, 'gone') });
    expect(down).toMatchObject({ outcome: 'complete', degraded: true });
    expect(await verifyRun(join(folder, 'gone'), placement)).toMatchObject({ same: true });
  });
});

/** Which texts readers were shown in a tick, in order, by what the readers are; authors, who are not shown their own, are left out. */
function feedsIn(directory: string, tick: number): Map<string, Set<string>> {
  const { population } = openRecords(directory);
  const { texts: textOf, authors } = postsIn(directory);
  const shown = new Map<string, Set<string>>();
  const { agent, origin } = ticksOf(directory)[tick].seen;
  for (const reader of new Set(agent)) {
    if (authors.has(reader)) continue;
    const feed = [...origin].flatMap((post, i) => (agent[i] === reader ? [textOf.get(post)] : []));
    const bio = String(profileOf(population, reader, 'bio'));
    shown.set(bio, (shown.get(bio) ?? new Set()).add(feed.join(', ')));
  }
  return shown;
}

function ticksOf(directory: string) {
  return [...openRecords(directory).frames()].map(decodeTick);
}

/** The text that each post shows, reposts included, and who wrote. */
function postsIn(directory: string): { texts: Map<number, string>; authors: Set<number> } {
  const { population } = openRecords(directory);
  const found = { texts: new Map<number, string>(), authors: new Set<number>() };
  for (const { actor, verb, target, result } of ticksOf(directory)) {
    actor.forEach((agent, i) => {
      if (result[i] === 0 || (verb[i] !== verbs.post && verb[i] !== verbs.repost)) return;
      const isOwn = verb[i] === verbs.post;
      const own = texts[Number(externalId(population.ids, agent).slice(2))];
      found.texts.set(result[i], isOwn ? own : (found.texts.get(target[i]) ?? ''));
      if (isOwn) found.authors.add(agent);
    });
  }
  return found;
}

/** Agents whose descriptions were asked for: ordinal and sequence stand first in a row of answers. */
function describedIn(directory: string): number[] {
  const rows = ticksOf(directory).flatMap(({ answers }) =>
    [...answers].filter((_, at) => at % 7 === 0 && answers[at + 1] === 255),
  );
  return [...new Set(rows)];
}

/** Texts that agents posted, liked or spread, granted, by agent, in order. */
function actsIn(directory: string): Map<number, string[]> {
  const { texts: textOf } = postsIn(directory);
  const acts = new Map<number, string[]>();
  for (const { actor, verb, target, result, outcome } of ticksOf(directory)) {
    actor.forEach((agent, i) => {
      const text = textOf.get(verb[i] === verbs.post ? result[i] : target[i]);
      if (outcome[i] === outcomes.granted && text !== undefined) acts.set(agent, [...(acts.get(agent) ?? []), text]);
    });
  }
  return acts;
}
