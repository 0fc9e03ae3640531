/** Tests of `viz/report.ts`: nothing that an agent wrote becomes markup, and a reviewer sees first what matters most. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/ground/errors.ts';
import { assertFigureMarkup } from '../../viz/markup-check.ts';
import { renderReport, type Report } from '../../viz/report.ts';
import { hostileTexts } from './hostile-texts.ts';
import { tokenize, type Tag } from './markup-tokens.ts';
import { figuresWith, reportWith } from './samples.ts';

const pageTags = new Map(
  Object.entries({
    html: 'lang',
    head: '',
    meta: 'charset http-equiv content name',
    title: '',
    style: '',
    body: '',
    h1: '',
    h2: 'id',
    h3: 'id',
    p: 'class',
    dl: 'class',
    div: 'class id',
    dt: '',
    dd: '',
    span: 'class',
    b: 'class',
    ul: 'class',
    li: 'class',
    a: 'href',
    table: '',
    caption: '',
    thead: '',
    tbody: '',
    tr: 'class',
    th: 'scope class',
    td: 'class data-value',
    script: '',
    figure: 'id',
    figcaption: '',
    pre: '',
    svg: 'xmlns viewbox x y width height role font-family',
    desc: '',
    g: 'fill fill-opacity stroke stroke-width stroke-opacity data-series data-name',
    rect: 'x y width height fill fill-opacity stroke stroke-dasharray',
    circle: 'cx cy r fill stroke stroke-width opacity data-series',
    path: 'd fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-linejoin stroke-linecap opacity',
    text: 'x y font-size fill text-anchor font-weight stroke stroke-width stroke-linejoin paint-order',
    tspan: 'dy font-size',
  }).map(([tag, names]) => [tag, new Set(names.split(' '))]),
);

function strangersOf(tags: readonly Tag[]): string[] {
  return tags.flatMap(({ name, attributes }) => {
    const allowed = pageTags.get(name);
    return allowed === undefined
      ? [`<${name}>`]
      : [...attributes.keys()].filter((key) => !allowed.has(key)).map((key) => `${name} ${key}`);
  });
}

describe('renderReport: texts of others', () => {
  it.each(hostileTexts.map((text, index) => [index, text.slice(0, 40), text] as const))(
    'renderReport: text %i (%j) leaves no tag, attribute or link outside the allow-list',
    (_index, _start, text) => {
      const { tags } = tokenize(renderReport(reportWith(text)));
      expect(strangersOf(tags)).toEqual([]);
      const links = tags.flatMap(({ attributes }) => attributes.get('href') ?? []);
      expect(links.filter((link) => !/^(#section-[\d.]+|#[a-z0-9-]+|[A-Za-z0-9][\w./-]*)$/.test(link))).toEqual([]);
      for (const only of ['style', 'script'])
        expect(tags.filter(({ name, isClosing }) => name === only && !isClosing)).toHaveLength(1);
    },
  );

  it('renderReport: a hostile title is shown as what it is', () => {
    const { text } = tokenize(renderReport(reportWith('<b>"Tom & Jerry"</b>')));
    expect(text).toContain('<b>"Tom & Jerry"</b>');
  });

  it('renderReport: a page holds no address but the name of the SVG namespace', () => {
    const page = renderReport(reportWith('agent-7'));
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|\/\/\w|url\(|@import/);
  });

  it('renderReport: a data file outside the folder of the report is named and not linked', () => {
    for (const dataHref of [
      '../secret.csv',
      '/etc/passwd',
      'javascript:x',
      'https://example.org/x',
      'a//b',
      'a/../b',
      '.hidden',
      'a b',
    ])
      expect(linksOf(dataHref)).toEqual([]);
    expect(linksOf('figures/size-ccdf.csv')).toEqual(['figures/size-ccdf.csv']);
  });

  it('renderReport: the policy names the one style block by its digest and allows nothing else', () => {
    const page = renderReport(reportWith('agent-7'));
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
    const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? '';
    const [digest, scriptDigest] = [style, script].map((text) => createHash('sha256').update(text).digest('base64'));
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${digest}'; script-src 'sha256-${scriptDigest}'; base-uri 'none'; form-action 'none'"`,
    );
  });
});

function linksOf(dataHref: string): string[] {
  const svg = figuresWith('x')['line']?.svg ?? '';
  const page = renderReport({ ...bare, blocks: [{ kind: 'figure', svg, caption: '', dataHref }] });
  return tokenize(page).tags.flatMap(({ attributes }) => attributes.get('href') ?? []);
}

const bare: Report = { title: 'A study', status: 'complete', subtitle: '', facts: [], blocks: [] };

describe('renderReport: what a reviewer sees', () => {
  it('renderReport: the first visible line of a degraded run says DEGRADED', () => {
    const page = renderReport({ ...bare, status: 'DEGRADED', statusNote: '6 % failed.' });
    const body = page.slice(page.indexOf('<body>'));
    expect(tokenize(body).text.trim().startsWith('DEGRADED. 6 % failed.')).toBe(true);
    expect(renderReport(bare)).not.toContain('DEGRADED');
  });

  it('renderReport: missed and undecided claims stand before the contents, with measure and bar', () => {
    const verdict = { claim: 'Depth holds', measured: '2.9 [2.7, 3.1]', bar: '4.1 inside', note: '' };
    const heading = { kind: 'heading', level: 2, text: 'Later' } as const;
    const rows = [
      { ...verdict, met: false },
      { ...verdict, claim: 'Size holds', met: true },
      { ...verdict, claim: 'Herding', met: null },
    ];
    const page = renderReport({ ...bare, blocks: [heading, heading, { kind: 'verdicts', rows }] });
    const before = tokenize(page.slice(page.indexOf('<body>'), page.indexOf('Later'))).text;
    expect(before).toContain('Of 3 claims: 1 met, 1 missed, 1 undecided.');
    expect(before).toContain('Missed: Depth holds. Measured 2.9 [2.7,\u00a03.1]; the bar was 4.1 inside.');
    expect(before).toContain('Undecided: Herding.');
    expect(before).not.toContain('Size holds');
  });

  it('renderReport: sections, tables and figures are numbered in the order of the page', () => {
    const page = renderReport(reportWith('x'));
    const numbers = [...tokenize(page).text.matchAll(/(Table|Figure) \d+/g)].map(([name]) => name);
    expect(numbers).toEqual(['Table 1', 'Table 2', ...Array.from({ length: 18 }, (_, index) => `Figure ${index + 1}`)]);
    expect(page).toContain('<h3 id="section-1.1"><span class="number">1.1</span>x</h3>');
  });

  it('renderReport: numbers keep their decimals, true minus and interval; no value is a dash and not zero', () => {
    const { text } = tokenize(renderReport(reportWith('x')));
    for (const cell of ['−0.50[−1.00, 0.00]', '–', 'not a number', '100\u202f000']) expect(text).toContain(cell);
  });

  it('renderReport: equal input gives equal bytes', () => {
    expect(renderReport(reportWith('agent-7'))).toBe(renderReport(reportWith('agent-7')));
  });
});

describe('assertFigureMarkup', () => {
  it('assertFigureMarkup: every figure of ours passes', () => {
    for (const { svg } of Object.values(figuresWith('a "b" <c>'))) expect(() => assertFigureMarkup(svg)).not.toThrow();
  });

  it.each([
    '<svg onload="x"></svg>',
    '<svg ><script>x</script></svg>',
    '<svg ><a href="x">y</a></svg>',
    '<svg ><rect style="x"/></svg>',
    '<svg ><rect fill="url(#x)"/></svg>',
    '<svg ><rect fill=red></svg>',
    '<svg ><!-- x --></svg>',
    '<svg ><image href="x"/></svg>',
    '<svg ><g',
    '<p></p>',
    '<svg ><foreignObject></foreignObject></svg>',
    "<svg ><g fill='x'></g></svg>",
  ])('assertFigureMarkup: %s is refused', (svg) => {
    expect(() => assertFigureMarkup(svg)).toThrow(InvariantError);
  });
});
