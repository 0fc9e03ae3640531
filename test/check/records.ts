/**
 * Lines 2.5 to 2.7: a recorded run is recomputed, damage is found, run.db is a view; exports open in networkx with the counts and
 * attributes of the run; wrong scenario files are refused.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { tableDigests } from '../../sim/record/database-sqlite.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { edgesOf } from '../../analysis/measures/from-records.ts';
import { checkout, mesocosm, objectOf, start, temporary, testFiles } from './figure.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Report, RunSummary } from './figure.ts';

const flipCount = 1000;

function record(name: string, agents: number, ticks: number, index: string): Promise<RunSummary> {
  const size = ['--agents', String(agents), '--ticks', String(ticks), '--seed', '7'];
  return objectOf<RunSummary>(['run', 'information-spreading', ...size, '--index', index, '--out', name]);
}

/** Line 2.5. */
export async function checkDamage(report: Report): Promise<void> {
  const { digest } = await record('recorded', 20_000, 100, 'core');
  const run = join(temporary, 'recorded');
  for (const workers of ['1', '2']) {
    const result = await objectOf<{ same: boolean; recomputed: string }>(['verify', run, '--workers', workers]);
    report({
      command: `verify --workers ${workers}: 20,000 agents, 100 ticks, seed 7`,
      figure: `recomputed ${result.recomputed.slice(0, 16)}…`,
      bar: `recorded ${digest.slice(0, 16)}…`,
      met: result.same && result.recomputed === digest,
    });
  }
  const before = await tableDigests(run);
  rmSync(join(run, 'run.db'));
  await objectOf<object>(['index', run]);
  const after = await tableDigests(run);
  const equal = Object.keys(before).filter((name) => before[name] === after[name]).length;
  const count = Object.keys(before).length;
  report({
    command: 'rm run.db; index',
    figure: `${equal} of ${count} tables equal`,
    bar: 'all',
    met: equal === count && Object.keys(after).length === count,
  });
  await flipBits(run, report);
}

/** Flips single bits, drawn with a fixed seed; each file is read as verify reads it, the first ten by the command itself. */
async function flipBits(run: string, report: Report): Promise<void> {
  const file = join(run, 'events.log');
  const whole = readFileSync(file);
  const stream = randomStream(1, streamPurposes.sample);
  let refused = 0;
  let named = 0;
  for (let i = 0; i < flipCount; i++) {
    const bit = stream.below(whole.length * 8);
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] ^= 1 << (bit & 7);
    writeFileSync(file, bytes);
    const message = i < 10 ? await messageOfVerify(run) : messageOfReader(run);
    if (message?.startsWith('INPUT_STORE_DAMAGED') === true) refused++;
    if (/events\.log.*tick \d+/.test(message ?? '')) named++;
  }
  writeFileSync(file, whole);
  const { status } = await mesocosm(['verify', run]);
  report({
    command: `one flipped bit in events.log (${whole.length} bytes), ${flipCount} times, seed 1`,
    figure: `${refused} refused, ${named} with file and tick; with all bits back, verify ends with ${status}`,
    bar: `${flipCount} refused and named; 0`,
    met: refused === flipCount && named === flipCount && status === 0,
  });
}

async function messageOfVerify(run: string): Promise<string | undefined> {
  const { status, stderr } = await mesocosm(['verify', run]);
  const message = stderr.split('\n').find((line) => line.startsWith('INPUT_'));
  return status === 4 ? message : undefined;
}

function messageOfReader(run: string): string | undefined {
  try {
    const frames = openRecords(run).frames();
    while (frames.next().done !== true) continue;
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

interface NetworkxGraph {
  readonly directed: boolean;
  readonly nodes: [id: string, attributes: Record<string, unknown>][];
  readonly edges: [source: string, target: string, ...rest: unknown[]][];
}

/** Line 2.6. */
export async function checkExports(report: Report): Promise<void> {
  await record('exported', 5000, 120, 'none');
  const run = join(temporary, 'exported');
  const records = openRecords(run);
  const reader = join(checkout, 'test/fixtures/read-networks.py');
  for (const layer of ['follow', 'reply', 'repost'] as const) {
    for (const format of ['gexf', 'graphml']) {
      const { files } = await objectOf<{ files: string[] }>(['export', run, '--format', format, '--layer', layer]);
      const read = await start('python3', [
        reader,
        ...files.map((file) => join(run, 'exports', file.split('/').at(-1) ?? '')),
      ]);
      const command = `export --format ${format} --layer ${layer}, read by networkx`;
      if (/No module named/.test(read.stderr)) {
        report({ command, figure: 'networkx is not installed', bar: 'counts and attributes of the run' });
        continue;
      }
      const graph = JSON.parse(read.stdout) as NetworkxGraph;
      const wrong = differencesOf(records, layer, graph);
      report({
        command,
        figure: `${graph.nodes.length} nodes, ${graph.edges.length} edges; ${wrong.length === 0 ? 'as in the run' : wrong.join('; ')}`,
        bar: 'counts, edges and attributes of the run',
        met: wrong.length === 0,
      });
    }
  }
}

/** What differs between a graph that networkx read and the records that it was made of. */
function differencesOf(records: Records, layer: 'follow' | 'reply' | 'repost', graph: NetworkxGraph): string[] {
  const { population } = records;
  const wrong: string[] = [];
  if (!graph.directed) wrong.push('not directed');
  const byId = new Map(graph.nodes);
  if (byId.size !== population.count) wrong.push(`${byId.size} nodes for ${population.count} agents`);
  let agentsWrong = 0;
  for (let agent = 0; agent < population.count; agent++) {
    const found = byId.get(externalId(population.ids, agent));
    const wakes = population.wakesPerDay[agent];
    if (found?.['ordinal'] !== agent || Math.fround(Number(found['wakes_per_day'])) !== wakes) agentsWrong++;
  }
  if (agentsWrong > 0) wrong.push(`${agentsWrong} nodes with other attributes`);
  const { sources, targets } = edgesOf(records, layer);
  const name = (agent: number): string => externalId(population.ids, agent);
  const wanted = new Set(
    Array.from(sources, (from, i) => (from === targets[i] ? '' : `${name(from)} ${name(targets[i])}`)).filter(Boolean),
  );
  const read = new Set(graph.edges.map(([from, to]) => `${from} ${to}`));
  if (read.size !== graph.edges.length) wrong.push('an edge stands twice');
  if (read.size !== wanted.size || [...wanted].some((edge) => !read.has(edge))) wrong.push('other edges than the run');
  return wrong;
}

/** Line 2.7. */
export async function checkRefusals(report: Report): Promise<void> {
  const { line, met } = await testFiles('test/command/refusals.test.ts');
  const command = 'wrong scenario files: code, file:line:column, value, next step, exit 2, nothing written';
  report({ command, figure: line, bar: 'twelve at least, all pass', met });
}
