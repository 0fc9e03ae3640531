/**
 * Adoption as start-stop rows for Cox's models: exposure as a count that grows, as the count at the end, or as recorded looks.
 *
 * Reads histories (`adoption-history.ts`) and rows of looks. Everyone is at risk of each content from its first adoption on, until it
 * adopts it. Those who adopt, and those who are exposed, all stand in the rows. Of those who do neither some may stand for all: they
 * are alike in all that the models look at, so that any of them serves, and `offset` is the log of how many each stands for. So the
 * coefficients are those of everyone, while the rows of a content follow its exposures and not the population (a case-cohort sample with
 * known weights, stratified by exposure).
 * Invariant: events are the adoptions that are no seeds.
 * Oracles: R coxph on the person-period table, `test/data/adoption.json`; all rows beside sampled ones in the test.
 * Sources: Borgan, Langholz, Samuelsen, Goldstein and Pogoda (2000, Lifetime Data Anal. 6); Barlow (1994, Biometrics 50) for the errors.
 */
import { log } from '../../sim/ground/detmath.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Covariate } from '../estimators/cox.ts';
import type { SurvivalColumns } from '../estimators/risk-sets.ts';
import type { AdoptionColumns, History } from './adoption-history.ts';
import { stretchesOf } from './adoption-spread.ts';
import type { SpreadRows } from './adoption-spread.ts';

/** Rows for `fitCox`. */
export interface StartStop {
  readonly columns: SurvivalColumns;
  /** Exposures so far. */
  readonly exposure: readonly number[];
  readonly agent: readonly number[];
  /** Log of the number of people that a row stands for. */
  readonly offset: readonly number[];
}

/** Of those who never saw a content and did not adopt it, how many stand in the rows at most; all by default. */
export interface StandIns {
  readonly countMax: number;
  readonly stream: RandomStream;
}

/** Rows of all who were at risk. */
export function startStopOf(columns: AdoptionColumns, histories: Iterable<History>, standIns?: StandIns): StartStop {
  const rows = emptyStartStop();
  const { agentCount, endTime } = columns;
  for (const history of histories) {
    const { content, start } = history;
    const seeds = new Set(history.adopter.filter((_, k) => history.isSeed[k]));
    const adoptedAt = new Map(history.adopter.map((agent, k) => [agent, history.adoptionTime[k]]));
    const firstExposure = new Map<number, number>();
    history.exposed.forEach((agent, row) => {
      if (!firstExposure.has(agent)) firstExposure.set(agent, history.exposureTime[row]);
    });
    const add = (agent: number, from: number, to: number, event: number, exposure: number, offset = 0): void => {
      if (from < to) pushRow(rows, { content, agent, from, to, event, exposure, offset });
    };
    for (const [agent, end] of adoptedAt) {
      const first = firstExposure.get(agent) ?? end;
      if (!seeds.has(agent)) add(agent, start, first, first === end ? 1 : 0, 0);
    }
    for (const [agent, first] of firstExposure) if (!adoptedAt.has(agent)) add(agent, start, first, 0, 0);
    for (const { agent, from, to, level, adopted } of stretchesOf(columns, history)) {
      if (!seeds.has(agent)) add(agent, from, to, adopted, level);
    }
    const isOther = (agent: number): boolean => !adoptedAt.has(agent) && !firstExposure.has(agent);
    const met = [...firstExposure.keys()].reduce((count, agent) => count + (adoptedAt.has(agent) ? 0 : 1), 0);
    const otherCount = agentCount - adoptedAt.size - met;
    const others = othersOf(agentCount, otherCount, isOther, standIns);
    for (const agent of others) add(agent, start, endTime, 0, 0, log(otherCount / others.length));
  }
  return rows;
}

