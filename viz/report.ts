/**
 * The report of a run: one HTML file that needs nothing else, for a reviewer who opens it years later without a network.
 *
 * Reads blocks in the order in which they are to be read; writes a page. Order of the page: whether the run was whole, title,
 * what ran (facts), which claims held and which were missed (drawn from all verdicts below), contents, blocks. Sections,
 * tables and figures are numbered here, so that a caller can leave one out.
 * Invariants: the first visible line of a degraded run says so; every text passes `escapeMarkup`; there is one script, ours, no
 * external address, and no link but to a place of the page and to a data file beside it. Equal input gives equal bytes.
 * Oracle: `test/viz/report.test.ts` reads the page with a tokenizer of its own, and with a browser where there is one.
 */
import { groupThousands, plainNumber } from './axes.ts';
import { escapeMarkup } from './escape.ts';
import { assertInvariant } from '../sim/ground/errors.ts';
import { assertFigureMarkup } from './markup-check.ts';
import { reportScript } from './report-script.ts';
import { reportPolicy, reportStyle } from './report-style.ts';

/** An estimate with its interval, as a cell: printed `0.42 [0.31, 0.53]`. */
export interface IntervalCell {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A cell of a table. null is printed as a dash: no value, which is not zero. */
export type Cell = string | number | null | IntervalCell;

/** A column; `decimals` fixes the digits behind the point, otherwise four significant digits are printed. */
export interface TableColumn {
  readonly name: string;
  readonly unit?: string;
  readonly align: 'left' | 'right';
  readonly decimals?: number;
}

/** A claim with what was measured (interval and baseline included), what it had to reach, and whether it did; null: undecided. */
export interface Verdict {
  readonly claim: string;
  readonly measured: string;
  readonly bar: string;
  readonly met: boolean | null;
  readonly note: string;
}

/** A way to another place of the page; `anchor` is that of a heading. */
export interface PageLink {
  readonly text: string;
  readonly anchor: string;
}

/** A piece of the page. An anchor is a name of small letters, digits and hyphens that a link can point to. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string; readonly anchor?: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'links'; readonly items: readonly PageLink[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly Cell[])[];
      readonly notes?: readonly string[];
    }
  | { readonly kind: 'figure'; readonly svg: string; readonly caption: string; readonly dataHref?: string }
  | { readonly kind: 'verdicts'; readonly caption?: string; readonly rows: readonly Verdict[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'notes'; readonly notes: readonly string[] };

/** One thing that a reader must know about the run: seed, agents, ticks, digest. */
export interface Fact {
  readonly name: string;
  readonly value: string | number;
  readonly unit?: string;
}

/** A report. `statusNote` says why a run is degraded. */
export interface Report {
  readonly title: string;
  readonly status: 'complete' | 'DEGRADED';
  readonly statusNote?: string;
  readonly subtitle: string;
  /** The places that a reader looks for first. */
  readonly links?: readonly PageLink[];
  readonly facts: readonly Fact[];
  readonly blocks: readonly Block[];
}

/** The page as one string. */
export function renderReport(report: Report): string {
  const { body, sections } = renderBlocks(report.blocks);
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${reportPolicy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${report.status === 'DEGRADED' ? 'DEGRADED: ' : ''}${escapeMarkup(report.title)}</title>`,
    `<style>${reportStyle}</style>`,
    '</head>',
    '<body>',
    renderStatus(report),
    `<h1>${escapeMarkup(report.title)}</h1>`,
    report.subtitle === '' ? '' : `<p class="subtitle">${escapeMarkup(report.subtitle)}</p>`,
    renderLinks(report.links ?? []),
    renderFacts(report.facts),
    renderSummary(report.blocks),
    renderContents(sections),
    ...body,
    `<script>${reportScript}</script>`,
    '</body>',
    '</html>',
    '',
  ]
    .filter((line, index, lines) => line !== '' || index === lines.length - 1)
    .join('\n');
}

function renderStatus({ status, statusNote }: Report): string {
  if (status !== 'DEGRADED') return '';
  const reason =
    statusNote ??
    'More decisions failed than the 5 % that a whole run allows; read every figure below with that in mind.';
  return `<p class="degraded">DEGRADED. ${escapeMarkup(reason)}</p>`;
}

// An id that could be taken for a property of the page, such as `forms`, is none of ours: ours hold a hyphen or are sections.
const safeAnchor = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;

function renderLinks(links: readonly PageLink[]): string {
  if (links.length === 0) return '';
  const items = links.map(({ text, anchor }) => {
    assertInvariant(safeAnchor.test(anchor), `a link of a report points to ${anchor}, which is no anchor`);
    return `<li><a href="#${anchor}">${escapeMarkup(text)}</a></li>`;
  });
  return `<ul class="links">${items.join('')}</ul>`;
}

function renderFacts(facts: readonly Fact[]): string {
  if (facts.length === 0) return '';
  const rows = facts.map(({ name, value, unit }) => {
    const text = typeof value === 'number' ? plainNumber(value) : value;
    const suffix = unit === undefined ? '' : ` <span class="unit">${escapeMarkup(unit)}</span>`;
    return `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(text)}${suffix}</dd></div>`;
  });
  return `<dl class="facts">${rows.join('')}</dl>`;
}

/** What held and what did not, before anything else is read. */
function renderSummary(blocks: readonly Block[]): string {
  const verdicts = blocks.flatMap((block) => (block.kind === 'verdicts' ? block.rows : []));
  if (verdicts.length === 0) return '';
  const met = verdicts.filter((verdict) => verdict.met === true).length;
  const missed = verdicts.filter((verdict) => verdict.met === false);
  const open = verdicts.filter((verdict) => verdict.met === null);
  const counts = [
    `<span class="met">${met} met</span>`,
    `<span class="missed">${missed.length} missed</span>`,
    `<span class="open">${open.length} undecided</span>`,
  ];
  const items = [...missed, ...open].map(({ claim, measured, bar, met: verdict }) => {
    const word = verdict === false ? '<b class="missed">Missed:</b>' : '<b class="open">Undecided:</b>';
    return `<li>${word} ${escapeMarkup(claim)}. Measured ${escapeMarkup(unbroken(measured))}; the bar was ${escapeMarkup(bar)}.</li>`;
  });
  const list = items.length === 0 ? '' : `<ul>${items.join('')}</ul>`;
  return `<div class="summary"><p><b>Of ${verdicts.length} claims: ${counts.join(', ')}.</b></p>${list}</div>`;
}

interface Section {
  readonly id: string;
  readonly number: string;
  readonly text: string;
  readonly level: 2 | 3;
}

function renderContents(sections: readonly Section[]): string {
  if (sections.length < 2) return '';
  const items = sections.map(({ id, number, text, level }) => {
    const inner = level === 3 ? ' class="inner"' : '';
    return `<li${inner}><span class="number">${number}</span><a href="#${id}">${escapeMarkup(text)}</a></li>`;
  });
  return `<ul class="contents">${items.join('')}</ul>`;
}

/** The counters of a page. */
interface Counts {
  section: number;
  subsection: number;
  table: number;
  figure: number;
}

function renderBlocks(blocks: readonly Block[]): { readonly body: string[]; readonly sections: Section[] } {
  const counts: Counts = { section: 0, subsection: 0, table: 0, figure: 0 };
  const sections: Section[] = [];
  const body = blocks.map((block) => {
    if (block.kind === 'heading') {
      const section = nextSection(block, counts);
      sections.push(section);
      const number = `<span class="number">${section.number}</span>`;
      return `<h${block.level} id="${section.id}">${number}${escapeMarkup(block.text)}</h${block.level}>`;
    }
    return renderBlock(block, counts);
  });
  return { body, sections };
}

function nextSection({ level, text, anchor }: Extract<Block, { kind: 'heading' }>, counts: Counts): Section {
  assertInvariant(anchor === undefined || safeAnchor.test(anchor), `a heading has the anchor ${anchor}, which is none`);
  if (level === 2) [counts.section, counts.subsection] = [counts.section + 1, 0];
  else counts.subsection += 1;
  const number = level === 2 ? `${counts.section}` : `${counts.section}.${counts.subsection}`;
  return { id: anchor ?? `section-${number}`, number, text, level };
}

function renderBlock(block: Exclude<Block, { readonly kind: 'heading' }>, counts: Counts): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escapeMarkup(block.text)}</p>`;
    case 'links':
      return renderLinks(block.items);
    case 'code':
      return `<pre>${escapeMarkup(block.text)}</pre>`;
    case 'notes':
      return `<ul class="notes">${block.notes.map((note) => `<li>${escapeMarkup(note)}</li>`).join('')}</ul>`;
    case 'figure':
      return renderFigure(block, ++counts.figure);
    case 'table':
      return renderTable(block, ++counts.table);
    case 'verdicts':
      return renderVerdicts(block, ++counts.table);
  }
}

