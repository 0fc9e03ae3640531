#!/usr/bin/env node
/**
 * The command line. Each command lives in `scenarios/command/`; this file names them, their flags, and turns errors into exit codes.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { inputCodes } from '../sim/ground/errors.ts';
import { engineVersion } from '../sim/engine/version.ts';
import { addFit } from './command/fit.ts';
import { reportError } from './command/output.ts';
import type { AnalyzeFlags } from './command/analyze.ts';
import type { CalibrateFlags } from './command/calibrate.ts';
import type { CompareFlags } from './command/compare.ts';
import type { ExportFlags } from './command/export.ts';
import type { FigureFlags } from './command/figure.ts';
import type { ForkFlags } from './command/fork.ts';
import type { InspectFlags } from './command/inspect.ts';
import type { GalleryFlags } from './command/gallery.ts';
import type { ImportFlags } from './command/import.ts';
import type { ReportFlags } from './command/report.ts';
import type { ResumeFlags } from './command/resume.ts';
import type { RisksFlags } from './command/risks.ts';
import type { RunFlags } from './command/run.ts';
import type { ServeFlags } from './command/serve.ts';
import type { StandInFlags } from './command/stand-in.ts';
import type { StudyFlags } from './command/study-output.ts';
import type { ValidityFlags } from './command/validity.ts';
import type { SweepFlags } from './command/sweep.ts';
import type { HalveTickFlags } from './command/halve-tick.ts';
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
  .option('--serve', 'serve the live dashboard while it runs, with pause and step')
  .option('--port <n>', 'port of --serve on the loopback address; 0 takes a free one', integer, 0)
  .option('--dry-run', 'say what would be run, and what models would cost')
  .option('--allow-code', 'let the scenario run code of its own')
  .option(
    '--early-warning',
    'polarization, diversity and inequality of a sample of agents, tick by tick, in early-warning.csv',
  )
  .option('--json', 'print one object')
  .action(async (scenario: string, flags: RunFlags) => {
    status = await (await import('./command/run.ts')).runCommand(scenario, flags);
  });

/** Flags of commands whose worlds may ask models. */
function withModels(command: Command, replays: boolean): Command {
  command
    .option(
      '--models <file>',
      'models in the place of the scenario’s own: a file of endpoints, classes, prices and caps',
    )
    .option('--cap-calls <n>', 'requests to models of all worlds together', integer)
    .option('--cap-tokens <n>', 'tokens of all worlds together', integer)
    .option('--cap-money <amount>', 'money of all worlds together, in the currency of the prices', amount);
  return replays
    ? command.option(
        '--replay <dir>',
        'take the answers of models from the worlds of another directory; no model is asked',
      )
    : command;
}

withModels(program.command('study'), true)
  .description('run the replicates of a study, analyse them, and write its report')
  .argument('<scenario>', 'information-spreading, misinformation, moltbook, or a study file in YAML or JSON')
  .option(
    '--agents <n>',
    'agents of each world (100,000; misinformation 10,000); a study file says so itself',
    positive,
  )
  .option('--replicates <n>', 'worlds (6; of moltbook 10), of misinformation pairs of worlds an arm (30)', positive)
  .option('--sizes <list>', 'misinformation: numbers of agents at which its main arm is run (100,1000,10000,100000)')
  .addOption(new Option('--arms <which>', 'misinformation: all arms, or the main one alone').choices(['all', 'main']))
  .option('--seed <s>', 'seed of the first world', integer, 1)
  .option('--workers <n>', 'worlds at a time', workerCount)
  .option('--out <dir>', 'directory of the study')
  .option('--against <csv>', 'cascades that were kept back, in the form of data/cascades/twitter1516-calibration.csv')
  .option('--no-ablations', 'do not take mechanisms away one by one')
  .option(
    '--ablation-pairs <n>',
    'take mechanisms away in generated worlds too, in so many pairs of worlds each, up to --replicates (none)',
    positive,
  )
  .option('--deviation <reason>', 'study files: go on though the file is not what was registered')
  .option('--json', 'print one object')
  .action(async (scenario: string, flags: StudyFlags) => {
    status = await (await import('./command/study.ts')).studyCommand(scenario, flags);
  });

