/**
 * `npm run check [-- --only 2,5]`: what the first tick must show, at full size, line by line, as one table.
 *
 * Lines: 1 fresh clone, start and tests; 2 one digest; 3 a million agents; 4 the study beside real cascades; 5 verify, flipped
 * bits, run.db; 6 exports in networkx; 7 wrong scenario files. All together take about half an hour on two cores; line 4 most of it.
 * Reads the checkout (line 1: what is committed). Writes to a temporary folder that is removed at the end, and the table to standard
 * output; exit 1 if a bar was missed. A check that breaks off is a row of its own and stops none of the others.
 */
import { rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { checkClone } from './clone.ts';
import { checkDigests } from './digests.ts';
import { checkDamage, checkExports, checkRefusals } from './records.ts';
import { checkSize } from './size.ts';
import { checkStudy } from './study.ts';
import { say, temporary } from './figure.ts';
import type { Report, Row } from './figure.ts';

const lines: Readonly<Record<number, (report: Report) => Promise<void>>> = {
  1: checkClone,
  2: checkDigests,
  3: checkSize,
  4: checkStudy,
  5: checkDamage,
  6: checkExports,
  7: checkRefusals,
};

function chosen(): number[] {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const all = Object.keys(lines).map(Number);
  if (values.only === undefined) return all;
  const wanted = values.only.split(',').map(Number);
  const unknown = wanted.filter((line) => !all.includes(line));
  if (unknown.length > 0) throw new TypeError(`--only takes lines out of ${all.join(', ')}`);
  return wanted;
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  for (const line of chosen()) {
    say(`line ${line}`);
    const report: Report = (row) => {
      rows.push({ line, ...row });
      say(rowText({ line, ...row }));
    };
    try {
      await lines[line](report);
    } catch (error) {
      const [figure] = (error instanceof Error ? error.message : String(error)).split('\n');
      report({ command: 'the check itself', figure, bar: 'ends', met: false });
    }
  }
  process.stdout.write(tableText(rows));
  process.exitCode = rows.some((row) => row.met === false) ? 1 : 0;
}

function verdictOf({ met }: Row): string {
  return met === undefined ? '–' : met ? 'met' : 'MISSED';
}

function rowText(row: Row): string {
  return `${verdictOf(row)}: ${row.command}: ${row.figure} (${row.bar})`;
}

function tableText(rows: readonly Row[]): string {
  const machine = `${cpus().length} cores (${cpus()[0].model.trim()}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const head = [
    `${machine}, Node ${process.version}`,
    '',
    '| line | command | figure | bar | verdict |',
    '|---|---|---|---|---|',
  ];
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const body = rows.map((row) => {
    const cells = [String(row.line), row.command, row.figure, row.bar, verdictOf(row)];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [...head, ...body, ''].join('\n');
}

try {
  await main();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
