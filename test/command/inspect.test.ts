/**
 * `inspect`: what it reads out of the log is what the state holds, whichever way the state is come by.
 *
 * One run in which every verb occurs. The log and the simulated state are two accounts of one agent: each is the other's oracle.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scenario } from '../fixtures/every-verb.ts';
import { named } from '../../scenarios/command/words.ts';
import { cellsOfAgent, pairsOfAgent, savedState, stateAt } from '../../sim/engine/agent-state.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { forkRun } from '../../sim/engine/fork.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { createPosts, readAgentLog, takePosts } from '../../sim/record/agent-reader.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { actedBit, agentSpec, recentLength, seenMax } from '../../sim/world/agents.ts';
import { bondBits } from '../../sim/world/pairs.ts';
import { faceWords } from '../../sim/world/posts.ts';
import { drawTraits } from '../../sim/world/marginals.ts';
import { oasisProfile } from '../../sim/world/oasis-profiles.ts';
import { persona } from '../../sim/world/persona.ts';
import { externalId, profileOf } from '../../sim/world/population.ts';
import { smallRun } from '../sim/record/small-run.ts';
import { placementOf, smallPlan, smallPopulation } from '../sim/worlds.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';
import type { AgentCells, StateOfTick } from '../../sim/engine/agent-state.ts';
import type { AgentLog } from '../../sim/record/agent-reader.ts';
import type { PostTable } from '../../sim/record/database-effects.ts';
import type { Records } from '../../sim/record/reader.ts';

const folder = temporaryFolder();
const { memoryLength } = scenario.data;
const ticks = [1, 11, 24];
const some = Array.from({ length: 15 }, (_, i) => i * 8);
let records: Records;
const states = new Map<number, StateOfTick>();

beforeAll(async () => {
  await recordRun({
    compiled: compileScenario(scenario.data, (path) => path, scenario.module),
    placement: { workers: 1, layout: 'scrambled', mergeTicks: 7, checkpointTicks: 9 },
    directory: join(folder, 'run'),
    source: { name: 'every-verb.ts', sha256: '' },
    exposureSampleShare: 1,
    code: scenario,
  });
  records = openRecords(join(folder, 'run'));
  for (const tick of ticks) states.set(tick, await stateAt(records, tick, () => undefined));
});

function stateOf(tick: number): StateOfTick {
  const found = states.get(tick);
  if (found === undefined) throw new TypeError(`no state before tick ${tick}`);
  return found;
}

function each(check: (ordinal: number, log: AgentLog, cells: AgentCells, state: StateOfTick) => void): void {
  for (const tick of ticks) {
    const state = stateOf(tick);
    for (const ordinal of some)
      check(
        ordinal,
        readAgentLog(records, ordinal, tick, 5),
        cellsOfAgent(state.snapshot, records.population, ordinal),
        state,
      );
  }
}

describe('the log against the state', () => {
  test('readAgentLog: followers, followees, posts and refusals are those of the simulated state', () => {
    let refusals = 0;
    each((_ordinal, log, { agents }) => {
      const counted = [log.followers.length, log.followees.length, log.postIds.length, log.refusalCount];
      const held = ['followerCount', 'followeeCount', 'postCount', 'refusalCount'].map((name) => agents[name][0]);
      expect(counted).toEqual(held);
      refusals += log.refusalCount;
      if (log.lastRefusal === undefined) return;
      const { tick, reason } = log.lastRefusal;
      expect([tick, reason]).toEqual([agents['refusalTick'][0], agents['refusalReason'][0]]);
    });
    expect(refusals).toBeGreaterThan(100);
  });

  test('readAgentLog: the latest posts are those that the state shows to followers', () => {
    each((_ordinal, log, { recents }) => {
      const shown = recents['entry'].filter((id, k) => k % 2 === 0 && id > 0);
      expect(shown).toEqual(log.postIds.slice(-recentLength).reverse());
    });
  });

  test('takePosts: likes, dislikes, reports, shares and replies of every post in the window are those of the state', () => {
    for (const tick of ticks) {
      const { columns, nextPost } = stateOf(tick).snapshot;
      const posts = createPosts(records);
      for (const record of records.ticks()) if (record.tick < tick) takePosts(posts, record);
      for (let id = 1; id < nextPost; id++) {
        const held = {
          likes: columns['posts.likeCount'][id],
          dislikes: columns['posts.dislikeCount'][id],
          reports: columns['posts.reportCount'][id],
          shares: columns['posts.face'][id * faceWords.length + faceWords.shareCount],
          replies: columns['posts.replyCount'][id],
        };
        if (posts.columns.origin[id] === id) expect([id, posts.countersOf(id)]).toEqual([id, held]);
      }
      if (tick === 24) expect(Math.max(...columns['posts.dislikeCount'])).toBeGreaterThan(1);
    }
  });

  test('cellsOfAgent: exposure memory is what replaying acts and feeds over a ring of objects gives', () => {
    each((ordinal, log, { exposures }) => {
      const ring = replayMemory(ordinal, log.tick, log.posts);
      const held = exposures['origin'].map((origin, k) => ({ origin, seen: exposures['seen'][k] }));
      expect(held).toEqual(ring);
    });
  });

  test('pairsOfAgent: whom an agent muted and blocked is what its granted acts leave', () => {
    let found = 0;
    each((ordinal, log, _cells, { snapshot }) => {
      const expected = bondsByLog(ordinal, log.tick);
      const bonds = pairsOfAgent(snapshot, records.population, ordinal).filter((one) => one.kind === 'bonds');
      const own = bonds.map(({ number, value }) => [number, value & ~bondBits.blockedBy] as const);
      expect(own.filter(([, bits]) => bits !== 0)).toEqual(expected);
      found += expected.length;
    });
    expect(found).toBeGreaterThan(10);
  });
});

/** The memory of an agent before a tick, place by place. */
function replayMemory(ordinal: number, before: number, posts: PostTable): { origin: number; seen: number }[] {
  const ring = Array.from({ length: memoryLength }, () => ({ origin: 0, seen: 0 }));
  let head = 0;
  const placeOf = (origin: number) => {
    const known = ring.find((one) => one.origin === origin);
    if (known !== undefined) return known;
    const place = ring[head];
    head = (head + 1) % memoryLength;
    return Object.assign(place, { origin, seen: 0 });
  };
  for (const { tick, actor, verb, outcome, result, target, seen } of records.ticks()) {
    if (tick >= before) break;
    actor.forEach((one, i) => {
      if (one !== ordinal || outcome[i] !== outcomes.granted || verb[i] < verbs.post || verb[i] > verbs.quote) return;
      placeOf(posts.columns.origin[result[i]]).seen |= actedBit;
      if (verb[i] === verbs.quote) placeOf(posts.columns.origin[target[i]]).seen |= actedBit;
    });
    seen.agent.forEach((one, i) => {
      if (one !== ordinal) return;
      const place = placeOf(seen.origin[i]);
      if ((place.seen & seenMax) < seenMax) place.seen++;
    });
  }
  return ring;
}

