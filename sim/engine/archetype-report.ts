/**
 * What a run publishes of its archetypes: `archetypes.json` in its directory, with K, M, every share and its interval, and what audits found.
 *
 * A file of its own, because it is a reading of the state at the end and no record of what happened: the calls stand in the logs. It is
 * written again whenever the run goes on. Reads the state; order: policies, groups, contexts. Sources of the intervals: `divergence.ts`.
 */
import { join } from 'node:path';
import { answerWeight, choicesMax } from '../world/archetypes.ts';
import { wilsonInterval, meanInterval } from '../policy/archetypes/divergence.ts';
import { cellRow, isTail, nodeRow, standingArchetypes } from '../policy/archetypes/set.ts';
import { writeWhole } from '../record/store.ts';
import { groupDivergence } from './archetypes.ts';
import { divergenceSoFar, judgeReport } from './judge-archetypes.ts';
import type { ArchetypeCellRow, Archetypes, AuditRow } from '../world/archetypes.ts';
import type { Interval } from '../policy/archetypes/divergence.ts';
import type { ArchetypeSet } from '../policy/archetypes/set.ts';
import type { Divergence, JudgeReport } from './judge-archetypes.ts';
import type { JudgeDesk } from './judging.ts';
import type { Shard } from './shard.ts';

/** One share with its interval of 95 %: Wilson's of single acts, that of the mean of weights. */
export interface ReportedShare {
  readonly act: string;
  readonly share: number;
  readonly interval: Interval;
}

/** A group: who it is, whether it stands, and what it chooses. */
export interface ReportedArchetype {
  readonly archetype: number;
  readonly values: Readonly<Record<string, string>>;
  readonly members: number;
  /** Asked as one, split into others, or asked agent by agent. */
  readonly state: 'asked' | 'split' | 'tail';
  readonly splitTick?: number;
  readonly contexts: readonly {
    readonly context: string;
    readonly askedTick: number;
    readonly answers: number;
    readonly shares: readonly ReportedShare[];
  }[];
  /** Audited decisions, and the Jensen–Shannon divergence in bits with what chance would give. */
  readonly audits: { readonly looks: number; readonly bits: number; readonly chanceBits: number };
}

/** The archetypes of one policy. `archetypeCount` is K, `samples` M. */
export interface ReportedPolicy {
  readonly policy: number;
  readonly archetypeCount: number;
  readonly samples: number;
  readonly contextCount: number;
  readonly callsPerAsking: number;
  readonly everyTicks: number;
  readonly reads: 'act' | 'weights';
  readonly archetypes: readonly ReportedArchetype[];
}

/** All policies with archetypes, and audits tick by tick over all of them. */
export interface ArchetypeReport {
  readonly ticks: number;
  readonly policies: readonly ReportedPolicy[];
  readonly audits: readonly { readonly tick: number; readonly looks: number; readonly bits: number }[];
  /** What the judge of free words has of archetypes. */
  readonly judge?: JudgeReport;
}

/** Writes the report of a run that has archetypes; others have no such file. */
export function writeArchetypes(directory: string, main: Shard, ticks: number, desk: JudgeDesk | undefined): void {
  if (main.archetypes.length === 0 && desk?.book === undefined) return;
  const judge = desk?.book === undefined ? {} : { judge: judgeReport(desk.book) };
  const report: ArchetypeReport = { ...archetypeReport(main, ticks), ...judge };
  writeWhole(join(directory, 'archetypes.json'), `${JSON.stringify(report, null, 1)}\n`);
}

/** Divergence of audits as far as it is known while a run goes on: of the judge's archetypes and of those of policies. */
export function liveDivergence(
  { archetypes: sets, state }: Shard,
  desk: JudgeDesk | undefined,
): Divergence | undefined {
  const parts = sets.flatMap((set) =>
    set.grouping.nodes.map((_, node): Divergence => {
      const { looks, bits, chanceBits } = groupDivergence(set, state.archetypes, nodeRow(set, node));
      return { audits: looks, bits, chanceBits };
    }),
  );
  if (desk?.book !== undefined) parts.push(divergenceSoFar(desk.book));
  const audits = parts.reduce((sum, one) => sum + one.audits, 0);
  if (audits === 0) return undefined;
  const mean = (of: (one: Divergence) => number): number =>
    parts.reduce((sum, one) => sum + of(one) * one.audits, 0) / audits;
  return { audits, bits: mean(({ bits }) => bits), chanceBits: mean(({ chanceBits }) => chanceBits) };
}

/** The report, from the state as it stands. */
export function archetypeReport({ archetypes: sets, state }: Shard, ticks: number): ArchetypeReport {
  const { audits } = state.archetypes;
  const rows = Array.from({ length: audits.rowCapacity }, (_, row) => row as AuditRow).filter(
    (row) => audits.tick[row] > 0,
  );
  return {
    ticks,
    policies: sets.map((set) => policyReport(set, state.archetypes)),
    audits: rows
      .map((row) => ({ tick: audits.tick[row] - 1, looks: audits.looks[row], bits: audits.divergence[row] }))
      .sort((x, y) => x.tick - y.tick),
  };
}

function policyReport(set: ArchetypeSet, archetypes: Archetypes): ReportedPolicy {
  const { plan, grouping, book } = set;
  const standing = new Set(standingArchetypes(set, archetypes));
  const { nodes } = archetypes;
  const isSplit = (node: number): boolean => nodes.isSplit[nodeRow(set, node)] === 1;
  const isUsed = (node: number): boolean => {
    const { parent } = grouping.nodes[node];
    return parent < 0 || (isSplit(parent) && isUsed(parent));
  };
  const shown = grouping.nodes.map((_, node) => node).filter(isUsed);
  return {
    policy: grouping.policy,
    archetypeCount: standing.size,
    samples: plan.samples,
    contextCount: book.contexts.length,
    callsPerAsking: standing.size * book.contexts.length * plan.samples,
    everyTicks: plan.everyTicks,
    reads: plan.reads,
    archetypes: shown.map((node) => ({
      archetype: node,
      values: Object.fromEntries(grouping.nodes[node].values),
      members: grouping.nodes[node].members,
      state: isSplit(node) ? ('split' as const) : isTail(set, node) ? ('tail' as const) : ('asked' as const),
      ...(isSplit(node) ? { splitTick: nodes.splitTick[nodeRow(set, node)] } : {}),
      contexts: book.contexts.map(({ words, choices }, context) => ({
        context: words,
        ...cellReport(set, archetypes, cellRow(set, node, context), choices),
      })),
      audits: groupDivergence(set, archetypes, nodeRow(set, node)),
    })),
  };
}

function cellReport(
  { plan, book }: ArchetypeSet,
  { cells }: Archetypes,
  row: ArchetypeCellRow,
  choices: readonly number[],
) {
  const answers = cells.answered[row];
  const weights = Array.from((cells.weight as Int32Array).subarray(row * choicesMax, (row + 1) * choicesMax));
  const sum = weights.reduce((total, one) => total + one, 0);
  const shares = choices.map((choice): ReportedShare => {
    const share = sum === 0 ? 0 : weights[choice] / sum;
    const square =
      (cells.square as Float64Array)[row * choicesMax + choice] / (answerWeight * answerWeight) / Math.max(1, answers);
    const interval = plan.reads === 'act' ? wilsonInterval(share, answers) : meanInterval(share, square, answers);
    return { act: book.choices[choice], share, interval };
  });
  return { askedTick: cells.askedTick[row], answers, shares: sum === 0 ? [] : shares };
}
