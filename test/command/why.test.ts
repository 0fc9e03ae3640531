/**
 * `why`: what it says about an intent is what the log holds, what the lottery drew, and what the chain vouches for.
 *
 * Three runs: a small world of built-in verbs with hostile ids, a study's own verbs with exclusive places, and one of every verb with
 * moderators, limits and rules of the platform.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { actWords, hasCauseWords, named, ruleWords, validWords } from '../../scenarios/command/words.ts';
import { explain } from '../../sim/engine/explain.ts';
import { verbsOf } from '../../sim/engine/names.ts';
import { run } from '../../sim/engine/run-scenario.ts';
import { outcomes, reasonNumber, reasons, rules } from '../../sim/exchange/reasons.ts';
import { firstOwnVerb, verbs } from '../../sim/exchange/verbs.ts';
import { chainLink, hexOf } from '../../sim/ground/digest.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { draw, purposes } from '../../sim/ground/random.ts';
import { findAgent } from '../../sim/record/agent-reader.ts';
import { decodeTick, encodeDecided, encodeFrame } from '../../sim/record/chunk.ts';
import { sha256 } from '../../sim/record/genesis.ts';
import { parseIntentName, readIntentTick } from '../../sim/record/intent-reader.ts';
import { readManifest, writeManifest } from '../../sim/record/manifest.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { scenario as everyVerb } from '../fixtures/every-verb.ts';
import { smallRun } from '../sim/record/small-run.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';
import type { Explanation } from '../../sim/engine/explain.ts';
import type { Plan } from '../../sim/engine/plan.ts';
import type { Frame, TickRecord } from '../../sim/record/chunk.ts';
import type { Records } from '../../sim/record/reader.ts';

const folder = temporaryFolder();
const agentCount = 200;
const hostile = ['\u001b[31mred', 'a b', 'x\u202etxt', '5', '5:3', '\u009b2J', 'zero\u200bwidth', '#7', '__proto__'];
const ids = Array.from({ length: agentCount }, (_, i) => hostile[i] ?? `a${i}`);
let small: Records;
let own: Records;
let platform: Records;

beforeAll(async () => {
  await smallRun(join(folder, 'small'), { agents: agentCount, ticks: 20, seed: 5, ids });
  const study = join(import.meta.dirname, '../fixtures/own-code.ts');
  const lively = ['--set', 'policies=[{"share":1,"own":"lively"}]', '--set', 'feed.recommender=hot'];
  const busy = ['--set', 'tickSeconds=3600', '--set', 'population.wakesPerDayMean=60', '--index', 'none'];
  const { status } = await mesocosm(['run', study, '--allow-code', ...lively, ...busy, '--out', 'own'], folder);
  expect(status).toBe(0);
  const { directory } = await run(everyVerb, { out: join(folder, 'platform') });
  platform = openRecords(directory);
  small = openRecords(join(folder, 'small'));
  own = openRecords(join(folder, 'own'));
});

/** `tick:agent:sequence` of a row of a tick. */
function nameOf(record: TickRecord, row: number): string {
  return `${record.tick}:#${record.actor[row]}:${record.sequence[row]}`;
}

/** Explains a row of a tick. */
async function explained(records: Records, record: TickRecord, row: number): Promise<Explanation> {
  const found = readIntentTick(records, { tick: record.tick, ordinal: record.actor[row] });
  return explain(records, await verbsOf(records.manifest), found, row);
}

/** The first row of a log for which something holds. */
function firstRow(records: Records, holds: (record: TickRecord, row: number) => boolean): [TickRecord, number] {
  for (const record of records.ticks()) {
    for (let row = 0; row < record.intentCount; row++) if (holds(record, row)) return [record, row];
  }
  throw new TypeError('the log has no such row');
}

/** The id of agent `ordinal`. */
function idOf(records: Records, ordinal: number): string {
  return externalId(records.population.ids, ordinal);
}