// A path below the report, in names that neither a browser nor a shell reads in another way.
const safeHref = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

function renderFigure(figure: Extract<Block, { kind: 'figure' }>, number: number): string {
  assertFigureMarkup(figure.svg);
  const { dataHref } = figure;
  const name = dataHref === undefined ? '' : escapeMarkup(dataHref);
  const data =
    dataHref === undefined ? '' : ` Data: ${safeHref.test(dataHref) ? `<a href="${name}">${name}</a>` : name}.`;
  return `<figure id="figure-${number}">${figure.svg}<figcaption><b>Figure ${number}.</b>${escapeMarkup(figure.caption)}${data}</figcaption></figure>`;
}

function renderTable(table: Extract<Block, { kind: 'table' }>, number: number): string {
  const head = table.columns.map(({ name, unit, align }) => {
    const below = unit === undefined ? '' : `<span class="unit">${escapeMarkup(unit)}</span>`;
    return `<th scope="col"${alignment(align)}>${escapeMarkup(name)}${below}</th>`;
  });
  const rows = table.rows.map((row) => {
    const cells = table.columns.map(
      (column, index) =>
        `<td${alignment(column.align)}${plainValue(row[index] ?? null)}>${renderCell(row[index] ?? null, column)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return tableElement(number, table.caption, head.join(''), rows.join('\n'), table.notes ?? []);
}

function tableElement(number: number, caption: string, head: string, rows: string, notes: readonly string[]): string {
  const below = notes.map((note) => `<p class="table-note">${escapeMarkup(note)}</p>`).join('');
  return (
    `<div class="scroll" id="table-${number}"><table><caption><b>Table ${number}.</b>${escapeMarkup(caption)}</caption>\n` +
    `<thead><tr>${head}</tr></thead>\n<tbody>${rows}</tbody></table>${below}</div>`
  );
}

function alignment(align: 'left' | 'right'): string {
  return align === 'right' ? ' class="right"' : '';
}

function renderCell(cell: Cell, { decimals }: TableColumn): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return escapeMarkup(cell);
  if (typeof cell === 'number') return tableNumber(cell, decimals);
  const [value, low, high] = [cell.value, cell.low, cell.high].map((number) => tableNumber(number, decimals));
  return `${value}<span class="range">[${low}, ${high}]</span>`;
}

/** The numbers of a cell as a spreadsheet reads them: printed ones have narrow blanks and a true minus. */
function plainValue(cell: Cell): string {
  const numbers =
    typeof cell === 'number'
      ? [cell]
      : cell === null || typeof cell === 'string'
        ? []
        : [cell.value, cell.low, cell.high];
  if (cell === null) return ' data-value=""';
  return numbers.length === 0 || !numbers.every(Number.isFinite)
    ? ''
    : ` data-value="${numbers.map(String).join(' ')}"`;
}

/** Integers in full, other numbers with the column's decimals or four significant digits. */
function tableNumber(value: number, decimals: number | undefined): string {
  if (!Number.isFinite(value) || (decimals === undefined && Number.isInteger(value))) return plainNumber(value);
  if (decimals === undefined) return plainNumber(Number(value.toPrecision(4)));
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const digits = groupThousands(whole) + (fraction === undefined ? '' : `.${fraction}`);
  return (value < 0 && /[1-9]/.test(digits) ? '−' : '') + digits;
}

/** An interval in square brackets is not broken across lines. */
function unbroken(text: string): string {
  return text.replace(/\[[^[\]]{1,40}\]/g, (interval) => interval.replaceAll(' ', '\u00a0'));
}

const verdictWords = {
  true: { text: '✓ met', style: 'met' },
  false: { text: '✗ missed', style: 'missed' },
  null: { text: '– undecided', style: 'open' },
} as const;

function renderVerdicts(block: Extract<Block, { kind: 'verdicts' }>, number: number): string {
  const head = ['Claim', 'Measured', 'Bar', 'Verdict', 'Note'].map((name) => `<th scope="col">${name}</th>`);
  const rows = block.rows.map(({ claim, measured, bar, met, note }) => {
    const { text, style } = verdictWords[`${met}`];
    const cells = [claim, measured, bar].map((cell) => `<td>${escapeMarkup(unbroken(cell))}</td>`).join('');
    const verdict = `<td class="mark ${style}">${text}</td>`;
    return `<tr${met === false ? ' class="is-missed"' : ''}>${cells}${verdict}<td>${escapeMarkup(note)}</td></tr>`;
  });
  return tableElement(
    number,
    block.caption ?? 'Claims, what was measured, and the bar that each was held to.',
    head.join(''),
    rows.join('\n'),
    [],
  );
}