withModels(program.command('sweep'), true)
  .description('worlds over the cells of a design, with tables and figures; the name of its directory goes on with one')
  .argument('<scenario>', 'name or file of a scenario, or the directory of a sweep that was stopped')
  .option('--vary <path=values>', 'a field with a,b,c or low..high (:log); may be repeated', collect, [])
  .option('--design <name>', 'grid, zip, lhs, sobol, one-at-a-time or saltelli', 'grid')
  .option('--samples <n>', 'points of lhs and sobol; base rows of saltelli', positive)
  .option('--replicates <n>', 'worlds a cell; replicate r has the seed of the first plus r in every cell', positive, 10)
  .option('--measure <path>', 'a field of analyze or of run --json; may be repeated', collect, [])
  .option('--set <path=value>', 'change a field in all cells; may be repeated', collect, [])
  .option('--seed <s>', 'seed of the first replicate, and of what is drawn', integer, 1)
  .option('--until-width <measure=width>', 'more worlds for a cell until its interval is no wider')
  .option('--replicates-max <n>', 'most worlds a cell with --until-width', positive)
  .option('--layer <layer>', 'network layer of measures of ties')
  .option('--engine <name>', 'local, or slurm for a job array', 'local')
  .option('--tasks <n>', 'tasks of the job array (default: 100 at most)', positive)
  .option('--task <i>', 'simulate this part alone', integer)
  .option('--of <n>', 'into how many parts the sweep is divided', positive)
  .option('--collect', 'make the tables of what is done; simulate nothing')
  .option('--workers <n>', 'worlds at a time', workerCount)
  .option('--paraphrases <file>', 'wordings of the prompts, which every cell is crossed with')
  .option('--no-figures', 'write no figures')
  .option('--out <dir>', 'directory of the sweep (default: runs/<scenario>-sweep)')
  .option('--allow-code', 'let the scenario run code of its own')
  .option('--json', 'print one object')
  .action(async (scenario: string, flags: SweepFlags) => {
    status = await (await import('./command/sweep.ts')).sweepCommand(scenario, flags);
  });

withModels(program.command('calibrate'), false)
  .description(
    'fit parameters to target statistics by evolutionary search; the same command goes on where it was stopped',
  )
  .argument('<scenario>', 'name of a scenario, or a file')
  .requiredOption('--to <figures>', 'molt-dynamics, moltbook, oasis, or a JSON file of figures')
  .option(
    '--fit <path=low..high>',
    'a parameter and its range (:log for steps of the logarithm); may be repeated',
    collect,
    [],
  )
  .option('--evaluations <n>', 'candidates to simulate', positive, 300)
  .option('--replicates <n>', 'worlds a candidate, on the same seeds for all of a batch', positive, 3)
  .option('--search <name>', 'evolution or random', 'evolution')
  .option('--set <path=value>', 'change a field; may be repeated', collect, [])
  .option('--seed <s>', 'seed of the search and of the first world', integer, 1)
  .option('--workers <n>', 'worlds at a time; the result does not depend on it', workerCount)
  .option('--out <dir>', 'directory of the calibration (default: runs/<scenario>-calibration)')
  .option('--allow-code', 'let the scenario run code of its own')
  .option('--json', 'print one object')
  .action(async (scenario: string, flags: CalibrateFlags) => {
    status = await (await import('./command/calibrate.ts')).calibrateCommand(scenario, flags);
  });

program
  .command('risks')
  .description('list the risk probes, or run one: control, safeguard and mechanism with effects and intervals')
  .argument('[name]')
  .option('--seeds <n>', 'worlds of each arm (default: what the probe has preregistered, else 30)', positive)
  .option('--first-seed <n>', 'seed of the first world (default: what the probe has preregistered, else 1)', integer)
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
  .option('--serve', 'serve the live dashboard while it runs, with pause and step')
  .option('--port <n>', 'port of --serve on the loopback address; 0 takes a free one', integer, 0)
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
  .option('--intervene <form>', 'shock:…, ban-wave:…, bots:…, treat:…, feed:…, or a file; may be repeated', collect, [])
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
  .option('--worlds <n>', 'seeds of --halve-tick', positive, 6)
  .option('--json', 'print one object')
  .action(async (run: string, flags: VerifyFlags & HalveTickFlags & { halveTick?: boolean }) => {
    if (flags.halveTick === true) {
      status = await (await import('./command/halve-tick.ts')).halveTickCommand(run, flags);
      return;
    }
    status = await (await import('./command/verify.ts')).verifyCommand(run, flags);
  });

program
  .command('import')
  .description('make a data set of what others have recorded: measures, reports and exports read it like a run')
  .argument('<kind>', 'moltbook, oasis, edges or acts')
  .argument(
    '<path>',
    'tables or API dumps of MoltBook; a profile file of OASIS; an edge list, GEXF or GraphML; a list of acts: agent, target, time',
  )
  .requiredOption('--out <dir>', 'directory of the data set')
  .option('--delimiter <character>', 'edges, acts: what separates fields; tab and blank by name')
  .option(
    '--columns <roles>',
    'lists without a header: source,target,time,weight or agent,target,time,kind,text,owner,community in their order, - for others',
  )
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
    'network, cascades, adoption, threads, roles, collusion, conformity, opinions, polarization, inequality, diversity, centrality, motifs, bow-tie; all that apply without a name',
  )
  .option(
    '--layer <layer>',
    'network layer: follow, reply, repost or coaction (default: follow, or what a data set is about)',
  )
  .option('--attribute <name>', 'attribute that opinions and polarization read (default: opinion)')
  .option('--control <run>', 'run without shown scores that conformity compares with')
  .option('--embedding <model>', 'model that embeds texts for diversity; vectors are kept in the directory')
  .option('--endpoint <url>', 'where that model is served, over the protocol of OpenAI')
  .option('--embedding-key-env <name>', 'environment variable that holds the key of the endpoint')
  .option('--embedding-dimensions <n>', 'length of the vectors that is asked for (default: the model’s own)', positive)
  .option('--lexical', 'let diversity of texts take words for meaning, and say so')
  .option('--seed <s>', 'seed of what is sampled', integer, 1)
  .option('--json', 'print one object')
  .action(async (source: string, measures: string[], flags: AnalyzeFlags) => {
    status = await (await import('./command/analyze.ts')).analyzeCommand(source, measures, flags);
  });

