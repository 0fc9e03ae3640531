/**
 * Figures and a report with every place for a text filled by one text, and small sound data: what the tests of viz share.
 */
import { barFigure } from '../../viz/bar-figure.ts';
import { distributionFigure } from '../../viz/distribution-figure.ts';
import type { Figure } from '../../viz/figure.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { networkFigure } from '../../viz/network-figure.ts';
import type { Block, Report } from '../../viz/report.ts';
import { scatterFigure } from '../../viz/scatter-figure.ts';
import { treeFigure } from '../../viz/tree-figure.ts';

/** One figure of each form, with `text` wherever a text may stand. */
export function figuresWith(text: string): Record<string, Figure> {
  const words = { title: text, note: text };
  const axis = { label: text, unit: text };
  const parent = Int32Array.of(-1, 0, 0, 1, 1, 2);
  const names = Array.from(parent, () => text);
  const kinds = ['observed', 'simulated', 'baseline'] as const;
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
  const edges = { source: [0, 0, 1, 2, 3], target: [1, 2, 3, 4, 5] };
  const time = Float64Array.of(0, 1, 2, 3, 4, 5);
  return {
    line: lineFigure({
      ...words,
      x: axis,
      y: axis,
      interval: text,
      series: kinds.map((kind) => ({ name: text, kind, points, band })),
    }),
    distribution: distributionFigure({
      ...words,
      x: axis,
      interval: text,
      samples: kinds.map((kind) => ({
        name: text,
        kind,
        values: [1, 2, 2, 9],
        band: [
          [1, 0.5, 1],
          [2, 0.4, 0.8],
        ],
      })),
    }),
    bar: barFigure({
      ...words,
      x: axis,
      y: axis,
      interval: text,
      categories: [text, 'b'],
      groups: kinds.map((kind) => ({ name: text, kind, values: [0.2, 0.8], intervals: [[0.1, 0.3], null] })),
    }),
    scatter: scatterFigure({
      ...words,
      x: axis,
      y: axis,
      series: kinds.map((kind) => ({ name: text, kind, points, names: [text, text, text] })),
    }),
    radial: treeFigure({ ...words, parent, names, time, timeAxis: axis, stepName: text }),
    tidy: treeFigure({ ...words, parent, names, layout: 'tidy', stepName: text }),
    time: treeFigure({ ...words, parent, names, time, timeAxis: axis, layout: 'time' }),
    shaded: networkFigure({
      ...words,
      nodeCount: 6,
      edges,
      carried: [1, 0, 0, 1, 0],
      names,
      shade: { values: [0, 1, 2, NaN, 4, 5], label: text, blankName: text },
      size: { values: [1, 2, 3, 4, 5, 6], label: text },
    }),
    grouped: networkFigure({
      ...words,
      nodeCount: 6,
      edges,
      names,
      group: { values: [0, 1, 0, 1, 0, 1], names: [text, text] },
    }),
    empty: lineFigure({ ...words, x: axis, y: axis, series: [] }),
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