describe('an explanation', () => {
  test('why: a refused like names actor, post, reason, what would be valid, rule, link and the rest of the turn', async () => {
    const [record, row] = firstRow(
      small,
      (one, at) => one.reason[at] === reasonNumber.ALREADY_LIKED && idOf(small, one.actor[at]).startsWith('a'),
    );
    const id = idOf(small, record.actor[row]);
    const name = `${record.tick}:${id}:${record.sequence[row]}`;
    const turn = [...record.actor].filter((one) => one === record.actor[row]).length;
    const why = await objectOf<Explanation>(['why', 'small', name], folder);
    expect(why).toMatchObject({
      ...{ intent: name, tick: record.tick, agent: { id, ordinal: record.actor[row] }, by: 'agent', verb: 'like' },
      ...{ outcome: 'refused', reason: 'ALREADY_LIKED', rule: 'onceOnly', ruleNumber: rules.onceOnly },
      ...{ time: { secondsFromStart: record.tick * 1800 }, counters: [], operations: [], resolver: 'rules' },
      target: { kind: 'post', post: { id: record.target[row] } },
    });
    expect(why.others).toHaveLength(turn - 1);
    const { stdout } = await mesocosm(['why', 'small', name], folder);
    const author = why.target.kind === 'post' ? (why.target.post.author?.id ?? '') : '';
    for (const words of [id, named(author), 'refused: ALREADY_LIKED', validWords('ALREADY_LIKED'), why.chain.link])
      expect(stdout).toContain(words);
  });

  test('why: tick:agent lists every intent of that agent in that tick, one a line, in the order of the log', async () => {
    const [record, row] = firstRow(small, (one, at) => one.actor[at] === one.actor[at + 2]);
    const rows = Array.from(record.actor.keys()).filter((at) => record.actor[at] === record.actor[row]);
    const whole = `${record.tick}:#${record.actor[row]}`;
    const { intents } = await objectOf<{ intents: { sequence: number }[] }>(['why', 'small', whole], folder);
    expect(intents.map((one) => one.sequence)).toEqual(rows.map((at) => record.sequence[at]));
    const { stdout } = await mesocosm(['why', 'small', whole], folder);
    expect(stdout.trim().split('\n')).toHaveLength(rows.length + 1);
  });

  test('explain: counters before and after are those that counting over the log with objects gives', async () => {
    const counts = new Map<string, number>();
    const origins = new Map<number, number>();
    small.population.followee.forEach((one) =>
      counts.set(`followers ${one}`, (counts.get(`followers ${one}`) ?? 0) + 1),
    );
    const kinds = new Map<number, string>([
      ...([
        [verbs.like, 'likes'],
        [verbs.reply, 'replies'],
        [verbs.repost, 'shares'],
      ] as const),
      ...([
        [verbs.quote, 'shares'],
        [verbs.follow, 'followers'],
        [verbs.unfollow, 'followers'],
      ] as const),
    ]);
    const keyOf = (record: TickRecord, row: number): string | undefined => {
      const kind = kinds.get(record.verb[row]);
      if (kind === undefined || record.outcome[row] !== outcomes.granted) return undefined;
      const target = record.target[row];
      return `${kind} ${kind === 'followers' ? target : String(origins.get(target))}`;
    };
    let compared = 0;
    for (const record of small.ticks()) {
      const before = new Map(counts);
      const keys = Array.from(record.actor, (_, row) => keyOf(record, row));
      keys.forEach((key, row) => {
        const step = record.verb[row] === verbs.unfollow ? -1 : 1;
        if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + step);
        const isRepost = record.verb[row] === verbs.repost;
        origins.set(record.result[row], isRepost ? (origins.get(record.target[row]) ?? 0) : record.result[row]);
      });
      for (const [row, key] of keys.entries()) {
        if (key === undefined || (row + record.tick) % 7 !== 0) continue;
        const { counters } = await explained(small, record, row);
        const [from, to] = [before.get(key) ?? 0, counts.get(key) ?? 0];
        const expected = {
          of: key.startsWith('followers') ? 'agent' : 'post',
          name: key.split(' ')[0],
          before: from,
          after: to,
        };
        expect(counters).toEqual([expected]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  test('explain: what an intent made is the post that the log names, by its author, in its tick', async () => {
    const [record, row] = firstRow(small, (one, at) => one.verb[at] === verbs.quote && one.tick > 3);
    const { made } = await explained(small, record, row);
    const author = { id: idOf(small, record.actor[row]), ordinal: record.actor[row] };
    expect(made).toEqual({ id: record.result[row], author, tick: record.tick, madeBy: 'quote' });
  });

  test('explain: an item of the feed that was acted on is found at its place', async () => {
    const [record, row] = firstRow(small, (one, at) => one.verb[at] === verbs.like);
    const { seen } = await explained(small, record, row);
    const at = (seen?.position ?? 0) - 1;
    const { agent, post, position } = record.seen;
    const place = [...agent.keys()].find((k) => agent[k] === record.actor[row] && position[k] === at);
    expect(post[place ?? -1]).toBe(record.target[row]);
  });
});

describe('the platform', () => {
  test('why: an act of the platform names its rule with version and threshold, and a ban its end', async () => {
    const [record, row] = firstRow(
      platform,
      (one, at) => one.actor[at] === 120 && one.verb[at] === verbs.ban && one.outcome[at] === outcomes.granted,
    );
    const name = `${record.tick}:(platform):${record.sequence[row]}`;
    const why = await objectOf<Explanation>(['why', 'platform', name], folder);
    expect(why).toMatchObject({ by: 'platform', rule: 'three-reports', moderation: { reports: 3 }, amount: 2 });
    expect(why.endTick).toBe(record.tick + 1 + 4);
    const { stdout } = await mesocosm(['why', 'platform', name], folder);
    expect(stdout).toMatch(/^rule +three-reports \(101\): the platform’s own rule, version 1: ban after 3 reports;/m);
    expect(stdout).toMatch(/^attempt +ban agent-\d+ for 2 h$/m);
  });

  test('explain: reports of a content grow to the threshold before the platform labels it', async () => {
    const [record, row] = firstRow(platform, (one, at) => one.actor[at] === 120 && one.verb[at] === verbs.label);
    const [before] = readIntentTick(platform, { tick: record.tick, ordinal: 120 }).counters.slice(
      row - record.actor.indexOf(120),
    );
    expect(before.before.reports).toBeGreaterThanOrEqual(2);
  });

  test('explain: who reached a limit is told from which tick there is a place again', async () => {
    const [record, row] = firstRow(platform, (one, at) => one.reason[at] === reasonNumber.QUOTA_REACHED);
    const { endTick, rule, operations } = await explained(platform, record, row);
    expect([rule, operations]).toEqual(['quota', []]);
    expect(endTick).toBeGreaterThan(record.tick);
    expect(endTick).toBeLessThanOrEqual(record.tick + 4);
  });

  test('explain: each built-in verb but nothing has words of its own, and each reason that occurs has a cause', () => {
    const occurring = new Set<number>();
    for (const { reason } of platform.ticks()) for (const one of reason) occurring.add(one);
    expect(occurring.size).toBeGreaterThan(15);
    const target = { kind: 'none' } as const;
    for (const verb of Object.keys(verbs)) expect(actWords({ verb, target, amount: 0 })).not.toMatch(/^use the verb/);
  });
});

describe('exclusive places', () => {
  test('explain: ranks follow draws that depend on seed, tick, key and sequence alone, and the first places are granted', async () => {
    let lost = 0;
    for (const record of own.ticks()) {
      for (let row = 0; row < record.intentCount; row++) {
        if (record.reason[row] !== reasonNumber.LOTTERY_LOST || lost >= 25) continue;
        lost++;
        const { contest, rule, outcome, target } = await explained(own, record, row);
        const rivals = [...record.actor.keys()].filter(
          (at) => record.verb[at] === record.verb[row] && record.target[at] === record.target[row],
        );
        const reached = rivals.filter(
          (at) => record.reason[at] === 0 || record.reason[at] === reasonNumber.LOTTERY_LOST,
        );
        const lots = reached.map((at) => drawOf(record, at)).sort((x, y) => x - y);
        expect([contest?.places, contest?.contenderCount, rule, outcome]).toEqual([
          2,
          reached.length,
          'exclusivePlaces',
          'refused',
        ]);
        expect(contest?.order.map((one) => one.draw)).toEqual(lots);
        expect(contest?.order.map((one) => one.granted)).toEqual(lots.map((_, i) => i < 2));
        expect(contest?.draw).toBe(drawOf(record, row));
        expect(contest?.rank).toBe(lots.indexOf(drawOf(record, row)) + 1);
        expect(target.kind).toBe('post');
      }
    }
    expect(lost).toBe(25);
  });

  function drawOf(record: TickRecord, row: number): number {
    const { keyLo, keyHi } = own.population;
    const key = { lo: keyLo[record.actor[row]], hi: keyHi[record.actor[row]] };
    return draw(own.manifest.seed, record.tick, key, purposes.lottery, record.sequence[row]);
  }

  test('why: words name contenders, places, rank and draw, and what the verb did', async () => {
    const [record, row] = firstRow(
      own,
      (one, at) => one.verb[at] === firstOwnVerb && one.outcome[at] === outcomes.granted && one.tick > 1,
    );
    const { contest } = await explained(own, record, row);
    const { stdout } = await mesocosm(['why', 'own', nameOf(record, row)], folder);
    expect(stdout).toMatch(new RegExp(`contest +${contest?.contenderCount} attempts? for 2 places`));
    expect(stdout).toContain(`rank ${contest?.rank} of ${contest?.contenderCount}`);
    expect(stdout).toContain(`added 1 to goods of ${idOf(own, record.actor[row])}`);
  });

  test('why: without the study’s module places of a lost lottery are known, and targets are numbers', async () => {
    cpSync(join(folder, 'own'), join(folder, 'moved'), { recursive: true });
    const manifest = readManifest<Plan>(join(folder, 'moved'));
    writeManifest(join(folder, 'moved'), {
      ...manifest,
      plan: { ...manifest.plan, module: 'file:///nowhere/study.ts' },
    });
    const [record, row] = firstRow(own, (one, at) => one.reason[at] === reasonNumber.LOTTERY_LOST);
    const { status, stdout, stderr } = await mesocosm(['why', 'moved', nameOf(record, row), '--json'], folder);
    const target = { kind: 'number', number: record.target[row] };
    expect(JSON.parse(stdout)).toMatchObject({ verb: 'grab', target, contest: { places: 2 } });
    expect([status, stderr]).toEqual([0, expect.stringContaining('is not there any more')]);
  });

  test('why: code that stands in the manifest itself is not run', async () => {
    cpSync(join(folder, 'own'), join(folder, 'planted'), { recursive: true });
    const manifest = readManifest<Plan>(join(folder, 'planted'));
    const module = `data:text/javascript,process.stdout.write('PLANTED');export const scenario={}`;
    writeManifest(join(folder, 'planted'), { ...manifest, plan: { ...manifest.plan, module } });
    const [record, row] = firstRow(own, (one, at) => one.verb[at] >= firstOwnVerb);
    const { status, stdout } = await mesocosm(['why', 'planted', nameOf(record, row)], folder);
    expect(status).toBe(0);
    expect(stdout).not.toContain('PLANTED');
  });
});

describe('names of intents', () => {
  test('why: an intent that does not exist is refused with those that do, or the nearest ticks', async () => {
    const [record, row] = firstRow(small, (one) => one.tick > 2);
    const id = named(idOf(small, record.actor[row]));
    const sequence = await mesocosm(['why', 'small', `${record.tick}:#${record.actor[row]}:99`], folder);
    expect(sequence).toMatchObject({ status: 2, stdout: '' });
    expect(sequence.stderr).toMatch(
      /^INPUT_UNKNOWN_NAME .* has no intent 99 in tick \d+\. Its intents of that tick: .*granted/,
    );
    const idle = [...small.ticks()].find((one) => one.tick > 2 && !one.actor.includes(record.actor[row]));
    const none = await mesocosm(['why', 'small', `${idle?.tick}:#${record.actor[row]}:0`], folder);
    expect(none.stderr).toContain(`${id} attempted nothing in tick ${idle?.tick}. The nearest ticks in which it did: `);
    const near = /did: ([\d, ]+)\./.exec(none.stderr)?.[1]?.split(', ').map(Number) ?? [];
    expect(near).toContain(record.tick);
  });

  test('parseIntentName: ids with colons, digits and a sharp sign are told apart, or refused as ambiguous', () => {
    const called = (id: string): number => findAgent(small.population, id) ?? -1;
    expect(parseIntentName(small, '3:a50:2')).toEqual({ tick: 3, ordinal: called('a50'), sequence: 2 });
    expect(parseIntentName(small, '3:5')).toEqual({ tick: 3, ordinal: called('5'), sequence: undefined });
    expect(parseIntentName(small, '3:5:3:1')).toEqual({ tick: 3, ordinal: called('5:3'), sequence: 1 });
    expect(() => parseIntentName(small, '3:5:3')).toThrow(/INPUT_USAGE.*names an agent, and an intent of another/);
    expect(parseIntentName(small, '3:#7')).toMatchObject({ ordinal: called('#7') });
    expect(parseIntentName(small, '3:#8')).toMatchObject({ ordinal: 8 });
    for (const text of ['', '3', 'x:a50:1', '3:', ':a50:1'])
      expect(() => parseIntentName(small, text)).toThrow(/INPUT_USAGE/);
    expect(() => parseIntentName(small, '20:a50:1')).toThrow(/INPUT_FIELD_RANGE tick 20 is not between 0 and 19/);
    expect(() => parseIntentName(small, '3:a5O:1')).toThrow(/INPUT_UNKNOWN_NAME no agent is called "a5O"/);
    expect(() => parseIntentName(small, '3:__proto:1')).toThrow(/INPUT_UNKNOWN_NAME/);
  });
});

describe('the chain', () => {
  test('readIntentTick: the link of a tick is the hash of the link before it and of what the tick decided', () => {
    const frames = [...small.frames()];
    for (const tick of [0, 7, 19]) {
      const { chain } = readIntentTick(small, { tick, ordinal: 0 });
      const { decided, root } = frames[tick];
      const link = chainLink(sha256, Buffer.from(chain.previous, 'hex'), tick, [decided, root]);
      expect([chain.number, chain.link, chain.verifiedCount]).toEqual([tick + 1, hexOf(link), 20]);
    }
  });

  test('readIntentTick: a record that is edited or taken out of any tick is damage, whichever tick is asked for', () => {
    for (let tick = 0; tick < 20; tick++) {
      for (const change of [editedRecord, shorterRecord, undefined] as const) {
        const asked = (tick * 7 + 3) % 20;
        expect(codeOf(() => readIntentTick(forged('small', tick, change, false), { tick: asked, ordinal: 0 }))).toBe(
          'INPUT_STORE_DAMAGED',
        );
      }
    }
  });

  test('readIntentTick: an edit of the last tick with checksum, link and head made to fit is damage by the manifest', () => {
    const records = forged('small', 19, editedRecord, true);
    expect(codeOf(() => readIntentTick(records, { tick: 2, ordinal: 0 }))).toBe('INPUT_STORE_DAMAGED');
    expect([...records.ticks()]).toHaveLength(20);
  });

  test('why: a flipped bit anywhere after the intent gives exit 4', async () => {
    cpSync(join(folder, 'small'), join(folder, 'flipped'), { recursive: true });
    const file = join(folder, 'flipped', 'events.log');
    const bytes = readFileSync(file);
    bytes[bytes.length - 900] ^= 4;
    writeFileSync(file, bytes);
    const { status, stdout, stderr } = await mesocosm(['why', 'flipped', '0:#0'], folder);
    expect([status, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/^INPUT_STORE_DAMAGED flipped\/events\.log/);
  });

  test('why: a manifest with another seed, under which the lottery would read otherwise, gives exit 4', async () => {
    cpSync(join(folder, 'own'), join(folder, 'reseeded'), { recursive: true });
    const file = join(folder, 'reseeded', 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"seed": \d+/, '"seed": 99'));
    expect(await mesocosm(['why', 'reseeded', '1:#0'], folder)).toMatchObject({ status: 4, stdout: '' });
  });

  function editedRecord(record: TickRecord): TickRecord {
    return { ...record, amount: record.amount.map((one, i) => (i === 0 ? one + 1 : one)) };
  }

  function shorterRecord(record: TickRecord): TickRecord {
    return { ...record, intentCount: record.intentCount - 1 };
  }

  /** A copy of a run in which one tick is another, with a checksum that fits, or is missing; `isChained` makes link and head fit too. */
  function forged(
    run: string,
    tick: number,
    change: ((one: TickRecord) => TickRecord) | undefined,
    isChained: boolean,
  ): Records {
    const copy = join(folder, 'forged');
    rmSync(copy, { recursive: true, force: true });
    cpSync(join(folder, run), copy, { recursive: true });
    const frames = [...openRecords(copy).frames()];
    const one = frames[tick];
    if (change === undefined) frames.splice(tick, 1);
    else frames[tick] = forgedFrame(one, change, isChained ? frames[tick - 1].link : undefined);
    const log = Buffer.concat(frames.map((frame) => encodeFrame(frame)));
    writeFileSync(join(copy, 'events.log'), log);
    const digest = hexOf((frames.at(-1) as Frame).link);
    writeFileSync(join(copy, 'head'), JSON.stringify({ ticks: frames.length, bytes: log.length, digest }));
    return openRecords(copy);
  }

  function forgedFrame(frame: Frame, change: (one: TickRecord) => TickRecord, previous: Uint8Array | undefined): Frame {
    const decided = encodeDecided(change(decodeTick(frame)));
    if (previous === undefined) return { ...frame, decided };
    return { ...frame, decided, link: chainLink(sha256, previous, frame.tick, [decided, frame.root]) };
  }

  function codeOf(attempt: () => unknown): string {
    try {
      attempt();
    } catch (error) {
      if (error instanceof InputError) return error.problems[0].code;
      throw error;
    }
    return 'none';
  }
});

describe('words', () => {
  test('words: every reason has a sentence for what happened and one for what would be valid, every rule one', () => {
    for (const reason of Object.keys(reasons)) {
      expect([reason, hasCauseWords(reason)]).toEqual([reason, true]);
      expect(validWords(reason)).not.toBe('');
    }
    for (const rule of Object.keys(rules)) expect(ruleWords(rule)).not.toBe(`the rule ${rule}`);
  });

  test('actWords: a verb without words of its own reads as a verb, with its target and amount', () => {
    const agent = { id: 'bob', ordinal: 1 };
    const target = { kind: 'agent', agent, number: 1 } as const;
    expect(actWords({ verb: 'barter', target, amount: 3 })).toBe('use the verb barter on bob, amount 3');
    expect(actWords({ verb: 'toString', target: { kind: 'none' }, amount: 0 })).toBe('use the verb toString');
  });

  const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

  test('why: ids that would drive a terminal are written out, in words and in JSON, and JSON gives them back', async () => {
    for (const id of hostile.filter((one) => unsafe.test(one))) {
      expect(named(id)).not.toMatch(unsafe);
      const ordinal = findAgent(small.population, id) ?? -1;
      const [record] = firstRow(small, (one, at) => one.actor[at] === ordinal);
      const words = await mesocosm(['why', 'small', `${record.tick}:${id}`], folder);
      const json = await mesocosm(['why', 'small', `${record.tick}:#${ordinal}`, '--json'], folder);
      expect([words.status, json.status]).toEqual([0, 0]);
      expect(words.stdout.replaceAll('\n', '')).not.toMatch(unsafe);
      expect(json.stdout.replaceAll(/[\n\u200b]/g, '')).not.toMatch(unsafe);
      expect((JSON.parse(json.stdout) as { agent: { id: string } }).agent.id).toBe(id);
    }
  });
});