program
  .command('validity')
  .description('score what analyze finds in runs with planted truth: precision, recall, AUC, calibration')
  .argument('<runs...>', 'directories of runs of scenarios with plants; with --truth one run or data set')
  .option('--truth <file>', 'who is known to be in a ring: one agent a line, or agent,label')
  .option('--seed <s>', 'seed of what measures sample', integer, 1)
  .option('--json', 'print one object')
  .action(async (runs: string[], flags: ValidityFlags) => {
    status = (await import('./command/validity.ts')).validityCommand(runs, flags);
  });

program
  .command('compare')
  .description('effect sizes between arms, or a scorecard against published figures')
  .argument('<arms...>', 'directories of runs, or of the replicates of an arm')
  .option('--to <figures>', 'molt-dynamics, oasis, or a JSON file of figures')
  .option('--paired', 'worlds of one seed in two arms are pairs: forks and their parents')
  .option(
    '--layer <layer>',
    'network layer: follow, reply, repost or coaction (default: follow, or what a data set or a figure is about)',
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
  .option('--agent <id>', 'whose story is told (default: who passed the largest cascade on to most)')
  .option('--arm <dir>', 'a run, or a directory of replicates, to draw beside it; may be repeated', collect, [])
  .option('--json', 'print one object')
  .action(async (run: string, flags: ReportFlags) => {
    status = await (await import('./command/report.ts')).reportCommand(run, flags);
  });

program
  .command('figure')
  .description('draw a figure of a run with its data beside it; without a name, list the figures that it can give')
  .argument('<run>', 'directory of a run or a data set')
  .argument('[name]', 'name of a figure')
  .option('--png', 'pixels too')
  .option('--out <file>', 'where to (default: figures/<name>.svg of the run)')
  .option('--arm <dir>', 'a run, or a directory of replicates, to draw beside it; may be repeated', collect, [])
  .option('--seed <s>', 'seed of what is sampled', integer, 1)
  .option('--json', 'print one object')
  .action(async (run: string, name: string | undefined, flags: FigureFlags) => {
    status = (await import('./command/figure.ts')).figureCommand(run, name, flags);
  });

program
  .command('gallery')
  .description('make the pictures of the gallery anew: real runs, some minutes')
  .option('--out <dir>', 'folder of the pictures and of the page that shows them', 'viz/gallery')
  .option('--runs <dir>', 'keep the runs here (default: a folder that is removed at the end)')
  .option('--json', 'print one object')
  .action(async (flags: GalleryFlags) => {
    status = await (await import('./command/gallery.ts')).galleryCommand(flags);
  });

program
  .command('serve')
  .description('live dashboard of a run or a data set, on the loopback address')
  .argument('<run>', 'directory of a run or a data set; of a run that goes on it shows acknowledged ticks')
  .option('--port <n>', '0 takes a free one', integer, 0)
  .option('--show <n>', 'agents that are drawn at most (default: all up to 50,000, else 4,000)', positive)
  .option('--json', 'print one object with the address')
  .action(async (run: string, flags: ServeFlags) => {
    status = await (await import('./command/serve.ts')).serveCommand(run, flags);
  });

program
  .command('export')
  .description(
    'write network files for Gephi, R or networkx, or tables for scripts that read those of OASIS or MoltBook',
  )
  .argument('<run>', 'directory of a run')
  .requiredOption('--format <format>', 'gexf, graphml, csv, parquet, json, oasis or moltbook')
  .option('--layer <layer>', 'follow, reply, repost or coaction (default: follow, or what a data set is about)')
  .option('--out <dir>', 'where to (default: <run>/exports)')
  .option('--time', 'GEXF 1.3: with the ticks in which ties and agents are there')
  .option('--core <k>', 'only agents with k neighbours among themselves', positive)
  .option('--ego <agent>', 'only the neighbourhood of this agent')
  .option('--radius <r>', 'ties from --ego at most (default: 1)', positive)
  .option('--sample <n>', 'only so many agents, drawn with --seed', positive)
  .option('--seed <s>', 'seed of --sample and of the layer coaction', integer, 1)
  .option('--attributes <names>', 'community, role, k_core, stance, with commas between them')
  .option('--positions', 'places of a layout, for up to 20,000 agents')
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
