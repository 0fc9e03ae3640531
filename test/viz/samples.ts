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
  return { ...plotsWith(text), ...graphsWith(text) };
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
