/**
 * The one script of a report: what a pointer rests on is told at once, series are hidden and shown, marks and tables are filtered, tables copied.
 *
 * The policy names it by its SHA-256, so that no other script runs. It reads the page and writes to it by text and attributes only;
 * nothing is parsed, nothing is fetched, nothing is stored. A page without scripts loses the comforts and no content.
 * Copying: whatever is copied out of a table goes to the clipboard as plain numbers (`data-value`) and as texts that a spreadsheet shows
 * and does not compute, by the rule of `escape.ts`; an interval becomes three columns.
 * Figures: a series is hidden and shown by its name; marks of named things are filtered by what they say, the others faded.
 * Oracle: `test/viz/report-figures.test.ts` and `test/viz/figure-texts.test.ts` in a real browser.
 */
import { formulaPattern } from './escape.ts';

const rowsFilteredMin = 8;
/** Where series can be hidden, few marks need no filter of their own. */
const marksFilteredMin = 8;

export const reportScript = `
'use strict';
const formula = new RegExp(${JSON.stringify(formulaPattern)});
const make = (name, style, text) => {
  const made = document.createElement(name);
  made.className = style;
  made.textContent = text;
  return made;
};

const tip = make('div', 'tip', '');
tip.hidden = true;
tip.setAttribute('aria-hidden', 'true');
document.body.append(tip);
let held = null;
const letGo = () => {
  if (held !== null) held.title.textContent = held.text;
  held = null;
  tip.hidden = true;
};
const place = (event) => {
  tip.style.left = Math.min(event.pageX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8) + 'px';
  tip.style.top = event.pageY + 18 + 'px';
};
document.addEventListener('pointerover', (event) => {
  letGo();
  for (let at = event.target; at instanceof SVGElement && at.tagName !== 'svg'; at = at.parentNode) {
    const title = Array.from(at.children).find((child) => child.tagName === 'title');
    if (title === undefined) continue;
    held = { title, text: title.textContent };
    tip.textContent = held.text;
    title.textContent = '';
    tip.hidden = false;
    place(event);
    return;
  }
});
document.addEventListener('pointermove', (event) => {
  if (!tip.hidden) place(event);
});

const searchFor = (words, items, textOfItem, mark) => {
  const label = make('label', '', words);
  const input = document.createElement('input');
  input.type = 'search';
  const count = make('span', '', '');
  count.setAttribute('role', 'status');
  const texts = items.map((item) => textOfItem(item).toLowerCase());
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase();
    let fitting = 0;
    items.forEach((item, k) => {
      const fits = texts[k].includes(wanted);
      fitting += Number(fits);
      mark(item, fits);
    });
    count.textContent = wanted === '' ? '' : ' ' + fitting + ' of ' + items.length;
  });
  label.append(input, count);
  return label;
};

for (const figure of document.querySelectorAll('figure')) {
  for (const name of figure.querySelectorAll('[data-name]')) {
    const own = figure.querySelectorAll('[data-series="' + name.getAttribute('data-name') + '"]');
    if (own.length === 0) continue;
    name.setAttribute('tabindex', '0');
    name.setAttribute('role', 'button');
    name.setAttribute('aria-pressed', 'true');
    name.setAttribute('class', 'pick');
    const toggle = () => {
      const shown = name.getAttribute('aria-pressed') !== 'true';
      name.setAttribute('aria-pressed', String(shown));
      name.setAttribute('opacity', shown ? '1' : '0.4');
      for (const mark of own) mark.setAttribute('visibility', shown ? 'visible' : 'hidden');
    };
    name.addEventListener('click', toggle);
    name.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      toggle();
    });
  }
  const isPicked = figure.querySelector('.pick') !== null;
  if (isPicked) figure.querySelector('svg').setAttribute('role', 'group');
  const marks = Array.from(figure.querySelectorAll('g > title, circle > title, rect > title, path > title'))
    .map((title) => ({ mark: title.parentNode, words: title.textContent }))
    .filter(({ mark }) => mark.closest('[fill-opacity="0"]') === null);
  const named = marks.filter(({ mark }) => mark.tagName === 'circle' || mark.tagName === 'g');
  if (isPicked ? named.length >= ${marksFilteredMin} : marks.length > 1) {
    const bar = make('div', 'tools', '');
    bar.append(
      searchFor('marks that say ', marks, ({ words }) => words, ({ mark }, fits) => {
        if (fits) mark.classList.remove('faint');
        else mark.classList.add('faint');
      }),
    );
    figure.prepend(bar);
  }
}

const textOf = (text) => {
  const flat = text.replace(/[\\t\\r\\n]+/g, ' ').trim();
  return formula.test(flat) ? "'" + flat : flat;
};
const valuesOf = (cell) => {
  const values = cell.getAttribute('data-value');
  return values === null ? [textOf(cell.textContent)] : values.split(' ');
};
const gridOf = (rows) => {
  const cells = rows.map((row) => Array.from(row.cells, valuesOf));
  const widths = [];
  for (const row of cells) row.forEach((values, k) => (widths[k] = Math.max(widths[k] || 1, values.length)));
  const pad = (values, k) => values.concat(Array(widths[k] - values.length).fill(''));
  return cells.map((row) => row.flatMap(pad));
};
const put = (event, grid) => {
  const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const html = grid.map((row) => '<tr>' + row.map((cell) => '<td>' + escaped(cell) + '</td>').join('') + '</tr>').join('');
  event.clipboardData.setData('text/plain', grid.map((row) => row.join('\\t')).join('\\n'));
  event.clipboardData.setData('text/html', '<table>' + html + '</table>');
  event.preventDefault();
};
document.addEventListener('copy', (event) => {
  const selection = document.getSelection();
  if (selection === null || selection.rangeCount === 0) return;
  const range = selection.getRangeAt(0);
  const tables = Array.from(document.querySelectorAll('table')).filter((table) => range.intersectsNode(table));
  if (tables.length === 0) return;
  const rows = tables.flatMap((table) => Array.from(table.rows)).filter((row) => !row.hidden && range.intersectsNode(row));
  const touched = rows.flatMap((row) => Array.from(row.cells)).filter((cell) => range.intersectsNode(cell));
  if (touched.length === 1) put(event, [[textOf(selection.toString())]]);
  else put(event, gridOf(rows));
});

for (const table of document.querySelectorAll('table')) {
  const bar = make('div', 'tools', '');
  const button = make('button', '', 'copy table');
  button.type = 'button';
  button.addEventListener('click', () => {
    document.getSelection().selectAllChildren(table);
    button.textContent = document.execCommand('copy') ? 'copied' : 'press Ctrl-C';
    if (button.textContent === 'copied') document.getSelection().removeAllRanges();
  });
  const rows = Array.from(table.tBodies[0].rows);
  if (rows.length >= ${rowsFilteredMin}) {
    bar.append(searchFor('rows with ', rows, (row) => row.textContent, (row, fits) => (row.hidden = !fits)));
  }
  bar.append(button);
  table.before(bar);
}
`;
