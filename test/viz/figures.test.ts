/** Tests of the figures: what is drawn is what was passed, and what cannot be drawn is said. */
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/ground/errors.ts';
import { plainNumber } from '../../viz/axes.ts';
import { barFigure } from '../../viz/bar-figure.ts';
import { distributionFigure } from '../../viz/distribution-figure.ts';
import { figureWidth, textWidth, type Figure } from '../../viz/figure.ts';
import { stackLabels } from '../../viz/label-placement.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { networkFigure, networkNodeMax } from '../../viz/network-figure.ts';
import { seriesStyles } from '../../viz/palette.ts';
import { scatterFigure } from '../../viz/scatter-figure.ts';
import { treeFigure, treeNodeMax } from '../../viz/tree-figure.ts';
import { tokenize } from './markup-tokens.ts';
import { figuresWith } from './samples.ts';

const axes = { x: { label: 'time', unit: 'minutes' }, y: { label: 'reach', unit: 'agents' } };
const textOf = ({ svg }: Figure): string => tokenize(svg).text;
const countOf = ({ svg }: Figure, name: string): number =>
  tokenize(svg).tags.filter((tag) => tag.name === name && !tag.isClosing).length;

/** A linear congruential stream: enough for a test, and the same each time. */
function stream(seed: number): { uniform(): number } {
  let state = seed >>> 0;
  return { uniform: () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 };
}

/** A random recursive tree: each node hangs on an earlier one. */
function recursiveTree(nodeCount: number): Int32Array {
  const { uniform } = stream(7);
  return Int32Array.from({ length: nodeCount }, (_, node) =>
    node === 0 ? -1 : Math.floor(uniform() * uniform() * node),
  );
}