/** Whom an agent muted and blocked, by ordinal: bits. */
function bondsByLog(ordinal: number, before: number): [number, number][] {
  const bits = new Map<number, number>();
  for (const { tick, actor, verb, outcome, target } of records.ticks()) {
    if (tick >= before) break;
    actor.forEach((one, i) => {
      if (one !== ordinal || outcome[i] !== outcomes.granted || verb[i] < verbs.mute || verb[i] > verbs.unblock) return;
      const bit = verb[i] <= verbs.unmute ? bondBits.mute : bondBits.block;
      const had = bits.get(target[i]) ?? 0;
      bits.set(target[i], verb[i] === verbs.mute || verb[i] === verbs.block ? had | bit : had & ~bit);
    });
  }
  return [...bits].filter(([, value]) => value !== 0).sort(([a], [b]) => a - b);
}

describe('where the state comes from', () => {
  test('stateAt: from a checkpoint, from ticks after one, and from the beginning, the state is the same', async () => {
    cpSync(join(folder, 'run'), join(folder, 'bare'), { recursive: true });
    rmSync(join(folder, 'bare', 'checkpoint'), { recursive: true });
    const saved = savedState(records)?.snapshot.tick ?? 0;
    expect(saved).toBeGreaterThan(0);
    for (const tick of [saved, saved + 3]) {
      const near = await stateAt(records, tick, () => undefined);
      const far = await stateAt(openRecords(join(folder, 'bare')), tick, () => undefined);
      expect([near.simulatedTicks, far.simulatedTicks]).toEqual([tick - saved, tick]);
      for (const ordinal of some) {
        expect(cellsOfAgent(far.snapshot, records.population, ordinal)).toEqual(
          cellsOfAgent(near.snapshot, records.population, ordinal),
        );
        expect(pairsOfAgent(far.snapshot, records.population, ordinal)).toEqual(
          pairsOfAgent(near.snapshot, records.population, ordinal),
        );
      }
    }
  });

  test('stateAt: before the first tick nobody has acted, and nothing is computed', async () => {
    const { snapshot, simulatedTicks } = await stateAt(records, 0, () => {
      throw new TypeError('told of a simulation');
    });
    expect([snapshot.tick, snapshot.nextPost, simulatedTicks]).toEqual([0, 1, 0]);
    for (const ordinal of some) {
      const { agents, attributes } = cellsOfAgent(snapshot, records.population, ordinal);
      expect([agents['postCount'], attributes['value']]).toEqual([[0], [10]]);
      expect(agents['keyLo']).toEqual([records.population.keyLo[ordinal]]);
    }
  });

  test('stateAt: a fork is computed under its parent’s plan up to the branch and under its own from there', async () => {
    const data = { ...scenario.data, feed: { ...scenario.data.feed, repostsShown: false, outOfNetworkShare: 0.9 } };
    await forkRun({
      ...{ parent: join(folder, 'run'), at: 6, data, directory: join(folder, 'fork') },
      placement: { workers: 1, layout: 'degree', mergeTicks: 24 },
    });
    const fork = openRecords(join(folder, 'fork'));
    for (const tick of [4, 6]) {
      const [own, parents] = await Promise.all([fork, records].map((one) => stateAt(one, tick, () => undefined)));
      for (const ordinal of some)
        expect(cellsOfAgent(own.snapshot, records.population, ordinal)).toEqual(
          cellsOfAgent(parents.snapshot, records.population, ordinal),
        );
    }
    const { snapshot } = await stateAt(fork, 20, () => undefined);
    for (const ordinal of some) {
      const log = readAgentLog(fork, ordinal, 20, 5);
      expect(cellsOfAgent(snapshot, records.population, ordinal)['agents']['postCount']).toEqual([log.postIds.length]);
    }
  });

  test('stateAt: a plan that is not the one that ran is damage, not another state', async () => {
    cpSync(join(folder, 'run'), join(folder, 'changed'), { recursive: true });
    const changed = openRecords(join(folder, 'changed'));
    const { manifest } = changed;
    const plan = { ...(manifest.plan as object), appealSpread: 1.5 };
    await expect(stateAt({ ...changed, manifest: { ...manifest, plan } }, 11, () => undefined)).rejects.toThrow(
      InputError,
    );
  });
});

