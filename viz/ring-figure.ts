/**
 * Co-acting rings with their evidence: who acted on the same targets, when, and how unlikely that is.
 *
 * Reads rings with their acts (agent, hours, target); writes one panel a ring, the surest first: a row a member, a dot an act,
 * and an upright line that joins the acts on one target. Beside the title stand p and q. Colours go round by target in order of
 * time, so that neighbouring joint acts are told apart; they mean nothing else.
 * Bounds: 6 rings, 10 members a ring, 400 acts a ring; the notes say of how many. The data keep all.
 */
import { axisScale, drawXAxis, shortNumber, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  faintInk,
  figureWidth,
  fitText,
  fontSize,
  hoverText,
  nameGroup,
  notesAt,
  pixel,
  sentenceFigure,
  seriesGroup,
  sheet,
  textAt,
  type Figure,
  type FigureWords,
  type Rectangle,
} from './figure.ts';
import { areaColours } from './palette.ts';

/** One act of a member. */
export interface RingAct {
  readonly agent: string;
  readonly hours: number;
  readonly target: string;
  /** What it was, in words. */
  readonly words: string;
}

/** What members acted on. */
export interface RingTarget {
  readonly target: string;
  /** Who wrote it; null where it is an agent or a text. */
  readonly author: string | null;
  /** Acts of members on it, and of everybody. */
  readonly actsOfMembers: number;
  readonly actsOfAll: number;
  /** How its text begins; null where it is not known. */
  readonly excerpt: string | null;
}

/** Agents that act together more often than they would by themselves. */
export interface Ring {
  readonly agents: readonly string[];
  /** Common targets, of which `targets` lists the first. */
  readonly targetCount: number;
  readonly pValue: number | null;
  readonly qValue: number | null;
  readonly targets: readonly RingTarget[];
  readonly acts: readonly RingAct[];
  /** Targets that are not listed, and acts on listed ones. */
  readonly targetsLeftOut: number;
  readonly actsLeftOut: number;
}

/** Rings over common time. */
export interface RingFigureInput extends FigureWords {
  readonly rings: readonly Ring[];
}

const [ringMax, memberMax, actMax] = [6, 10, 400];
const [rowHeight, headHeight] = [17, 30];
const left = 130;

/** Draws the rings; one sentence where there is none. */
export function ringFigure(input: RingFigureInput): Figure {
  const data = ringData(input);
  if (input.rings.length === 0)
    return sentenceFigure(input, 'No picture: no ring was found that chance does not explain.', data);
  const shown = input.rings.slice(0, ringMax);
  const words: AxisWords = { label: 'simulated time', unit: 'hours' };
  const times = shown.flatMap(({ acts }) => acts.map(({ hours }) => hours));
  const x = axisScale(words, times, [left, figureWidth - 14]);
  let top = 34;
  const panels = shown.map((ring, index) => {
    const marks = panelTitle(ring, index, top) + seriesGroup(index, panelMarks(ring, top, x));
    top += headHeight + Math.min(memberMax, ring.agents.length) * rowHeight + 10;
    return marks;
  });
  const plot: Rectangle = { left, top: 34, width: figureWidth - left - 14, height: top - 34 };
  const notes = notesAt(top + 46, notesOf(input));
  const marks = panels.join('') + drawXAxis(plot, x, words) + notes.marks;
  return { svg: sheet(input, describe(input), top + 46 + notes.height, marks), data };
}

/** Stands outside the marks of its ring, so that a page can hide these by it. */
function panelTitle({ agents, targetCount, pValue, qValue }: Ring, index: number, top: number): string {
  const title = `Ring ${index + 1}: ${agents.length} agents, ${targetCount} common targets, p ${chance(pValue)}, q ${chance(qValue)}`;
  return nameGroup(index, textAt(2, top + 18, fitText(title, fontSize.label, figureWidth - 6), { bold: true }));
}

function panelMarks({ agents, acts }: Ring, top: number, x: PlotScale): string {
  const members = agents.slice(0, memberMax);
  const yOf = (row: number): number => top + headHeight + (row + 0.5) * rowHeight;
  const rows = members.map(
    (name, row) =>
      `<path d="M${left},${pixel(yOf(row))}H${figureWidth - 14}" stroke="#ececec" fill="none"/>` +
      textAt(left - 8, yOf(row) + 4, fitText(name, fontSize.tick, left - 14), {
        ...{ size: fontSize.tick, fill: faintInk, anchor: 'end' as const },
      }),
  );
  const rowOf = new Map(members.map((name, row) => [name, row]));
  const drawn = acts.slice(0, actMax).filter(({ agent }) => rowOf.has(agent));
  const targets = [...Map.groupBy(drawn, ({ target }) => target).entries()].sort(
    ([, [a]], [, [b]]) => (a?.hours ?? 0) - (b?.hours ?? 0),
  );
  const marks = targets.map(([target, own], at) => {
    const colour = areaColours[at % areaColours.length] ?? '#1a1a1a';
    const spots = own
      .map((act) => ({ act, x: x(act.hours), y: yOf(rowOf.get(act.agent) ?? 0) }))
      .sort((a, b) => a.y - b.y);
    const join =
      spots.length < 2
        ? ''
        : `<path d="M${spots.map((one) => `${pixel(one.x)},${pixel(one.y)}`).join('L')}" stroke="${colour}" stroke-width="1.1" fill="none"/>`;
    const dots = spots.map(
      (one) =>
        `<circle cx="${pixel(one.x)}" cy="${pixel(one.y)}" r="3.2" fill="${colour}">${hoverText(`${one.act.agent}, ${shortNumber(one.act.hours)} hours: ${one.act.words}, on ${target}`)}</circle>`,
    );
    return join + dots.join('');
  });
  return rows.join('') + marks.join('');
}

function chance(value: number | null): string {
  return value === null ? 'not tested' : value < 0.001 ? '< 0.001' : value.toPrecision(2);
}

function notesOf({ rings, note }: RingFigureInput): string[] {
  const cut = rings
    .slice(0, ringMax)
    .filter(({ agents, acts }) => agents.length > memberMax || acts.length > actMax).length;
  const unlisted = rings
    .slice(0, ringMax)
    .reduce((sum, { targetsLeftOut, actsLeftOut }) => sum + targetsLeftOut + actsLeftOut, 0);
  return [
    'A dot is an act, a line joins acts of several members on one target; colours tell targets apart that are near one another. q: the share of false rings to be expected among those as sure as this one or surer.',
    ...(unlisted === 0 ? [] : [`${unlisted} further acts or targets are counted and not listed.`]),
    ...(rings.length <= ringMax ? [] : [`Drawn: ${ringMax} of ${rings.length} rings, the surest first.`]),
    ...(cut === 0 ? [] : [`Of ${cut} rings only ${memberMax} members and ${actMax} acts are drawn.`]),
    ...(note === undefined ? [] : [note]),
  ];
}

function describe({ rings }: RingFigureInput): string {
  return `${rings.length} rings: ${rings.map(({ agents, targetCount }) => `${agents.length} agents on ${targetCount} targets`).join('; ')}.`;
}

function ringData({ rings }: RingFigureInput): TableData {
  const rows = rings.flatMap(({ acts, pValue, qValue }, index) =>
    acts.map(({ agent, hours, target, words }) => [index + 1, pValue, qValue, agent, hours, target, words]),
  );
  return { columns: ['ring', 'p', 'q', 'agent', 'simulated time (hours)', 'target', 'act'], rows };
}
