#!/usr/bin/env node
/**
 * The command line. Each command lives in `scenarios/command/`; this file names them, their flags, and turns errors into exit codes.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { inputCodes } from '../sim/ground/errors.ts';
import { engineVersion } from '../sim/engine/version.ts';
import { addFit } from './command/fit.ts';
import { reportError } from './command/output.ts';
import type { AnalyzeFlags } from './command/analyze.ts';
import type { CompareFlags } from './command/compare.ts';
import type { ExportFlags } from './command/export.ts';
import type { ForkFlags } from './command/fork.ts';
import type { InspectFlags } from './command/inspect.ts';
import type { ImportFlags } from './command/import.ts';
import type { ResumeFlags } from './command/resume.ts';
import type { RisksFlags } from './command/risks.ts';
import type { RunFlags } from './command/run.ts';
import type { StandInFlags } from './command/stand-in.ts';
import type { StudyFlags } from './command/study.ts';
import type { VerifyFlags } from './command/verify.ts';

function integer(text: string): number {
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError('Write a whole number below 2^53.');
  }
  return Number(text);
}

function workerCount(text: string): number {
  const count = integer(text);
  if (count < 1 || count > 32) throw new InvalidArgumentError('Write a number from 1 to 32.');
  return count;
}

function positive(text: string): number {
  const count = integer(text);
  if (count < 1) throw new InvalidArgumentError('Write a number from 1 on.');
  return count;
}

function amount(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Write a number from 0 on.');
  return Number(text);
}

function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

const program = new Command('mesocosm')
  .description('A laboratory for populations of agents.')
  .version(engineVersion)
  .option('--debug', 'print stack traces')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`INPUT_USAGE ${text.replace(/^error: /, '')}`) })
  .showSuggestionAfterError(true);

let status = 0;

program
  .command('run')
  .description('run a scenario and record it')
  .argument('<scenario>', 'name of a scenario, or a YAML, JSON or TypeScript file')
  .option('--agents <n>', 'agents of a generated population', integer)
  .option('--ticks <n>', 'how many ticks', integer)
  .option('--seed <s>', 'seed: decides every draw', integer)
  .option('--workers <n>', 'shards; the outcome does not depend on it', workerCount)
  .option('--set <path=value>', 'change a field of the scenario; may be repeated', collect, [])
  .option('--out <dir>', 'directory of the run (default: runs/<scenario>-<seed>)')
  .option('--index <level>', 'run.db: none, core or full')
  .option('--layout <order>', 'rows in memory: degree, key or scrambled; cannot be seen in the outcome', 'degree')
  .option('--merge-ticks <n>', 'ticks between merges of the log of ties; cannot be seen in the outcome', positive, 24)
  .option('--checkpoint-ticks <n>', 'ticks between checkpoints; 0: none', integer, 100)
  .option('--replay <run>', 'take the answers of models from a recorded run; no model is asked')
  .option('--dry-run', 'say what would be run, and what models would cost')
  .option('--allow-code', 'let the scenario run code of its own')
  .option('--json', 'print one object')
  .action(async (scenario: string, flags: RunFlags) => {
    status = await (await import('./command/run.ts')).runCommand(scenario, flags);
  });

program
  .command('study')
  .description('run the replicates of a study, analyse them, and write its report')
  .argument('<scenario>', 'name of a scenario that has a study: information-spreading')
  .option('--agents <n>', 'agents of each world', positive, 100_000)
  .option('--replicates <n>', 'worlds', positive, 6)
  .option('--seed <s>', 'seed of the first world', integer, 1)
  .option('--workers <n>', 'worlds at a time', workerCount)
  .option('--out <dir>', 'directory of the study')
  .option('--json', 'print one object')
  .action(async (scenario: string, flags: StudyFlags) => {
    status = await (await import('./command/study.ts')).studyCommand(scenario, flags);
  });

program
  .command('risks')
  .description('list the risk probes, or run one: control, safeguard and mechanism with effects and intervals')
  .argument('[name]')
  .option('--seeds <n>', 'worlds of each arm; their seeds are 1, 2 …', positive, 30)
  .option('--workers <n>', 'worlds at a time', workerCount)
  .option('--set <path=value>', 'change a field of the scenario in every arm; may be repeated', collect, [])
  .option('--models <file>', 'let models take the seats: a file of endpoints, classes, prices and caps')
  .option('--out <dir>', 'where runs with models go (default: runs/risks-<name>)')
  .option('--json', 'print one object')
  .action(async (name: string | undefined, flags: RisksFlags) => {
    status = await (await import('./command/risks.ts')).risksCommand(name, flags);
  });

program
  .command('resume')
  .description('go on with a run that ended early')
  .argument('<run>', 'directory of a run')
  .option('--workers <n>', 'shards', workerCount)
  .option('--checkpoint-ticks <n>', 'ticks between checkpoints; 0: none', integer, 100)
  .option('--from-tick <n>', 'use no checkpoint later than this tick', integer)
  .option('--set <path=value>', 'change caps, endpoints, limits or prices of models; may be repeated', collect, [])
  .option('--json', 'print one object')
  .action(async (run: string, flags: ResumeFlags) => {
    status = await (await import('./command/resume.ts')).resumeCommand(run, flags);
  });

program
  .command('fork')
  .description('branch from a run; a fork that changes nothing is bit-identical')
  .argument('<run>', 'directory of a run')
  .requiredOption('--at <tick>', 'the first tick of the fork', integer)
  .option('--set <path=value>', 'change a field of the scenario from then on; may be repeated', collect, [])
  .option('--out <dir>', 'directory of the fork (default: <run>-fork-<tick>)')
  .option('--workers <n>', 'shards', workerCount)
  .option('--checkpoint-ticks <n>', 'ticks between checkpoints; 0: none', integer, 100)
  .option('--json', 'print one object')
  .action(async (run: string, flags: ForkFlags) => {
    status = await (await import('./command/fork.ts')).forkCommand(run, flags);
  });

program
  .command('diff')
  .description('first difference between two runs: tick, agent, field')
  .argument('<first>', 'directory of a run')
  .argument('<second>', 'directory of another')
  .option('--json', 'print one object')
  .action(async (first: string, second: string, flags: { json?: boolean }) => {
    status = await (await import('./command/diff.ts')).diffCommand(first, second, flags);
  });

program
  .command('verify')
  .description('check a run’s log and recompute it to its digest')
  .argument('<run>', 'directory of a run')
  .option('--workers <n>', 'shards', workerCount, 1)
  .option('--halve-tick', 'compare with ticks of half the length instead, on other seeds')
  .option('--json', 'print one object')
  .action(async (run: string, flags: VerifyFlags & { halveTick?: boolean }) => {
    if (flags.halveTick === true) {
      status = await (await import('./command/halve-tick.ts')).halveTickCommand(run, flags);
      return;
    }
    status = await (await import('./command/verify.ts')).verifyCommand(run, flags);
  });

program
  .command('import')
  .description('make a data set of what others have recorded: measures, reports and exports read it like a run')
  .argument('<kind>', 'moltbook, oasis or edges')
  .argument('<path>', 'tables or API dumps of MoltBook; a profile file of OASIS; an edge list, GEXF or GraphML')
  .requiredOption('--out <dir>', 'directory of the data set')
  .option('--delimiter <character>', 'edge lists: what separates fields; tab and blank by name')
  .option('--columns <roles>', 'edge lists without a header: source,target,time,weight in their order, - for others')
  .option('--strict', 'refuse a source from which rows would be left out')
  .option('--json', 'print one object')
  .action(async (kind: string, path: string, flags: ImportFlags) => {
    status = await (await import('./command/import.ts')).importCommand(kind, path, flags);
  });

program
  .command('analyze')
  .description('measure a recorded population')
  .argument('<source>', 'directory of a run or a data set')
  .argument(
    '[measures...]',
    'network, cascades, adoption, threads, roles, centrality, motifs, opinions, bow-tie; all that apply without a name',
  )
  .option('--layer <layer>', 'network layer: follow, reply or repost (default: follow, or what a data set is about)')
  .option('--attribute <name>', 'attribute that opinions reads (default: opinion)')
  .option('--seed <s>', 'seed of what is sampled', integer, 1)
  .option('--json', 'print one object')
  .action(async (source: string, measures: string[], flags: AnalyzeFlags) => {
    status = await (await import('./command/analyze.ts')).analyzeCommand(source, measures, flags);
  });

program
  .command('compare')
  .description('effect sizes between arms, or a scorecard against published figures')
  .argument('<arms...>', 'directories of runs, or of the replicates of an arm')
  .option('--to <figures>', 'molt-dynamics, oasis, or a JSON file of figures')
  .option(
    '--layer <layer>',
    'network layer: follow, reply or repost (default: follow, or what a data set or a figure is about)',
  )
  .option('--seed <s>', 'seed of what is sampled', integer, 1)
  .option('--json', 'print one object')
  .action(async (arms: string[], flags: CompareFlags) => {
    status = (await import('./command/compare.ts')).compareCommand(arms, flags);
  });

program
  .command('report')
  .description('write report.html of a run: one page, self-contained')
  .argument('<run>', 'directory of a run')
  .option('--json', 'print one object')
  .action(async (run: string, flags: { json?: boolean }) => {
    status = (await import('./command/report.ts')).reportCommand(run, flags);
  });

program
  .command('export')
  .description('write network files for Gephi, R or networkx, or a database for scripts that read those of OASIS')
  .argument('<run>', 'directory of a run')
  .requiredOption('--format <format>', 'gexf, graphml, csv or oasis')
  .option('--layer <layer>', 'follow, reply or repost (default: follow, or what a data set is about)')
  .option('--out <dir>', 'where to (default: <run>/exports)')
  .option('--raw', 'CSV: leave cells that a spreadsheet would execute as they are')
  .option('--json', 'print one object')
  .action(async (run: string, flags: ExportFlags) => {
    status = await (await import('./command/export.ts')).exportCommand(run, flags);
  });

program
  .command('index')
  .description('build run.db from the log, or build it anew')
  .argument('<run>', 'directory of a run')
  .option('--level <level>', 'core or full', 'core')
  .option('--json', 'print one object')
  .action(async (run: string, flags: { level: string; json?: boolean }) => {
    status = await (await import('./command/index-run.ts')).indexCommand(run, flags);
  });

program
  .command('why')
  .description('explain a ruling: who attempted what, what became of it, by which rule')
  .argument('<run>', 'directory of a run')
  .argument('<intent>', 'tick:agent:sequence, or tick:agent for all of that agent in that tick')
  .option('--json', 'print one object')
  .action(async (run: string, intent: string, flags: { json?: boolean }) => {
    status = await (await import('./command/why.ts')).whyCommand(run, intent, flags);
  });

program
  .command('inspect')
  .description('show an agent: profile, ties, acts, exposure memory, its row in every table')
  .argument('<run>', 'directory of a run')
  .argument('<agent>', "external id, or '#' and the number of the agent in the order of keys")
  .option('--tick <t>', 'the state at the start of this tick; computed again from the nearest checkpoint', integer)
  .option('--all', 'all followers and followees, not the first ten')
  .option('--json', 'print one object')
  .action(async (run: string, agent: string, flags: InspectFlags) => {
    status = await (await import('./command/inspect.ts')).inspectCommand(run, agent, flags);
  });

addFit(program);

program
  .command('scenarios')
  .description('list scenarios, or the parameters of one with units, ranges and sources')
  .argument('[name]')
  .option('--json', 'print one object')
  .action(async (name: string | undefined, flags: { json?: boolean }) => {
    status = (await import('./command/scenarios.ts')).scenariosCommand(name, flags);
  });

program
  .command('schema')
  .description('JSON Schema of scenario files')
  .action(async () => {
    const { scenarioJsonSchema } = await import('../sim/scenario/schema.ts');
    process.stdout.write(JSON.stringify(scenarioJsonSchema(), null, 2) + '\n');
  });

program
  .command('stand-in')
  .description('serve the protocol of language models without one, to try things without a key')
  .option('--port <n>', 'on the loopback address; 0 takes a free one', integer, 8099)
  .option('--model <name>', 'a name that it answers to beside its own; may be repeated', collect, [])
  .option('--latency-ms <ms>', 'middle of the time to an answer', integer, 0)
  .option('--latency-sigma <s>', 'spread of its logarithm', amount, 0)
  .option('--fault <name[=argument][@share]>', 'misbehave so; may be repeated', collect, [])
  .option('--api-key-env <variable>', 'refuse requests without the key that it holds')
  .option('--json', 'print one object')
  .action(async (flags: StandInFlags) => {
    status = await (await import('./command/stand-in.ts')).standInCommand(flags);
  });

program
  .command('doctor')
  .description('check this machine')
  .option('--json', 'print one object')
  .action(async (flags: { json?: boolean }) => {
    status = await (await import('./command/doctor.ts')).doctorCommand(flags);
  });

async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await program.parseAsync();
    process.exitCode = status;
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : inputCodes.INPUT_USAGE.exit;
    } else process.exitCode = reportError(error, program.opts<{ debug?: boolean }>().debug === true);
  }
}

await main();
