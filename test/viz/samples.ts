/**
 * Figures and a report with every place for a text filled by one text, and small sound data: what the tests of viz share.
 */
import { barFigure } from '../../viz/bar-figure.ts';
import { distributionFigure } from '../../viz/distribution-figure.ts';
import type { Figure } from '../../viz/figure.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { communityFigure } from '../../viz/community-figure.ts';
import { coreFigure } from '../../viz/core-figure.ts';
import { levelFigure } from '../../viz/level-figure.ts';
import { lorenzFigure } from '../../viz/lorenz-figure.ts';
import { networkFigure } from '../../viz/network-figure.ts';
import type { Block, Report } from '../../viz/report.ts';
import { ridgeFigure } from '../../viz/ridge-figure.ts';
import { ringFigure, type Ring } from '../../viz/ring-figure.ts';
import { scatterFigure } from '../../viz/scatter-figure.ts';
import { stackFigure } from '../../viz/stack-figure.ts';
import { sweepPanels } from '../../viz/sweep-panels.ts';
import { treeFigure } from '../../viz/tree-figure.ts';

/** One figure of each form, with `text` wherever a text may stand. */
export function figuresWith(text: string): Record<string, Figure> {
  return { ...plotsWith(text), ...graphsWith(text), ...summariesWith(text) };
}

function summariesWith(text: string): Record<string, Figure> {
  const axis = { label: text, unit: text };
  const words = { title: text, note: text, source: text };
  const edges = { source: [0, 0, 1, 2, 3, 4], target: [1, 2, 2, 3, 4, 5] };
  const estimates = [{ value: 0.2, low: 0.1, high: 0.4, n: 9 }, null, { value: 0.3 }];
  const row = { measure: text, unit: text, series: text, low: 1, high: 3, n: 4 };
  return {
    level: levelFigure({
      ...words,
      x: axis,
      y: axis,
      levels: [text, '2', '3'],
      series: [{ name: text, kind: 'simulated', estimates }],
      interval: text,
      reference: { value: 0.1, name: text },
    }),
    stack: stackFigure({
      ...words,
      x: axis,
      y: axis,
      edges: [0, 1, 2],
      parts: [
        { name: text, counts: [3, 1] },
        { name: text, counts: [1, 0] },
      ],
    }),
    ridge: ridgeFigure({
      ...words,
      x: axis,
      rowTitle: text,
      rows: [
        { name: text, values: [1, 2, 2, 9] },
        { name: text, values: [3, 4] },
      ],
    }),
    lorenz: lorenzFigure({ ...words, unitName: text, seed: 1, series: [{ name: text, values: [0, 1, 2, 9] }] }),
    core: coreFigure({
      ...words,
      nodeCount: 6,
      edges,
      isCore: [1, 1, 1, 0, 0, 0],
      role: [0, 0, 0, 1, 1, 1],
      roleNames: [text, text],
      degree: [1, 1, 2, 1, 1, 1],
      degreeName: text,
      names: () => text,
    }),
    community: communityFigure({ ...words, nodeCount: 6, edges, community: [0, 0, 0, 1, 1, 1], nameOf: () => text }),
    ring: ringFigure({ ...words, rings: [ringOfText(text)] }),
    sweep: sweepPanels({
      ...words,
      x: axis,
      seriesTitle: text,
      interval: text,
      rows: [
        { ...row, x: text, value: 2 },
        { ...row, x: 'b', value: 2.5, series: 'c' },
      ],
    }),
  };
}

function ringOfText(text: string): Ring {
  return {
    ...{ agents: [text, text], targetCount: 2, pValue: 0.01, qValue: null },
    targets: [{ target: text, author: text, actsOfMembers: 4, actsOfAll: 5, excerpt: text }],
    acts: [0, 1, 2].map((hours) => ({ agent: text, hours, target: text, words: text })),
    ...{ targetsLeftOut: 1, actsLeftOut: 1 },
  };
}

const kinds = ['observed', 'simulated', 'baseline'] as const;

function plotsWith(text: string): Record<string, Figure> {
  const axis = { label: text, unit: text };
  const common = { title: text, note: text, x: axis, y: axis, interval: text };
  const points = [
    [1, 2],
    [2, 5],
    [3, 3],
  ] as const;
  const band = [
    [1, 1, 3],
    [2, 4, 6],
    [3, 2, 4],
  ] as const;
  const shareBand = [
    [1, 0.5, 1],
    [2, 0.4, 0.8],
  ] as const;
  const intervals = [[0.1, 0.3], null] as const;
  const names = [text, text, text];
  const each = <Row>(row: Row) => kinds.map((kind) => ({ name: text, kind, ...row }));
  return {
    line: lineFigure({ ...common, series: each({ points, band }) }),
    distribution: distributionFigure({ ...common, samples: each({ values: [1, 2, 2, 9], band: shareBand }) }),
    bar: barFigure({ ...common, categories: [text, 'b'], groups: each({ values: [0.2, 0.8], intervals }) }),
    scatter: scatterFigure({ ...common, series: each({ points, names }) }),
    empty: lineFigure({ ...common, series: [] }),
  };
}

function graphsWith(text: string): Record<string, Figure> {
  const words = { title: text, note: text };
  const timeAxis = { label: text, unit: text };
  const parent = Int32Array.of(-1, 0, 0, 1, 1, 2);
  const time = Float64Array.of(0, 1, 2, 3, 4, 5);
  const names = Array.from(parent, () => text);
  const tree = { ...words, parent, names, stepName: text };
  const network = { ...words, nodeCount: 6, names, edges: { source: [0, 0, 1, 2, 3], target: [1, 2, 3, 4, 5] } };
  const shade = { values: [0, 1, 2, NaN, 4, 5], label: text, blankName: text };
  const group = { values: [0, 1, 0, 1, 0, 1], names: [text, text] };
  return {
    radial: treeFigure({ ...tree, time, timeAxis }),
    tidy: treeFigure({ ...tree, layout: 'tidy' }),
    time: treeFigure({ ...tree, time, timeAxis, layout: 'time' }),
    shaded: networkFigure({ ...network, carried: [1, 0, 0, 1, 0], shade, size: { values: time, label: text } }),
    grouped: networkFigure({ ...network, group }),
  };
}

/** A report with `text` wherever a text may stand. */
export function reportWith(text: string, status: Report['status'] = 'DEGRADED'): Report {
  const figures = Object.values(figuresWith(text)).map(({ svg }): Block => ({
    kind: 'figure',
    svg,
    caption: text,
    dataHref: text,
  }));
  return {
    title: text,
    status,
    statusNote: text,
    subtitle: text,
    facts: [
      { name: text, value: text, unit: text },
      { name: 'agents', value: 100_000 },
    ],
    blocks: [
      { kind: 'heading', level: 2, text },
      { kind: 'heading', level: 3, text },
      { kind: 'paragraph', text },
      {
        kind: 'table',
        caption: text,
        columns: [
          { name: text, unit: text, align: 'left' },
          { name: 'b', align: 'right', decimals: 2 },
        ],
        rows: [
          [text, { value: -0.5, low: -1, high: 0.001 }],
          [null, NaN],
        ],
        notes: [text],
      },
      {
        kind: 'verdicts',
        caption: text,
        rows: ([true, false, null] as const).map((met) => ({
          claim: text,
          measured: text,
          bar: text,
          met,
          note: text,
        })),
      },
      ...figures,
      { kind: 'code', text },
      { kind: 'notes', notes: [text] },
    ],
  };
}
