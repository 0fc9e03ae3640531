/**
 * `npm run check [-- --only 2.5,3]`: what must hold at full size, line by line, as one table.
 *
 * Lines 2, the first tick: 2.1 fresh clone, start and tests; 2.2 one digest; 2.3 a million agents; 2.4 the study beside real cascades;
 * 2.5 verify, flipped bits, run.db; 2.6 exports in networkx; 2.7 wrong scenario files. Lines 3, speed and durability: 3.1 kernel and
 * tick beside the C++ reference; 3.2 beside objects and Mesa (MESA_PYTHON names a Python that has it); 3.3 memory, ten million agents;
 * 3.4 cost follows those awake; 3.5 a thousand ticks; 3.6 two workers, recording; 3.7 resume from every tick, processes killed, damage;
 * 3.8 golden digests with sleeping shards and on three versions of Node. 4.5 invariants, kept and timed; 4.6 a million attempts; 4.7 a like and a feed on a full platform; 5.1 statements of OASIS on
 * populations; 5.2 neighbours of an index beside exact ones; 5.3 the nearest of all users; 5.4 graph generators; 5.5 data sets; 5.6 feed and opinion; 5.8 bad files and ten million rows; 6.2 coverage of intervals and false
 * positives over planted worlds; 6.3 verdicts on tails; 6.4 planted cores; 6.5 verdicts on adoption over planted worlds; 6.6 all
 * measures at size; 7.1 archetype calls at a thousand and at a million agents; 7.2 the mixed scenario live, replayed and without a model; 7.3 faults of model endpoints, 7.5 a key that is repeated; 7.6 requests in flight, 7.8 order of prompts. `--only 2` is all of 2. On two cores 2.4 takes some twenty
 * minutes, 3.7 some fifteen, 3.8 some ten, the other lines 2 ten together; 3.1 to 3.6 an hour, of a machine that does nothing else.
 * Reads the checkout (line 2.1: what is committed). Writes to a temporary folder that is removed at the end, and the table to standard
 * output; exit 1 if a bar was missed. A check that breaks off is a row of its own and stops none of the others.
 */
import { rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { checkAdoption } from './adoption.ts';
import { checkAnalyzeSize } from './analyze-size.ts';
import { checkArchetypes } from './archetypes.ts';
import { checkClone } from './clone.ts';
import { checkConformity } from './conformity.ts';
import { checkCores, checkEffects } from './coverage-groups.ts';
import { checkExponents, checkTails } from './coverage-tails.ts';
import { checkSurvivalCoverage } from './coverage.ts';
import { checkDashboard, checkMillionExports, checkWatching } from './dashboard.ts';
import { checkRings, checkRingSpeed } from './collusion.ts';
import { checkDigests } from './digests.ts';
import { checkFigures, checkHostileReport } from './figures.ts';
import { checkFaults } from './faults.ts';
import { checkGolden } from './golden.ts';
import { checkCost, checkMillion, checkThousand } from './generators.ts';
import { checkEdgesAtSize, checkImport } from './import.ts';
import { checkInvariants } from './invariants.ts';
import { checkMemory } from './memory.ts';
import { checkModelFaults, checkModelLoad, checkPrefixOrder } from './model-client.ts';
import { checkOpinion } from './opinion.ts';
import { checkNeighbours, checkTop } from './neighbours.ts';
import { checkPlatformCost, checkRuling } from './platform-speed.ts';
import { checkChannels, checkPolarizationStudy, checkPolarizationValues } from './polarization.ts';
import { checkPopulationStatements } from './population.ts';
import { checkDamage, checkExports, checkRefusals } from './records.ts';
import { checkPricing, checkRisks } from './risks.ts';
import { checkSize } from './size.ts';
import { checkPanelRisks } from './risks-structural.ts';
import { checkFloor, checkPeers, checkSleepers, checkWorkers } from './speed.ts';
import { checkSteady } from './steady.ts';
import { checkStudy } from './study.ts';
import { checkCanary, checkThinking } from './thinking.ts';
import { checkSweeps } from './sweeps.ts';
import { say, temporary } from './figure.ts';
import type { Report, Row } from './figure.ts';

const lines: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  '2.1': checkClone,
  '2.2': checkDigests,
  '2.3': checkSize,
  '2.4': checkStudy,
  '2.5': checkDamage,
  '2.6': checkExports,
  '2.7': checkRefusals,
  '3.1': checkFloor,
  '3.2': checkPeers,
  '3.3': checkMemory,
  '3.4': checkSleepers,
  '3.5': checkSteady,
  '3.6': checkWorkers,
  '3.7': checkFaults,
  '3.8': checkGolden,
  '4.5': checkInvariants,
  '4.6': checkRuling,
  '4.7': checkPlatformCost,
  '5.1.populations': checkPopulationStatements,
  '5.2': checkNeighbours,
  '5.3': checkTop,
  '5.4.thousand': checkThousand,
  '5.4.million': checkMillion,
  '5.4.cost': checkCost,
  '5.5': checkImport,
  '5.6': checkOpinion,
  '5.8': checkEdgesAtSize,
  '6.2': checkCoverage,
  '6.3': checkTails,
  '6.4': checkCores,
  '6.5': checkAdoption,
  '6.6': checkAnalyzeSize,
  '7.1': checkArchetypes,
  '7.2': checkThinking,
  '7.3': checkModelFaults,
  '7.5': checkCanary,
  '7.6': checkModelLoad,
  '7.8': checkPrefixOrder,
  '8.4': checkConformity,
  '9.6': checkSweeps,
  '10.2': checkMillionExports,
  '10.3': checkDashboard,
  '10.5': checkWatching,
  '10.1': checkFigures,
  '10.4.report': checkHostileReport,
  '8.6.panels': checkPanelRisks,
  '8.3': checkRings,
  '8.7': checkRingSpeed,
  '8.1.polarization': checkPolarizationValues,
  '8.5': checkChannels,
  '9.3.polarization': checkPolarizationStudy,
  '8.2': checkPricing,
  '8.6.emergent': checkRisks,
};

async function checkCoverage(report: Report): Promise<void> {
  checkSurvivalCoverage(report);
  checkEffects(report);
  checkExponents(report);
  await Promise.resolve();
}

function chosen(): string[] {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const all = Object.keys(lines);
  if (values.only === undefined) return all;
  return values.only.split(',').flatMap((wanted) => {
    const found = all.filter((line) => line === wanted || line.startsWith(`${wanted}.`));
    if (found.length === 0)
      throw new TypeError(`--only takes lines out of ${all.join(', ')}, or 2 to 9 for all of them`);
    throw new TypeError(`--only takes lines out of ${all.join(', ')}, or 2 to 10 for all of them`);
    throw new TypeError(`--only takes lines out of ${all.join(', ')}, or 2 to 8 for all of them`);
      throw new TypeError(`--only takes lines out of ${all.join(', ')}, or 2 to 8 for all of them`);
    return found;
  });
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
    const cells = [row.line, row.command, row.figure, row.bar, verdictOf(row)];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [...head, ...body, ''].join('\n');
}

try {
  await main();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
