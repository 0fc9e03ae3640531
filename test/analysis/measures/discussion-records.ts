/**
 * A recorded discussion made by hand: posts and replies as a data set holds them, with votes and texts where given.
 *
 * Ticks are minutes. Posts get the ids 1, 2, …, replies the ids after them, in the order given; whoever is answered stands at an earlier tick.
 * Tables are those of an import, written into a temporary folder that is removed with the process.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { noDetails } from '../../../sim/record/chunk.ts';
import { writeDataTable } from '../../../sim/record/data-table.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Records } from '../../../sim/record/reader.ts';

/** What is written. */
export interface WrittenDiscussion {
  /** [tick, author]. */
  readonly posts: readonly (readonly [number, number])[];
  /** [tick, author, id of what is answered]. */
  readonly replies: readonly (readonly [number, number, number])[];
  /** Upvotes of each reply. */
  readonly votes?: readonly number[];
  /** Texts by id. */
  readonly texts?: Readonly<Record<number, string>>;
  /** [follower, followee]. */
  readonly follows?: readonly (readonly [number, number])[];
  readonly agents?: number;
}

interface Row {
  readonly tick: number;
  readonly author: number;
  readonly target: number;
  readonly verb: number;
  readonly id: number;
}

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-discussion-'));
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

/** The records. */
export function discussionRecords(written: WrittenDiscussion): Records {
  const { posts, replies, agents = 12, follows = [] } = written;
  const rows: Row[] = [
    ...posts.map(([tick, author], at) => ({ tick, author, target: -1, verb: verbs.post, id: at + 1 })),
    ...replies.map(([tick, author, target], at) => ({
      tick,
      author,
      target,
      verb: verbs.reply,
      id: posts.length + at + 1,
    })),
  ];
  const ticks = [...Map.groupBy(rows, ({ tick }) => tick)]
    .sort(([a], [b]) => a - b)
    .map(([tick, acts]) => tickOf(tick, acts));
  const directory = mkdtempSync(join(folder, 'set-'));
  const sorted = follows.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const population = {
    count: agents,
    ids: { prefix: 'agent-', number: Int32Array.from({ length: agents }, (_, at) => at) },
    followOffset: Int32Array.from({ length: agents + 1 }, (_, agent) => sorted.filter(([from]) => from < agent).length),
    followee: Int32Array.from(sorted, ([, to]) => to),
  };
  const manifest = {
    ...{ kind: 'dataset', outcome: 'complete', tickSeconds: 60, seed: 0, plan: {}, counts: { posts: rows.length } },
    dataSet: { layer: 'reply', startMs: 0, tables: tablesOf(directory, written, rows) },
  };
  return { directory, manifest, population, head: { ticks: 1000 }, ticks: () => ticks.values() } as unknown as Records;
}

function tickOf(tick: number, acts: readonly Row[]): Partial<TickRecord> {
  return {
    ...{ tick, intentCount: acts.length, details: noDetails },
    actor: Int32Array.from(acts, ({ author }) => author),
    verb: Uint8Array.from(acts, ({ verb }) => verb),
    target: Int32Array.from(acts, ({ target }) => target),
    amount: new Int32Array(acts.length),
    result: Int32Array.from(acts, ({ id }) => id),
    outcome: new Uint8Array(acts.length).fill(outcomes.granted),
    sequence: new Uint8Array(acts.length),
    topic: new Uint8Array(acts.length),
  };
}

function tablesOf(directory: string, { posts, votes, texts }: WrittenDiscussion, rows: readonly Row[]): object[] {
  if (votes === undefined && texts === undefined) return [];
  mkdirSync(join(directory, 'tables'));
  const columns = {
    community: new Int32Array(rows.length),
    ...(votes === undefined
      ? {}
      : {
          upvotes: Int32Array.from(rows, ({ id }) => votes[id - 1 - posts.length] ?? 0),
          downvotes: new Int32Array(rows.length),
        }),
    ...(texts === undefined ? {} : { content: rows.map(({ id }) => texts[id] ?? '') }),
  };
  return [writeDataTable(directory, { name: 'posts', rows: 'posts', rowCount: rows.length, columns })];
}
