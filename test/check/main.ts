/**
 * `npm run check [-- --only 2.5,3]`: what must hold at full size, line by line, as one table. `--list` says which lines there are.
 *
 * `--only 2` is all of 2. On two cores all lines take some hours, of a machine that does nothing else: 3.1 to 3.6 compare speeds.
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
import { checkFigures } from './figures.ts';
import { checkHostileReport, checkHostileRun } from './hostile.ts';
import { checkFaults } from './faults.ts';
import { checkGolden } from './golden.ts';
import { checkCost, checkMillion, checkThousand } from './generators.ts';
import { checkHerd } from './herd.ts';
import { checkEdgesAtSize, checkImport } from './import.ts';
import { checkInvariants } from './invariants.ts';
import { checkMemory } from './memory.ts';
import { checkMisinformation } from './misinformation.ts';
import { checkHostilePosts, checkLongTalk } from './model-agents.ts';
import { checkMoltbook } from './moltbook.ts';
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
import { checkSpreading } from './spreading.ts';
import { checkSteady } from './steady.ts';
import { checkStudy } from './study.ts';
import { checkCanary, checkThinking } from './thinking.ts';
import { checkSweeps } from './sweeps.ts';
import { say, temporary } from './figure.ts';
import type { Report, Row } from './figure.ts';

/** The lines: what each is about, and its check. */
const lines: Readonly<Record<string, readonly [about: string, check: (report: Report) => Promise<void>]>> = {
  '2.1': ['fresh clone, start and tests', checkClone],
  '2.2': ['one digest for any number of workers', checkDigests],
  '2.3': ['a million agents', checkSize],
  '2.4': ['the study beside real cascades, some twenty minutes', checkStudy],
  '2.5': ['verify, flipped bits, run.db', checkDamage],
  '2.6': ['exports in networkx', checkExports],
  '2.7': ['wrong scenario files', checkRefusals],
  '3.1': ['kernel and tick beside the C++ reference', checkFloor],
  '3.2': ['beside objects and Mesa (MESA_PYTHON names a Python that has it)', checkPeers],
  '3.3': ['memory, ten million agents', checkMemory],
  '3.4': ['cost follows those awake', checkSleepers],
  '3.5': ['a thousand ticks', checkSteady],
  '3.6': ['two workers, recording', checkWorkers],
  '3.7': ['resume from every tick, processes killed, damage, some fifteen minutes', checkFaults],
  '3.8': ['golden digests with sleeping shards and on three versions of Node, some ten minutes', checkGolden],
  '4.5': ['invariants, kept and timed', checkInvariants],
  '4.6': ['a million attempts', checkRuling],
  '4.7': ['a like and a feed on a full platform', checkPlatformCost],
  '5.1.populations': ['statements of OASIS on populations', checkPopulationStatements],
  '5.2': ['neighbours of an index beside exact ones', checkNeighbours],
  '5.3': ['the nearest of all users', checkTop],
  '5.4.cost': ['the cost of a graph beside C++', checkCost],
  '5.4.million': ['the same at a million nodes', checkMillion],
  '5.4.thousand': ['graph generators beside theory and libraries', checkThousand],
  '5.5': ['data sets', checkImport],
  '5.6': ['feed and opinion', checkOpinion],
  '5.8': ['bad files and ten million rows', checkEdgesAtSize],
  '6.2': ['coverage of intervals and false positives over planted worlds', checkCoverage],
  '6.3': ['verdicts on tails', checkTails],
  '6.4': ['planted cores', checkCores],
  '6.5': ['verdicts on adoption over planted worlds', checkAdoption],
  '6.6': ['all measures at size', checkAnalyzeSize],
  '7.1': ['archetype calls at a thousand and at a million agents', checkArchetypes],
  '7.2': ['the mixed scenario live, replayed and without a model', checkThinking],
  '7.3': ['faults of model endpoints, and what is spent', checkModelFaults],
  '7.4': ['hostile posts and bios', checkHostilePosts],
  '7.5': ['a key that a server repeats', checkCanary],
  '7.6': ['requests in flight', checkModelLoad],
  '7.7': ['prompts over 200 ticks', checkLongTalk],
  '7.8': ['order of prompts', checkPrefixOrder],
  '8.1.polarization': ['formula values of polarization and diversity', checkPolarizationValues],
  '8.2': ['prices of learners', checkPricing],
  '8.3': ['planted rings and clean worlds', checkRings],
  '8.4': ['conformity and herding over planted strengths', checkConformity],
  '8.5': ['effective channels', checkChannels],
  '8.6.emergent': ['risk probes of learners', checkRisks],
  '8.6.panels': ['risk probes of panels', checkPanelRisks],
  '8.7': ['rings at size', checkRingSpeed],
  '9.2': ['spreading beside cascades that were held out, ablations, halved ticks, some six minutes', checkSpreading],
  '9.3.herd': ['the herd effect by size', checkHerd],
  '9.3.polarization': ['opinions under feeds, by size', checkPolarizationStudy],
  '9.4': ['the MoltBook study beside published figures, some ten minutes', checkMoltbook],
  '9.5': ['misinformation among a million agents', checkMisinformation],
  '9.6': ['sweeps, calibration, forks', checkSweeps],
  '10.1': ['every figure of a real run', checkFigures],
  '10.2': ['network files of a million nodes', checkMillionExports],
  '10.3': ['the dashboard in a browser', checkDashboard],
  '10.4.report': ['hostile texts on a page', checkHostileReport],
  '10.4.live': ['hostile texts in a run that is watched', checkHostileRun],
  '10.5': ['a run that is watched', checkWatching],
};

async function checkCoverage(report: Report): Promise<void> {
  checkSurvivalCoverage(report);
  checkEffects(report);
  checkExponents(report);
  await Promise.resolve();
}

function chosen(): string[] {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
  const all = Object.keys(lines);
  if (values.list === true) {
    process.stdout.write(all.map((line) => `${line}  ${lines[line][0]}\n`).join(''));
    return [];
  }
  if (values.only === undefined) return all;
  return values.only.split(',').flatMap((wanted) => {
    const found = all.filter((line) => line === wanted || line.startsWith(`${wanted}.`));
    if (found.length === 0)
      throw new TypeError(`--only takes lines out of ${all.join(', ')}, or 2 to 10 for all of them`);
    return found;
  });
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  for (const line of chosen()) {
    say(`line ${line}: ${lines[line][0]}`);
    const report: Report = (row) => {
      rows.push({ line, ...row });
      say(rowText({ line, ...row }));
    };
    try {
      await lines[line][1](report);
    } catch (error) {
      const [figure] = (error instanceof Error ? error.message : String(error)).split('\n');
      report({ command: 'the check itself', figure, bar: 'ends', met: false });
    }
  }
  if (rows.length > 0) process.stdout.write(tableText(rows));
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
