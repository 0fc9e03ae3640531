/**
 * One agent's story for a report: who it is, all that it attempted and what became of it, and what it was shown.
 *
 * Reads the log once for the acts and once for the looks. Unless somebody names another, the agent is the one through whom the largest
 * cascade reached most others, its author aside: prominent authors post and do little else, so their stories are short.
 * Order: tick by tick, what was seen before what was done, as in the run. Bound: 300 rows of the table; the note says of how many.
 */
import { sources } from '../../sim/exchange/tables.ts';
import { Names, verbsOf } from '../../sim/engine/names.ts';
import { agentCalled, readAgentLog } from '../../sim/record/agent-reader.ts';
import { persona } from '../../sim/world/persona.ts';
import { actWords, postWords, rulingWords } from './words.ts';
import type { SharingColumns } from '../../analysis/estimators/cascade.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { FigureSource } from '../../viz/figures/source.ts';
import type { Block, Cell } from '../../viz/report.ts';

const [rowMax, itemsNamed] = [300, 3];

/** The blocks of the story; none where nobody did anything. */
export async function storyBlocks(source: FigureSource, wanted: string | undefined): Promise<Block[]> {
  const { records } = source;
  const { largest, sharing } = source;
  if (wanted === undefined && largest === undefined) return [];
  const ordinal =
    wanted === undefined ? spreaderOf(sharing.columns, largest?.rows ?? []) : agentCalled(records.population, wanted);
  const log = readAgentLog(records, ordinal, records.head.ticks, Number.MAX_SAFE_INTEGER);
  const names = new Names(records.population, await verbsOf(records.manifest), log.posts);
  const looks = looksOf(records, ordinal);
  const hours = (tick: number): number => tick * source.hoursPerTick;
  const seen = [...looks.byTick].map(([tick, items]) => ({
    tick,
    cells: [
      'was shown',
      `${items.length} items: ${items
        .slice(0, itemsNamed)
        .map(({ post, why }) => `${postWords(names.post(post))} (${why})`)
        .join('; ')}${items.length > itemsNamed ? ' …' : ''}`,
      '',
    ],
  }));
  const acts = log.before.map((logged) => {
    const act = names.act(ordinal, logged);
    return { tick: logged.tick, cells: ['attempted', actWords(act), rulingWords(act)] };
  });
  const rows = [...seen, ...acts].sort((a, b) => a.tick - b.tick);
  const isKept = records.manifest.exposureSampleShare === 1 || looks.byTick.size > 0;
  return [
    { kind: 'heading', level: 2, text: `One agent: ${source.agentName(ordinal)}`, anchor: 'one-agent' },
    {
      kind: 'paragraph',
      text: `${wanted === undefined ? 'Through this agent the largest cascade reached most others, its author aside. ' : ''}${source.isDataSet ? '' : persona(records.population, ordinal)}`,
    },
    {
      kind: 'paragraph',
      text:
        `At the end ${log.followers.length} follow it and it follows ${log.followees.length}. Of ${acts.length} acts that it attempted ${log.refusalCount} were refused. ` +
        (isKept
          ? `It was shown ${looks.count} items.`
          : 'What it was shown was not kept: it is not among the agents drawn for that. Run with --set exposureSampleShare=1 to keep it of everyone.'),
    },
    {
      kind: 'table',
      caption: 'What it was shown, what it did, and what became of it',
      columns: [
        { name: 'tick', align: 'right' },
        { name: 'time', unit: 'hours', align: 'right', decimals: 2 },
        { name: 'what', align: 'left' },
        { name: 'in words', align: 'left' },
        { name: 'ruling', align: 'left' },
      ],
      rows: rows.slice(0, rowMax).map(({ tick, cells }): Cell[] => [tick, hours(tick), ...cells]),
      notes:
        rows.length > rowMax ? [`The first ${rowMax} of ${rows.length} rows; mesocosm inspect tells the rest.`] : [],
    },
  ];
}

/** Who has most rows below its own in a cascade, without the author of the first one; among equals who shares most elsewhere. */
function spreaderOf({ parent, author }: SharingColumns, [root = 0, ...rows]: readonly number[]): number {
  const shares = new Map<number, number>();
  for (const who of author) shares.set(who, (shares.get(who) ?? 0) + 1);
  const score = new Map<number, number>();
  const add = (who: number, amount: number): void => {
    if (who !== author[root]) score.set(who, (score.get(who) ?? 0) + amount);
  };
  for (const row of rows) {
    add(author[row], (shares.get(author[row]) ?? 0) / (author.length + 1));
    add(author[parent[row]], 1);
  }
  const [best] = [...score].sort(([a, one], [b, other]) => other - one || a - b);
  return best === undefined ? author[root] : best[0];
}

interface Looks {
  readonly count: number;
  readonly byTick: ReadonlyMap<number, readonly { readonly post: number; readonly why: string }[]>;
}

/** What the feed showed an agent, tick by tick, and why. */
function looksOf(records: Records, ordinal: number): Looks {
  const whys = new Map(Object.entries(sources).map(([name, number]): [number, string] => [number, name]));
  const byTick = new Map<number, { post: number; why: string }[]>();
  let count = 0;
  for (const { tick, seen } of records.ticks()) {
    const first = seen.agent.indexOf(ordinal);
    if (first < 0) continue;
    const items: { post: number; why: string }[] = [];
    for (let row = first; seen.agent[row] === ordinal; row++)
      items.push({ post: seen.post[row], why: whys.get(seen.source[row]) ?? 'unknown' });
    byTick.set(tick, items);
    count += items.length;
  }
  return { count, byTick };
}
