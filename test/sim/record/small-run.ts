/**
 * Small recorded runs for tests of what reads records: made by the engine itself, in a directory with all its files, or with a
 * log written by hand for what the engine's rules do not bring about.
 *
 * Writes the directory; the same order gives the same log. From some 200 agents and 20 ticks on every built-in verb occurs,
 * likes, reposts and follows both granted and refused.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { chainLink, hexOf } from '../../../sim/ground/digest.ts';
import { encodeDecided, encodeFrame, encodeSeen } from '../../../sim/record/chunk.ts';
import { sha256 } from '../../../sim/record/genesis.ts';
import { readManifest, writeManifest } from '../../../sim/record/manifest.ts';
import { fileNames } from '../../../sim/record/store.ts';
import { appendText, encodeText } from '../../../sim/world/texts.ts';
import { LogWriter } from '../../../sim/record/writer.ts';
import { generateAttributes } from '../../../sim/world/generate.ts';
import { canonicalPopulation, keysOf } from '../../../sim/world/population.ts';
import { audienceGraph } from '../../../sim/social-graph/audience-graph.ts';
import { recordRun } from '../../../sim/engine/run.ts';
import { smallPlan } from '../worlds.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { Detail } from '../../../sim/exchange/details.ts';
import type { DetailRecord, TickRecord } from '../../../sim/record/chunk.ts';
import type { Manifest } from '../../../sim/record/manifest.ts';

/** How small. */
export interface SmallRunOrder {
  readonly agents: number;
  readonly ticks: number;
  readonly seed: number;
  /** Share of agents whose exposures are recorded; all by default. */
  readonly exposureSampleShare?: number;
  readonly workers?: number;
  /** Followees an agent has on average. */
  readonly followsMean?: number;
  /** External ids; `a0`, `a1`, … by default. Those of a list may be any texts. */
  readonly ids?: readonly string[];
}

/** Simulates a small population and records it in `directory`, which must hold no run yet. */
export function smallRun(directory: string, order: SmallRunOrder): Promise<Manifest> {
  return recordRun({
    compiled: { plan: planOf(order), population: smallPopulation(order) },
    placement: { workers: order.workers ?? 1, layout: 'degree', mergeTicks: 7 },
    directory,
    source: { name: 'small-run.ts', sha256: '' },
    exposureSampleShare: order.exposureSampleShare ?? 1,
  });
}

function smallPopulation({ agents, seed, ids, followsMean }: SmallRunOrder): Population {
  const attributes = generateAttributes(seed, {
    count: agents,
    idPrefix: 'a',
    wakesPerDayMean: 48,
    activitySpread: 0.5,
    focusShare: 0.6,
    profileShares: new Float64Array(24).fill(1 / 24),
  });
  const graphOrder = { followsMean: followsMean ?? 6, audienceSpread: 1.2, homophilyShare: 0.5 };
  const graph = audienceGraph(seed, attributes, graphOrder);
  if (ids === undefined) return canonicalPopulation({ ...attributes, ...graph });
  const named = { ...attributes, ids: { list: ids }, ...keysOf({ list: ids }, agents) };
  return canonicalPopulation({ ...named, ...graph });
}

function planOf({ agents, ticks, seed }: SmallRunOrder): Plan {
  const parameters = {
    ...{ intercept: -3, interestWeight: 2, socialWeight: 0.2, fatiguePerExposure: 0.2, capShare: 0.6 },
    ...{
      quoteRatio: 0.2,
      replyRatio: 0.3,
      likeRatio: 0.5,
      dislikeRatio: 0,
      reportRatio: 0,
      postShare: 0.3,
      followShare: 0.2,
      unfollowShare: 0.2,
    },
  };
  return smallPlan({
    ...{ scenario: 'small-run', seed, ticks },
    policies: [{ kind: 'rules', parameters }],
    postCapacity: 1 << Math.max(10, 35 - Math.clz32(agents)),
  });
}

/** Rows of a log by hand: an intent each, in canonical order. What is left out is 0, the outcome granted. */
export type HandIntent = Partial<Record<keyof typeof intentDefaults, number>> & {
  readonly actor: number;
  readonly detail?: Detail;
};

const intentDefaults = {
  ...{ actor: 0, target: 0, amount: 0, result: 0, verb: 0, sequence: 0, outcome: 1, reason: 0, rule: 0, topic: 0 },
};

/** One tick by hand. */
export interface HandTick {
  readonly intents: readonly HandIntent[];
  /** Seven words each: ordinal, sequence, status, four words. */
  readonly answers?: readonly number[];
}

/** Replaces the log of a recorded run by one that was written by hand, with a manifest and a head that fit it. */
export async function replaceLog(
  directory: string,
  ticks: readonly HandTick[],
  ownVerbs: string[] = [],
): Promise<void> {
  const manifest = readManifest(directory);
  rmSync(join(directory, fileNames.events));
  let link: Uint8Array = Buffer.from(manifest.firstLink, 'hex');
  const writer = await LogWriter.create(directory, link);
  const root = new Uint8Array(0);
  const counts = { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 };
  for (const [tick, hand] of ticks.entries()) {
    const record = recordOf(tick, hand);
    const decided = encodeDecided(record);
    link = chainLink(sha256, link, tick, [decided, root]);
    await writer.push(encodeFrame({ tick, decided, seen: encodeSeen(record.seen), root, link }), link);
    counts.intents += record.intentCount;
    for (const name of ['granted', 'refused', 'posts'] as const) counts[name] += record.totals[name];
  }
  await writer.close();
  writeManifest(directory, { ...manifest, ownVerbs, counts, ticks: ticks.length, digest: hexOf(link) });
}

function recordOf(tick: number, { intents, answers }: HandTick): TickRecord {
  const rows = intents.map((intent) => ({ ...intentDefaults, ...intent }));
  const words = (name: keyof typeof intentDefaults): Int32Array => Int32Array.from(rows, (row) => row[name]);
  const octets = (name: keyof typeof intentDefaults): Uint8Array => Uint8Array.from(rows, (row) => row[name]);
  const none = { words: new Int32Array(0), octets: new Uint8Array(0) };
  const granted = rows.filter(({ outcome }) => outcome === 1);
  const posts = granted.filter(({ result }) => result > 0).length;
  return {
    ...{ tick, intentCount: rows.length },
    ...{ actor: words('actor'), target: words('target'), amount: words('amount'), result: words('result') },
    ...{ verb: octets('verb'), sequence: octets('sequence'), outcome: octets('outcome'), reason: octets('reason') },
    ...{ rule: octets('rule'), topic: octets('topic'), answers: Int32Array.from(answers ?? []) },
    details: detailsOf(intents),
    totals: { awake: rows.length, exposures: 0, granted: granted.length, refused: rows.length - granted.length, posts },
    seen: { agent: none.words, post: none.words, origin: none.words, source: none.octets, position: none.octets },
  };
}

function detailsOf(intents: readonly HandIntent[]): DetailRecord {
  const rows = intents.flatMap(({ detail }, row) => (detail === undefined ? [] : [{ row, ...detail }]));
  const texts = { words: new Int32Array(4096), used: new Int32Array(1) };
  const refs = rows.map(({ text }) => (text === undefined ? 0 : appendText(texts, encodeText(text))));
  return {
    row: Int32Array.from(rows, ({ row }) => row),
    argument: Int32Array.from(rows, ({ argument }) => argument ?? -1),
    price: Int32Array.from(rows, ({ price }) => price ?? 0),
    text: Int32Array.from(refs),
    texts: texts.words.slice(0, texts.used[0]),
  };
}