/** All who are `isOther`, or as many as may stand for them, drawn at random. */
function othersOf(
  agentCount: number,
  otherCount: number,
  isOther: (agent: number) => boolean,
  standIns: StandIns | undefined,
): number[] {
  if (standIns === undefined || otherCount <= standIns.countMax) {
    return Array.from({ length: agentCount }, (_, agent) => agent).filter(isOther);
  }
  const drawn = new Set<number>();
  while (drawn.size < standIns.countMax) {
    const agent = standIns.stream.below(agentCount);
    if (isOther(agent)) drawn.add(agent);
  }
  return [...drawn];
}

interface GrowingStartStop {
  readonly columns: { readonly [Name in keyof Required<SurvivalColumns>]: number[] };
  readonly exposure: number[];
  readonly agent: number[];
  readonly offset: number[];
}

function emptyStartStop(): GrowingStartStop {
  return { columns: { start: [], stop: [], event: [], stratum: [] }, exposure: [], agent: [], offset: [] };
}

interface OneRow {
  readonly content: number;
  readonly agent: number;
  readonly from: number;
  readonly to: number;
  readonly event: number;
  readonly exposure: number;
  readonly offset: number;
}

function pushRow({ columns, exposure, agent, offset }: GrowingStartStop, row: OneRow): void {
  columns.start.push(row.from);
  columns.stop.push(row.to);
  columns.event.push(row.event);
  columns.stratum.push(row.content);
  exposure.push(row.exposure);
  agent.push(row.agent);
  offset.push(row.offset);
}

/** One row a person and content: the exposure that it ended with, as if it had had that from the start. */
export function finalCountOf(rows: StartStop): StartStop {
  const { start, stop, event, stratum } = rows.columns as GrowingStartStop['columns'];
  type Last = { from: number; row: number };
  const lastOf = new Map<number, Map<number, Last>>();
  rows.agent.forEach((agent, row) => {
    let ofContent = lastOf.get(stratum[row]);
    if (ofContent === undefined) lastOf.set(stratum[row], (ofContent = new Map<number, Last>()));
    const known = ofContent.get(agent);
    if (known === undefined) ofContent.set(agent, { from: start[row], row });
    else {
      known.from = Math.min(known.from, start[row]);
      if (stop[row] > stop[known.row]) known.row = row;
    }
  });
  const final = emptyStartStop();
  for (const [content, ofContent] of lastOf) {
    for (const [agent, { from, row }] of ofContent) {
      const [exposure, offset] = [rows.exposure[row], rows.offset[row]];
      pushRow(final, { content, agent, from, to: stop[row], event: event[row], exposure, offset });
    }
  }
  return final;
}

/** Rows of recorded looks: each is at risk at the moment of the look alone, beside the others who looked then; moments without adoption say nothing. */
export function lookStartStopOf({ rows }: SpreadRows, levelMax = Infinity): StartStop {
  const found = emptyStartStop();
  const { agent, content, level, adopted, time } = rows;
  const momentsOf = new Map<number, Set<number>>();
  for (let row = 0; row < rows.count; row++) {
    if (adopted[row] === 0 || level[row] > levelMax) continue;
    const moments = momentsOf.get(content[row]);
    if (moments === undefined) momentsOf.set(content[row], new Set([time[row]]));
    else moments.add(time[row]);
  }
  for (let row = 0; row < rows.count; row++) {
    if (level[row] > levelMax || momentsOf.get(content[row])?.has(time[row]) !== true) continue;
    const to = time[row];
    pushRow(found, {
      ...{ content: content[row], agent: agent[row], from: to - 0.5, to },
      ...{ event: adopted[row], exposure: level[row], offset: 0 },
    });
  }
  return found;
}

/** Forms of exposure as covariates. */
export const exposureForms = {
  linear: (exposure: readonly number[]): Covariate[] => [{ name: 'exposures', values: exposure }],
  quadratic: (exposure: readonly number[]): Covariate[] => [
    { name: 'exposures', values: exposure },
    { name: 'exposures squared', values: exposure.map((one) => one * one) },
  ],
  logarithmic: (exposure: readonly number[]): Covariate[] => [
    { name: 'log2(1 + exposures)', values: exposure.map((one) => Math.log2(1 + one)) },
  ],
} as const;