describe('every figure', () => {
  it.each(Object.keys(figuresWith('x')))('%s: equal input gives equal bytes, in picture and data', (name) => {
    expect(figuresWith('agent')[name]).toEqual(figuresWith('agent')[name]);
  });

  it.each(Object.keys(figuresWith('x')))(
    '%s: has a role, a title and a description, and no text smaller than 11 pixels',
    (name) => {
      const { tags } = tokenize(figuresWith('A title')[name]?.svg ?? '');
      expect(tags[0]?.attributes.get('role')).toBe('img');
      expect(tags.slice(1, 5).map((tag) => tag.name)).toEqual(['title', 'title', 'desc', 'desc']);
      const sizes = tags.flatMap((tag) =>
        tag.name === 'text' && !tag.isClosing ? Number(tag.attributes.get('font-size')) : [],
      );
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    },
  );

  it.each(Object.keys(figuresWith('x')))('%s: a text of 20,000 characters stays on the sheet', (name) => {
    const { tags } = tokenize(figuresWith('a'.repeat(20_000))[name]?.svg ?? '');
    const height = Number(tags[0]?.attributes.get('height'));
    expect(height).toBeLessThan(900);
    for (const { name: tag, attributes } of tags) {
      if (tag !== 'text' || !attributes.has('x')) continue;
      expect(Number(attributes.get('x'))).toBeGreaterThanOrEqual(0);
      expect(Number(attributes.get('x'))).toBeLessThanOrEqual(figureWidth);
      expect(Number(attributes.get('y'))).toBeLessThanOrEqual(height);
    }
  });

  it('every figure: no data gives one sentence in place of a picture', () => {
    const nothing = [
      lineFigure({ title: 't', ...axes, series: [] }),
      lineFigure({
        title: 't',
        ...axes,
        series: [
          {
            name: 'a',
            kind: 'observed',
            points: [
              [NaN, 1],
              [1, Infinity],
            ],
          },
        ],
      }),
      distributionFigure({ title: 't', x: axes.x, samples: [{ name: 'a', kind: 'observed', values: [0, -1, NaN] }] }),
      barFigure({ title: 't', ...axes, categories: ['a'], groups: [{ name: 'a', kind: 'observed', values: [null] }] }),
      scatterFigure({ title: 't', ...axes, series: [] }),
      treeFigure({ title: 't', parent: [] }),
      networkFigure({ title: 't', nodeCount: 0, edges: { source: [], target: [] } }),
    ];
    for (const figure of nothing) {
      expect(textOf(figure)).toMatch(/No picture: [^.]+\.$/);
      expect(countOf(figure, 'path') + countOf(figure, 'circle')).toBe(0);
      expect(figure.svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe('lineFigure', () => {
  const points = [
    [0, 1],
    [10, 5],
    [20, 3],
  ] as const;

  it('lineFigure: the data are the points that were passed, with their band where it has the same x', () => {
    const band = [
      [0, 0, 2],
      [10, 4, 6],
      [20, 2, 4],
    ] as const;
    const apart = [[5, 0, 9]] as const;
    const series = [
      { name: 'a', kind: 'observed' as const, points, band },
      { name: 'b', kind: 'simulated' as const, points: [[1, NaN]] as const, band: apart },
    ];
    const { data } = lineFigure({ title: 't', ...axes, series, interval: '95 % over 50 worlds' });
    expect(data.columns).toEqual(['series', 'kind', 'time (minutes)', 'reach (agents)', 'low', 'high']);
    expect(data.rows).toEqual([
      ['a', 'observed', 0, 1, 0, 2],
      ['a', 'observed', 10, 5, 4, 6],
      ['a', 'observed', 20, 3, 2, 4],
      ['b', 'simulated', 1, NaN, null, null],
      ['b', 'simulated', 5, null, 0, 9],
    ]);
  });

  it('lineFigure: names, units and the interval stand in the picture', () => {
    const figure = lineFigure({
      title: 't',
      ...axes,
      interval: '95 % over 50 worlds',
      series: [
        {
          name: 'Twitter',
          kind: 'observed',
          points,
          band: [
            [0, 0, 2],
            [10, 4, 6],
          ],
        },
      ],
    });
    for (const text of ['Twitter', 'time (minutes)', 'reach (agents)', 'Band: 95 % over 50 worlds.'])
      expect(textOf(figure)).toContain(text);
  });

  it('lineFigure: a band whose interval has no name says so', () => {
    const figure = lineFigure({
      title: 't',
      ...axes,
      series: [{ name: 'a', kind: 'observed', points, band: [[0, 0, 2]] }],
    });
    expect(textOf(figure)).toContain('Band: an interval that was not named.');
  });

  it('lineFigure: a point that cannot be drawn breaks the line and is counted', () => {
    const broken = [
      [0, 1],
      [1, NaN],
      [2, 2],
      [3, 0],
      [4, 1],
    ] as const;
    const figure = lineFigure({
      title: 't',
      x: axes.x,
      y: { ...axes.y, scale: 'log' },
      series: [{ name: 'a', kind: 'observed', points: broken }],
    });
    expect(textOf(figure)).toContain('Not drawn: 2 of 5 points');
    expect(figure.svg).not.toMatch(/NaN|Infinity/);
  });

  it('lineFigure: 100,000 points are thinned in the picture, extremes included, and kept in the data', () => {
    const many = Array.from(
      { length: 100_000 },
      (_, index) => [index, index === 54_321 ? 1000 : Math.sin(index)] as const,
    );
    const one = lineFigure({
      title: 't',
      x: axes.x,
      y: { ...axes.y, from: -10, to: 1000 },
      series: [{ name: 'a', kind: 'simulated', points: many }],
    });
    const peakX = 56 + ((figureWidth - 56 - textWidth('a', 12) - 18) * 54_321) / 100_000;
    const path = /<path d="([^"]+)"[^>]*><title>/.exec(one.svg)?.[1] ?? '';
    const vertices = path
      .slice(1)
      .split('L')
      .map((vertex) => vertex.split(',').map(Number));
    expect(vertices.length).toBeLessThan(6000);
    expect(Math.abs((vertices.find(([, y]) => y === 52)?.[0] ?? 0) - peakX)).toBeLessThan(1);
    expect(one.data.rows).toHaveLength(100_000);
  });

  it('lineFigure: steps hold a value until the next point', () => {
    const figure = lineFigure({
      title: 't',
      ...axes,
      curve: 'step',
      series: [{ name: 'a', kind: 'observed', points }],
    });
    const vertices =
      /<path d="M([^"]+)"[^>]*><title>/
        .exec(figure.svg)?.[1]
        ?.split('L')
        .map((vertex) => vertex.split(',').map(Number)) ?? [];
    expect(vertices).toHaveLength(5);
    expect(vertices[1]?.[1]).toBe(vertices[0]?.[1]);
    expect(vertices[2]?.[0]).toBe(vertices[1]?.[0]);
  });
});

describe('distributionFigure', () => {
  it('distributionFigure: the curve is the share of values at least as large, as counted one by one', () => {
    const { uniform } = stream(3);
    const values = Array.from({ length: 200 }, () => Math.floor(20 * uniform()));
    const { data } = distributionFigure({
      title: 't',
      x: { label: 'size', scale: 'linear' },
      samples: [{ name: 'a', kind: 'observed', values }],
    });
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    expect(data.rows.map(([, , x, share]) => [x, share])).toEqual(
      distinct.map((x) => [x, values.filter((value) => value >= x).length / values.length]),
    );
  });

  it('distributionFigure: values at zero count in the shares of a logarithmic picture and are named as not drawn', () => {
    const figure = distributionFigure({
      title: 't',
      x: { label: 'size' },
      samples: [{ name: 'sim', kind: 'simulated', values: [0, 0, 1, 10] }],
    });
    expect(figure.data.rows.map(([, , x, share]) => [x, share])).toEqual([
      [0, 1],
      [1, 0.5],
      [10, 0.25],
    ]);
    expect(textOf(figure)).toContain('Not drawn: 2 of 4 values of sim');
  });
});

describe('barFigure', () => {
  it('barFigure: bars begin at zero and are as long as their values', () => {
    const figure = barFigure({
      title: 't',
      ...axes,
      categories: ['a', 'b'],
      groups: [{ name: 'g', kind: 'simulated', values: [0.2, 0.4] }],
    });
    const heights = [...figure.svg.matchAll(/height="([\d.]+)" fill="#0072b2" fill-opacity="0.85"><title>/g)].map(
      (match) => Number(match[1]),
    );
    expect((heights[1] ?? 0) / (heights[0] ?? 1)).toBeCloseTo(2, 1);
  });

  it('barFigure: a missing value is a gap that is counted, and stays empty in the data', () => {
    const figure = barFigure({
      title: 't',
      ...axes,
      categories: ['a', 'b'],
      groups: [{ name: 'g', kind: 'observed', values: [null, 0.4], intervals: [null, [0.3, 0.5]] }],
    });
    expect(textOf(figure)).toContain('No value for 1 of 2 bars.');
    expect(figure.data.rows).toEqual([
      ['g', 'observed', 'a', null, null, null],
      ['g', 'observed', 'b', 0.4, 0.3, 0.5],
    ]);
  });
});

describe('scatterFigure', () => {
  it('scatterFigure: points on one place are one mark, as opaque as the points on top of one another', () => {
    const points = [
      [1, 1],
      [1, 1],
      [1, 1],
      [2, 2],
    ] as const;
    const figure = scatterFigure({ title: 't', ...axes, series: [{ name: 'a', kind: 'simulated', points }] });
    expect(figure.svg).toContain(`opacity="${(1 - 0.65 ** 3).toFixed(2)}"`);
    expect(textOf(figure)).toContain('3 points');
    expect(figure.data.rows).toHaveLength(4);
  });
});

describe('treeFigure', () => {
  it.each(['radial', 'tidy', 'time'] as const)(
    'treeFigure %s: each node has one disc and each but the root one link',
    (layout) => {
      const parent = recursiveTree(300);
      const figure = treeFigure({ title: 't', parent, time: parent.map((_, node) => node), layout });
      expect(figure.svg.match(/<circle[^>]*><title>/g)).toHaveLength(300);
      expect(figure.svg.match(/<path d="[^"]*"\/>/g)).toHaveLength(299);
      expect(figure.data.rows.map(([node, above]) => [node, above])).toEqual(
        Array.from(parent, (above, node) => [node, above < 0 ? null : above]),
      );
    },
  );

  it('treeFigure: hops and children are those of the parents', () => {
    const { data } = treeFigure({ title: 't', parent: [2, 2, -1, 0] });
    expect(data.rows.map(([node, , , hop, children]) => [node, hop, children])).toEqual([
      [0, 1, 1],
      [1, 1, 0],
      [2, 0, 2],
      [3, 2, 0],
    ]);
  });

  it('treeFigure time: a node stands at its time', () => {
    const time = [0, 10, 20, 40];
    const { data } = treeFigure({ title: 't', parent: [-1, 0, 1, 1], time, layout: 'time' });
    const x = data.rows.map((row) => Number(row[6]));
    const scale = ((x[3] ?? 0) - (x[0] ?? 0)) / 40;
    for (const [node, value] of time.entries()) expect(x[node]).toBeCloseTo((x[0] ?? 0) + scale * value, 0);
  });

  it('treeFigure: of a large tree a part is drawn that is closed under parents, and the note counts it', () => {
    const parent = recursiveTree(9000);
    const figure = treeFigure({ title: 't', parent });
    const drawn = new Set(figure.data.rows.flatMap(([node, , , , , , x]) => (x === null ? [] : [node])));
    expect(drawn.size).toBe(treeNodeMax);
    for (const node of drawn) expect(node === 0 || drawn.has(parent[Number(node)] ?? null)).toBe(true);
    expect(textOf(figure)).toContain(`Drawn: ${treeNodeMax} of 9000 nodes`);
    expect(figure.data.rows).toHaveLength(9000);
  });

  it('treeFigure: a chain of 5,000 does not overflow the stack, a lone root is drawn', () => {
    expect(() =>
      treeFigure({ title: 't', parent: Int32Array.from({ length: 5000 }, (_, node) => node - 1) }),
    ).not.toThrow();
    const lone = treeFigure({ title: 't', parent: [-1], layout: 'tidy' });
    expect(countOf(lone, 'circle')).toBe(3);
    expect(lone.svg).not.toMatch(/NaN|Infinity/);
    expect(treeFigure({ title: 't', parent: [-1] }).svg).not.toMatch(/NaN|Infinity/);
    expect(treeFigure({ title: 't', parent: [-1], time: [0], layout: 'time' }).svg).not.toMatch(/NaN|Infinity/);
  });

  it.each([[[-1, -1]], [[1, 0]], [[-1, 2, 1]], [[-1, 7]]])('treeFigure: the parents %j are refused', (parent) => {
    expect(() => treeFigure({ title: 't', parent })).toThrow(InvariantError);
  });
});

describe('networkFigure', () => {
  const { uniform } = stream(11);
  const source = Array.from({ length: 4000 }, () => Math.floor(2000 * uniform()));
  const target = source.map(() => Math.floor(2000 * uniform()));
  const shade = {
    values: Float64Array.from({ length: 2000 }, (_, node) => (node % 4 === 0 ? node : NaN)),
    label: 'time',
    blankName: 'not reached',
  };

  it('networkFigure: of a large network those reached are drawn first, and the note counts them', () => {
    const figure = networkFigure({ title: 't', nodeCount: 2000, edges: { source, target }, shade });
    const nodes = figure.data.rows.filter(([element]) => element === 'node');
    const drawn = nodes.filter((row) => row[4] !== null).map((row) => Number(row[1]));
    expect(drawn).toHaveLength(networkNodeMax);
    expect(drawn.filter((node) => node % 4 === 0)).toHaveLength(500);
    expect(textOf(figure)).toContain(`Drawn: ${networkNodeMax} of 2000 nodes`);
    expect(figure.data.rows).toHaveLength(2000 + 4000);
  });

  it('networkFigure: places follow from the number of a node or from the stream, and from nothing else', () => {
    const input = {
      title: 't',
      nodeCount: 100,
      edges: {
        source: source.slice(0, 200).map((node) => node % 100),
        target: target.slice(0, 200).map((node) => node % 100),
      },
    };
    const bySunflower = networkFigure(input).svg;
    expect(networkFigure(input).svg).toBe(bySunflower);
    expect(networkFigure({ ...input, stream: stream(1) }).svg).toBe(networkFigure({ ...input, stream: stream(1) }).svg);
    expect(networkFigure({ ...input, stream: stream(1) }).svg).not.toBe(bySunflower);
  });

  it('networkFigure: ties pull together: two cliques with one bridge lie apart', () => {
    const pairs = [0, 10].flatMap((first) =>
      Array.from(
        { length: 45 },
        (_, pair) =>
          [
            first + Math.floor(pair / 9),
            first + 1 + Math.floor(pair / 9) + ((pair % 9) % (9 - Math.floor(pair / 9))),
          ] as const,
      ),
    );
    const all = [...pairs, [0, 10] as const];
    const { data } = networkFigure({
      title: 't',
      nodeCount: 20,
      edges: { source: all.map(([a]) => a), target: all.map(([, b]) => b) },
    });
    const x = data.rows.slice(0, 20).map((row) => Number(row[4]));
    const [left, right] = [x.slice(0, 10), x.slice(10)].sort((a, b) => (a[5] ?? 0) - (b[5] ?? 0));
    expect(Math.max(...(left ?? []))).toBeLessThan(Math.min(...(right ?? [])));
  });

  it('networkFigure: a component that holds no shaded node is left out, a shaded node without a tie stands below', () => {
    const edges = { source: [0, 2, 4], target: [1, 3, 4] };
    const values = [0, NaN, NaN, NaN, 3, NaN];
    const shaded = { values, label: 'time', blankName: 'not reached' };
    const figure = networkFigure({ title: 't', nodeCount: 6, edges, shade: shaded });
    const drawn = figure.data.rows.slice(0, 6).flatMap(([, node, , , x]) => (x === null ? [] : [node]));
    expect(drawn).toEqual([0, 1, 4]);
    const heights = figure.data.rows.slice(0, 6).map((row) => Number(row[5]));
    expect(heights[4]).toBeGreaterThan(Math.max(heights[0], heights[1]));
    expect(textOf(figure)).toContain('Drawn: 3 of 6 nodes and 2 of 3 ties');
    expect(textOf(figure)).toContain('Discs in rows below have no tie.');
  });

  it('networkFigure: a column of another length than its table is refused', () => {
    const edges = { source: [0], target: [1] };
    const size = { values: [1], label: 'ties' };
    expect(() => networkFigure({ title: 't', nodeCount: 2, edges, size })).toThrow(InvariantError);
    expect(() => networkFigure({ title: 't', nodeCount: 2, edges, carried: [1, 0] })).toThrow(InvariantError);
  });

  it('networkFigure: one node, no edge and loops alone are drawn without a number that is none', () => {
    for (const edges of [
      { source: [], target: [] },
      { source: [0], target: [0] },
    ])
      expect(networkFigure({ title: 't', nodeCount: 1, edges }).svg).not.toMatch(/NaN|Infinity/);
    expect(networkFigure({ title: 't', nodeCount: 3, edges: { source: [], target: [] } }).svg).not.toMatch(
      /NaN|Infinity/,
    );
  });

  it('networkFigure: an edge to a node that is not there is refused', () => {
    expect(() => networkFigure({ title: 't', nodeCount: 2, edges: { source: [0], target: [2] } })).toThrow(
      InvariantError,
    );
    expect(() => networkFigure({ title: 't', nodeCount: 2, edges: { source: [0], target: [] } })).toThrow(
      InvariantError,
    );
  });
});

describe('the small parts', () => {
  it('stackLabels: names keep their order, do not touch and stay inside if there is room', () => {
    const placed = stackLabels([100, 101, 99, 250, 400], 15, 50, 300);
    const sorted = [2, 0, 1, 3, 4].map((index) => placed[index] ?? 0);
    for (let index = 1; index < sorted.length; index++)
      expect((sorted[index] ?? 0) - (sorted[index - 1] ?? 0)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...placed)).toBeLessThanOrEqual(300);
  });

  it('seriesStyles: letters have a contrast of 4.5 with white, and no two of nine series look alike', () => {
    const kinds = (['observed', 'simulated', 'baseline'] as const).flatMap((kind) => [kind, kind, kind]);
    const styles = seriesStyles(kinds.filter((kind, index) => kind !== 'observed' || index < 2));
    for (const { text } of styles) expect(contrastWithWhite(text)).toBeGreaterThanOrEqual(4.5);
    expect(new Set(styles.map(({ stroke, dash }) => stroke + dash)).size).toBe(styles.length);
  });

  it.each([
    [1234, '1234'],
    [12345, '12\u202f345'],
    [-0.5, '−0.5'],
    [0.1 + 0.2, '0.3'],
    [1e-7, '1.00e−7'],
    [NaN, 'not a number'],
    [-Infinity, '−∞'],
    [1234567.5, '1\u202f234\u202f567.5'],
  ])('plainNumber: %d is printed as %s', (value, text) => {
    expect(plainNumber(value)).toBe(text);
  });
});

function contrastWithWhite(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}
