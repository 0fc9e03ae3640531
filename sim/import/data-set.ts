/**
 * Writes what an importer has gathered as a data set: a directory of the form of a run.
 *
 * Writes genesis (agents and ties), tables, events.log, head, and the manifest last, so that a directory with a manifest is whole. Agents
 * are put into canonical order; acts into the order of time, in ticks of a length that follows from the span of the data.
 * Order: everything is computed from the source's own rows; no clock, no path of this machine decides, so the same files give the
 * same digest. What the machine adds (versions, times, cost) is handed in as `about` and stands in the manifest only.
 * Invariant: the directory is refused when it holds a run or a data set. Oracle: `test/sim/import/data-set.test.ts`.
 */
import { basename, join } from 'node:path';
import { chainLink, hexOf } from '../ground/digest.ts';
import { InputError } from '../ground/errors.ts';
import { orderByKey } from '../ground/keys.ts';
import { outcomes } from '../exchange/reasons.ts';
import { makesPost, verbs } from '../exchange/verbs.ts';
import { canonicalPopulation, keysOf } from '../world/population.ts';
import { topicCount } from '../world/agents.ts';
import { noDetails, encodeDecided, encodeFrame, encodeSeen } from '../record/chunk.ts';
import { firstLinkOf } from '../record/data-set-reader.ts';
import { writeDataTable } from '../record/data-table.ts';
import { digestPopulation, sha256, writePopulation } from '../record/genesis.ts';
import { runFormat, writeManifest } from '../record/manifest.ts';
import { fileNames, makeRunDirectory, writePieces, writeWhole } from '../record/store.ts';
import { factOfFile } from './source-file.ts';
import { orderActs } from './act-order.ts';
import type { SeenRecord, TickRecord } from '../record/chunk.ts';
import type { DataSetFacts, DataSetManifest } from '../record/data-set-reader.ts';
import type { DataColumn, DataTableParts } from '../record/data-table.ts';
import type { Manifest } from '../record/manifest.ts';
import type { Head } from '../record/writer.ts';
import type { Population } from '../world/population.ts';
import type { ActOrder } from './act-order.ts';
import type { Gathered } from './gathered.ts';

/** What the machine adds to a manifest. */
export type AboutImport = Pick<Manifest, 'engine' | 'startedAt'> & {
  /** Seconds, CPU seconds and memory so far, asked for once the log is on disk. */
  readonly cost: () => Pick<Manifest, 'seconds' | 'cpuSeconds' | 'peakRssBytes'>;
};

/** Writes a data set; the caller holds the directory's lock. Returns its manifest. */
export function writeDataSet(directory: string, gathered: Gathered, about: AboutImport): DataSetManifest {
  const { population, ordinalOf } = peopleOf(gathered);
  const order = orderActs(gathered.acts);
  const span = spanOf(gathered, order);
  const files = gathered.files.map((file) => factOfFile(file));
  makeRunDirectory(directory);
  writePopulation(directory, population);
  const tables = gathered.tables.map((table) => writeDataTable(directory, arranged(table, ordinalOf, order, gathered)));
  const startMs = gathered.acts.count === 0 ? null : span.startMs;
  const populationDigest = hexOf(digestPopulation(population));
  const firstLink = firstLinkOf(populationDigest, { files, tables, startMs });
  const log = new ActLog(gathered, order, span, ordinalOf, Buffer.from(firstLink, 'hex'));
  const { bytes } = writePieces(join(directory, fileNames.events), log.frames());
  const digest = hexOf(log.link);
  const head: Head = { ticks: span.ticks, bytes, digest };
  writeWhole(join(directory, fileNames.head), JSON.stringify(head) + '\n');
  const { importer, layer } = gathered;
  const dataSet: DataSetFacts = {
    ...{ importer, layer, startMs, files, tables },
    dropped: withoutPaths(gathered.dropped),
    noted: withoutPaths([...gathered.noted, ...log.noted()]),
  };
  const manifest = manifestOf({
    ...{ gathered, about, population, span, dataSet, populationDigest, firstLink, digest, awake: log.awakeCount },
  });
  writeManifest(directory, manifest);
  return manifest;
}

/** A path of this machine says nothing elsewhere. */
function withoutPaths(rows: Gathered['dropped']): Gathered['dropped'] {
  return rows.map((row) => ({ ...row, first: { ...row.first, file: basename(row.first.file) } }));
}

interface ManifestParts {
  readonly gathered: Gathered;
  readonly about: AboutImport;
  readonly population: Population;
  readonly span: Span;
  readonly dataSet: DataSetFacts;
  readonly populationDigest: string;
  readonly firstLink: string;
  readonly digest: string;
  /** Agents that act in a tick, summed over ticks. */
  readonly awake: number;
}