interface Card {
  readonly agent: { readonly id: string; readonly ordinal: number };
  readonly profile: { readonly persona: string; readonly attributes?: object };
  readonly tick: number;
  readonly followees: { readonly count: number; readonly agents: readonly unknown[] };
  readonly state?: {
    readonly tick: number;
    readonly source: string;
    readonly columns: AgentCells;
    readonly attributes: object;
  };
  readonly before: readonly { readonly tick: number }[];
  readonly after: readonly { readonly tick: number }[];
}

describe('the command', () => {
  test('inspect: at a tick it shows acts on both sides, every declared column, and says that it computed', async () => {
    const id = externalId(records.population.ids, 16);
    const { stdout, stderr } = await mesocosm(['inspect', 'run', id, '--tick', '11', '--json'], folder);
    const card = JSON.parse(stdout) as Card;
    expect(stderr).toMatch(/^computing ticks \d+ to 10 again$/m);
    expect([card.agent, card.tick, card.state?.source]).toEqual([{ id, ordinal: 16 }, 11, 'simulation']);
    const declared = Object.entries(agentSpec.columns).filter(([, one]) => one.meaning !== 'address');
    const shown = Object.entries(card.state?.columns['agents'] ?? {});
    expect(shown.map(([name, cells]) => [name, cells.length])).toEqual(
      declared.map(([name, one]) => [name, one.width]),
    );
    expect(card.before.every((one) => one.tick < 11) && card.after.every((one) => one.tick >= 11)).toBe(true);
    expect([card.before.length, card.after.length]).toEqual([10, 10]);
    const { attributes } = cellsOfAgent(stateOf(11).snapshot, records.population, 16);
    expect(card.state?.attributes).toEqual({ goods: attributes['value'][0] });
  });

  test('inspect: without a tick nothing is computed: the newest checkpoint is shown and named, beside the log’s end', async () => {
    const { stdout, stderr } = await mesocosm(['inspect', 'run', '#16'], folder);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^at +the start of tick 24, which is the end/m);
    const saved = savedState(records)?.snapshot.tick;
    expect(stdout).toMatch(
      new RegExp(`^state +before tick ${saved}, from the checkpoint there; --tick 24 computes the end`, 'm'),
    );
    expect(stdout).toMatch(/^columns +agents: .*followerCount \d+.*karma -?\d+/m);
  });

  test('inspect: a run without checkpoints shows what the log holds, and how to get the rest', async () => {
    await smallRun(join(folder, 'small'), { agents: 60, ticks: 6, seed: 4, ids: idsWith('\u001b]0;x\u0007') });
    const { status, stdout, stderr } = await mesocosm(['inspect', 'small', '\u001b]0;x\u0007'], folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(named('\u001b]0;x\u0007'));
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(stdout).toMatch(/^state +not in the log, and there is no checkpoint: --tick 6 computes it$/m);
  });

  test('inspect: an agent is shown in words, and with its attributes where the population has some', async () => {
    const plain = await objectOf<Card>(['inspect', 'run', '#16'], folder);
    expect(plain.profile.persona).toBe(persona(records.population, 16));
    expect(plain.profile).not.toHaveProperty('attributes');
    const population = smallPopulation({ agents: 20 });
    const traits = drawTraits(3, population, oasisProfile('oasis-reddit', 8).tables);
    await recordRun({
      compiled: { plan: smallPlan({ ticks: 2 }), population: { ...population, traits } },
      placement: placementOf(),
      directory: join(folder, 'people'),
      source: { name: 'people.ts', sha256: '' },
      exposureSampleShare: 0,
    });
    const { profile } = await objectOf<Card>(['inspect', 'people', '#7'], folder);
    const names = traits.map(({ name }) => name);
    expect(profile.attributes).toEqual(Object.fromEntries(names.map((name) => [name, profileOf({ traits }, 7, name)])));
    expect(profile.persona).toContain(`${String(profileOf({ traits }, 7, 'age'))}-year-old`);
    const { stdout } = await mesocosm(['inspect', 'people', '#7'], folder);
    expect(stdout).toMatch(/^attributes +age \d+, gender /m);
  });

  test('inspect: --all lists every followee, otherwise the first ten', async () => {
    const log = readAgentLog(records, 16, 24, 1);
    expect(log.followees.length).toBeGreaterThan(10);
    const few = await objectOf<Card>(['inspect', 'run', '#16'], folder);
    const all = await objectOf<Card>(['inspect', 'run', '#16', '--all'], folder);
    expect([few.followees.agents.length, few.followees.count]).toEqual([10, log.followees.length]);
    expect(all.followees.agents).toEqual(
      Array.from(log.followees, (ordinal) => ({ id: externalId(records.population.ids, ordinal), ordinal })),
    );
  });

  test('inspect: an agent that is not there and a tick that is not recorded are refused', async () => {
    const agent = await mesocosm(['inspect', 'run', 'agent-l7'], folder);
    expect(agent).toMatchObject({ status: 2, stdout: '' });
    expect(agent.stderr).toMatch(/^INPUT_UNKNOWN_NAME no agent is called "agent-l7"\. Did you mean "agent-\d+"\?/);
    for (const tick of ['25', '-1']) {
      const refused = await mesocosm(['inspect', 'run', '#1', '--tick', tick], folder);
      expect(refused).toMatchObject({ status: 2, stdout: '' });
      expect(refused.stderr).toContain(`INPUT_FIELD_RANGE --tick tick ${tick} is not between 0 and 24`);
    }
  });

  function idsWith(id: string): string[] {
    return Array.from({ length: 60 }, (_, i) => (i === 0 ? id : `a${i}`));
  }
});