function manifestOf(parts: ManifestParts): DataSetManifest {
  const { gathered, about, population, span, dataSet, populationDigest, firstLink, digest } = parts;
  const { acts } = gathered;
  const posts = acts.verb.reduce((count, verb) => count + (makesPost(verb) ? 1 : 0), 0);
  return {
    kind: 'dataset',
    format: runFormat,
    engine: about.engine,
    scenario: gathered.name,
    seed: 0,
    agents: population.count,
    ties: population.followee.length,
    ticks: span.ticks,
    tickSeconds: span.tickMs / 1000,
    plan: {},
    ...{ populationDigest, firstLink, digest, outcome: 'complete', degraded: false },
    counts: { intents: acts.count, granted: acts.count, refused: 0, posts, exposures: 0, awake: parts.awake },
    exposureSampleShare: 0,
    source: { name: gathered.name, sha256: hexOf(sha256(Buffer.from(JSON.stringify(dataSet.files)))) },
    ownVerbs: [],
    layout: 'none',
    workers: 0,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    startedAt: about.startedAt,
    ...about.cost(),
    dataSet,
  };
}

/** Agents in the order of keys, with their ties. What data do not say (interests, wakings) is 0. */
function peopleOf({ ids, ties }: Gathered): { population: Population; ordinalOf: Int32Array } {
  const count = ids.length;
  const keys = keysOf({ list: ids }, count);
  const order = orderByKey(keys.keyLo, keys.keyHi);
  const ordinalOf = new Int32Array(count);
  for (let ordinal = 0; ordinal < count; ordinal++) ordinalOf[order[ordinal]] = ordinal;
  const followOffset = new Int32Array(count + 1);
  for (const agent of ties.from) followOffset[agent + 1]++;
  for (let agent = 0; agent < count; agent++) followOffset[agent + 1] += followOffset[agent];
  const next = followOffset.slice(0, count);
  const followee = new Int32Array(ties.from.length);
  for (let tie = 0; tie < followee.length; tie++) followee[next[ties.from[tie]]++] = ties.to[tie];
  const population = canonicalPopulation({
    ...{ count, ids: { list: ids }, ...keys, followOffset, followee },
    interest: new Int8Array(count * topicCount),
    profile: new Uint16Array(count),
    profileShares: new Float64Array(24).fill(1 / 24),
    wakesPerDay: new Float32Array(count),
    policy: new Uint8Array(count),
  });
  return { population, ordinalOf };
}

/** Ticks of a data set. */
interface Span {
  readonly startMs: number;
  readonly tickMs: number;
  readonly ticks: number;
}

/** A tick is the shortest of these that needs at most `ticksMax` ticks; `amount` holds the milliseconds of 20 days, and no more than 24. */
const tickSecondsChoices = [1, 60, 600, 3600, 21_600, 86_400, 604_800, 1_728_000];
const ticksMax = 5000;

function spanOf({ acts, name }: Gathered, { momentMs }: ActOrder): Span {
  if (acts.count === 0) return { startMs: 0, tickMs: 1000, ticks: 1 };
  let first = Infinity;
  let last = -Infinity;
  for (let row = 0; row < acts.count; row++) {
    first = Math.min(first, momentMs[row]);
    last = Math.max(last, momentMs[row]);
  }
  for (const seconds of tickSecondsChoices) {
    const tickMs = seconds * 1000;
    const startMs = Math.floor(first / tickMs) * tickMs;
    const ticks = Math.floor((last - startMs) / tickMs) + 1;
    if (ticks <= ticksMax) return { startMs, tickMs, ticks };
  }
  throw new InputError({
    code: 'INPUT_FIELD_RANGE',
    place: { file: name },
    found: 'the times lie more than 273 years apart',
    next: 'Check the unit of the times: seconds since 1970, or milliseconds from 10^11 on.',
  });
}

/** Rows of a table in the order of agents' ordinals, or of posts' ids; columns of agents as ordinals. */
function arranged(table: DataTableParts, ordinalOf: Int32Array, order: ActOrder, { acts }: Gathered): DataTableParts {
  if (table.rows === 'ties') {
    const ordinals = (name: string): Int32Array => (table.columns[name] as Int32Array).map((agent) => ordinalOf[agent]);
    return { ...table, columns: { ...table.columns, follower: ordinals('follower'), followee: ordinals('followee') } };
  }
  if (table.rows === 'communities') return table;
  const rows = table.rows === 'agents' ? new Int32Array(ordinalOf.length) : postRows(order, acts.verb);
  if (table.rows === 'agents') ordinalOf.forEach((ordinal, agent) => (rows[ordinal] = agent));
  const columns = Object.entries(table.columns).map(([name, column]) => [name, taken(column, rows)]);
  return { ...table, rowCount: rows.length, columns: Object.fromEntries(columns) as DataTableParts['columns'] };
}

function postRows({ rows }: ActOrder, verb: Uint8Array): Int32Array {
  return rows.filter((row) => makesPost(verb[row]));
}

function taken(column: DataColumn, rows: Int32Array): DataColumn {
  if (column instanceof Int32Array) return Int32Array.from(rows, (row) => column[row]);
  if (column instanceof Float64Array) return Float64Array.from(rows, (row) => column[row]);
  return Array.from(rows, (row) => column[row]);
}

const nothingSeen: SeenRecord = {
  agent: new Int32Array(0),
  post: new Int32Array(0),
  origin: new Int32Array(0),
  source: new Uint8Array(0),
  position: new Uint8Array(0),
};
const sequenceMax = 199;
const amountMax = 0x7fffffff;
const pieceBytes = 1 << 20;

/** The log of a data set, tick by tick. */
class ActLog {
  link: Uint8Array;
  awakeCount = 0;
  readonly #gathered: Gathered;
  readonly #order: ActOrder;
  readonly #span: Span;
  readonly #ordinalOf: Int32Array;
  /** Id of the post that an act made. */
  readonly #postOf: Int32Array;
  readonly #lastTick: Int32Array;
  readonly #sequence: Uint8Array;
  #postCount = 0;
  #cutCount = 0;

  constructor(gathered: Gathered, order: ActOrder, span: Span, ordinalOf: Int32Array, link: Uint8Array) {
    this.#gathered = gathered;
    this.#order = order;
    this.#span = span;
    this.#ordinalOf = ordinalOf;
    this.link = link;
    this.#postOf = new Int32Array(gathered.acts.count);
    this.#lastTick = new Int32Array(ordinalOf.length).fill(-1);
    this.#sequence = new Uint8Array(ordinalOf.length);
  }

  /** Frames of all ticks, joined to pieces of about a megabyte. */
  *frames(): Generator<Uint8Array, void, undefined> {
    const { ticks, startMs, tickMs } = this.#span;
    const { rows, momentMs } = this.#order;
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    let at = 0;
    for (let tick = 0; tick < ticks; tick++) {
      const from = at;
      const endMs = startMs + (tick + 1) * tickMs;
      while (at < rows.length && momentMs[rows[at]] < endMs) at++;
      const frame = this.#frameOf(tick, rows.subarray(from, at));
      waiting.push(frame);
      waitingBytes += frame.length;
      if (waitingBytes < pieceBytes && tick < ticks - 1) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      waitingBytes = 0;
    }
  }

  /** What is worth knowing of the times. */
  noted(): DataSetFacts['noted'] {
    const { movedCount, firstMoved } = this.#order;
    const noted = [];
    if (movedCount > 0) {
      const found = `act ${firstMoved} of the source, placed at the moment of what it answers`;
      const first = { file: this.#gathered.name, found };
      noted.push({ reason: 'reply earlier than what it answers', count: movedCount, first });
    }
    if (this.#cutCount > 0) {
      const found = 'its own time is stored as 24 days before the tick in which it stands';
      const first = { file: this.#gathered.name, found };
      noted.push({ reason: 'reply more than 24 days earlier than what it answers', count: this.#cutCount, first });
    }
    return noted;
  }

  #frameOf(tick: number, rows: Int32Array): Uint8Array {
    const record = this.#recordOf(tick, rows);
    const decided = encodeDecided(record);
    const root = new Uint8Array(0);
    this.link = chainLink(sha256, this.link, tick, [decided, root]);
    return encodeFrame({ tick, decided, seen: encodeSeen(nothingSeen), root, link: this.link });
  }

  #recordOf(tick: number, rows: Int32Array): TickRecord {
    const { verb, actor, timeMs } = this.#gathered.acts;
    const tickStartMs = this.#span.startMs + tick * this.#span.tickMs;
    const before = this.#postCount;
    let awake = 0;
    const sequence = new Uint8Array(rows.length);
    const result = new Int32Array(rows.length);
    rows.forEach((row, i) => {
      const agent = actor[row];
      if (this.#lastTick[agent] !== tick) {
        this.#lastTick[agent] = tick;
        this.#sequence[agent] = 0;
        awake++;
      } else if (this.#sequence[agent] < sequenceMax) this.#sequence[agent]++;
      sequence[i] = this.#sequence[agent];
      if (makesPost(verb[row])) result[i] = this.#postOf[row] = ++this.#postCount;
    });
    this.awakeCount += awake;
    const bytes = (value: number): Uint8Array => new Uint8Array(rows.length).fill(value);
    const posts = this.#postCount - before;
    return {
      ...{
        tick,
        intentCount: rows.length,
        sequence,
        result,
        seen: nothingSeen,
        answers: new Int32Array(0),
        details: noDetails,
      },
      actor: Int32Array.from(rows, (row) => this.#ordinalOf[actor[row]]),
      target: Int32Array.from(rows, (row) => this.#targetOf(row)),
      amount: Int32Array.from(rows, (row) => this.#amountOf(timeMs[row] - tickStartMs)),
      verb: Uint8Array.from(rows, (row) => verb[row]),
      ...{ outcome: bytes(outcomes.granted), reason: bytes(0), rule: bytes(0), topic: bytes(0) },
      totals: { awake, exposures: 0, granted: rows.length, refused: 0, posts },
    };
  }

  #targetOf(row: number): number {
    const { verb, target } = this.#gathered.acts;
    if (verb[row] === verbs.post) return 0;
    return verb[row] === verbs.follow ? this.#ordinalOf[target[row]] : this.#postOf[target[row]];
  }

  #amountOf(ms: number): number {
    if (ms >= -amountMax) return ms;
    this.#cutCount++;
    return -amountMax;
  }
}
