/**
 * Who is treated in a fork, by agent, post, community or world; and what the treatment did, by pairs of worlds of one seed.
 *
 * Reads a run up to the tick of its fork; gives units, dealt at random from the run's own seed, and interventions. The assignment is kept beside the
 * fork's records. An outcome of a unit is a count from the fork's tick on, made acts of an experiment left out: acts granted to an agent, or acts granted on
 * a post and what was spread from it. Each unit is compared with itself in the world of the same seed that was not treated, so a world gives three numbers:
 * the mean difference of its treated units, that of the others (what spills over), and the one less the other. Worlds are what is tested.
 * Source of the designs: Muchnik, Aral and Taylor 2013 (posts); Eckles, Karrer and Ugander 2017 (graph clusters).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommunities } from '../../analysis/estimators/communities.ts';
import { graphFromEdges, undirected } from '../../analysis/estimators/graph.ts';
import { benjaminiHochberg } from '../../analysis/estimators/multiplicity.ts';
import { pairedTest } from '../../analysis/estimators/paired.ts';
import { finiteInterval, finiteOrNull } from '../../analysis/measures/measured.ts';
import { firstInterventionSequence } from '../../sim/exchange/tables.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbTable } from '../../sim/exchange/verbs.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { externalId, profileOf } from '../../sim/world/population.ts';
import { postKinds } from '../../sim/world/posts.ts';
import type { Records } from '../../sim/record/reader.ts';

/** What a treatment can be dealt by. */
export const unitKinds = ['agent', 'post', 'community', 'world'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** Who was treated. Units are agents by number from 0, or posts by number from 1. */
export interface Assignment {
  readonly format: 1;
  readonly form: string;
  readonly by: UnitKind;
  readonly at: number;
  /** Members of each unit: one agent or post, or all agents of a community or of the world. */
  readonly units: readonly {
    readonly name: string;
    readonly isTreated: boolean;
    readonly members: readonly number[];
  }[];
}

const fileName = 'assignment.json';

/** Keeps assignments beside the records of a fork. */
export function writeAssignments(directory: string, assignments: readonly Assignment[]): void {
  if (assignments.length > 0) writeWhole(join(directory, fileName), JSON.stringify(assignments) + '\n');
}

/** Assignments of a fork; none where it treats nobody. */
export function readAssignments(directory: string): Assignment[] {
  const file = join(directory, fileName);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Assignment[]) : [];
}

/** How to deal. `of`: communities are the values of this trait; else Leiden's of the ties at the start. */
export interface Dealing {
  readonly form: string;
  readonly by: UnitKind;
  readonly share: number;
  readonly at: number;
  /** Number of the form among those of the fork. */
  readonly place: number;
  readonly of?: string;
}

/** Deals units to treatment and control. */
export function assign(records: Records, { form, by, share, at, place, of }: Dealing): Assignment {
  const stream = randomStream(records.manifest.seed, streamPurposes.design, 1000 + place);
  const units = by === 'post' ? postUnits(records, at) : agentUnits(records, by, of, stream);
  const order = units.map((_, unit) => unit);
  shuffle(order, stream);
  // One unit is a coin; of many a share of them is drawn, so that both arms have their size.
  const count = units.length === 1 ? (stream.uniform() < share ? 1 : 0) : Math.max(1, Math.round(share * units.length));
  const treated = new Set(order.slice(0, count));
  return { format: 1, form, by, at, units: units.map((one, unit) => ({ ...one, isTreated: treated.has(unit) })) };
}

type Unit = Omit<Assignment['units'][number], 'isTreated'>;

/** Original posts of before the fork that can still be acted on. */
function postUnits(records: Records, at: number): Unit[] {
  const posts = readPosts(records);
  const { plan } = records.manifest as { plan?: { postCapacity?: number } };
  let before = 0;
  while (before < posts.count && posts.tick[before] < at) before++;
  const first = Math.max(0, before - (plan?.postCapacity ?? before));
  const rows = Array.from({ length: before - first }, (_, i) => first + i);
  const units = rows
    .filter((row) => posts.kind[row] === postKinds.post)
    .map((row) => ({ name: `post-${row + 1}`, members: [row + 1] }));
  if (units.length > 0) return units;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: '--intervene' },
    found: `no post of before tick ${at} can be treated`,
    next: 'Fork later, or treat agents.',
  });
}

function agentUnits(
  { population, manifest }: Records,
  by: UnitKind,
  of: string | undefined,
  stream: ReturnType<typeof randomStream>,
): Unit[] {
  const agents = Array.from({ length: population.count }, (_, agent) => agent);
  if (by === 'agent') return agents.map((agent) => ({ name: externalId(population.ids, agent), members: [agent] }));
  if (by === 'world') return [{ name: `seed-${manifest.seed}`, members: agents }];
  const { followOffset, followee } = population;
  let label: (agent: number) => string;
  if (of === undefined) {
    const source = Int32Array.from({ length: followee.length });
    for (const agent of agents) source.fill(agent, followOffset[agent], followOffset[agent + 1]);
    const graph = undirected(graphFromEdges(population.count, source, Int32Array.from(followee)).graph);
    const { community } = findCommunities(graph, stream);
    label = (agent) => `community-${community[agent]}`;
  } else {
    if (profileOf(population, 0, of) === undefined) {
      throw new InputError({
        code: 'INPUT_UNKNOWN_NAME',
        place: { file: '--intervene' },
        found: `the population has no ${echo(of)}`,
        next: `Known: ${population.traits?.map(({ name }) => name).join(', ') ?? 'none'}; without of=, communities are those of the ties.`,
      });
    }
    label = (agent) => String(profileOf(population, agent, of));
  }
  return [...Map.groupBy(agents, label)].map(([name, members]) => ({ name, members }));
}

// ---- What it did ----

/** Counts of one world from a tick on. */
interface Outcomes {
  readonly acts: Int32Array;
  readonly received: Int32Array;
}

/** Granted acts by agent and on posts with what was spread from them, by the number of the first post. */
function outcomesFrom(records: Records, at: number): Outcomes {
  const actsOnPosts = new Set(verbTable().flatMap(({ number, target: kind }) => (kind === 'post' ? [number] : [])));
  const posts = readPosts(records);
  const acts = new Int32Array(records.population.count);
  const received = new Int32Array(posts.count + 1);
  for (const { tick, intentCount, sequence, outcome, actor, verb, target } of records.ticks()) {
    if (tick < at) continue;
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted || verb[i] === 0 || sequence[i] >= firstInterventionSequence) continue;
      acts[actor[i]]++;
      const post = target[i];
      if (!actsOnPosts.has(verb[i]) || post < 1 || post > posts.count) continue;
      received[post]++;
      const origin = posts.origin[post - 1] + 1;
      if (origin > 0 && origin !== post) received[origin]++;
    }
  }
  return { acts, received };
}

/** What a treatment did, over worlds. */
export interface TreatmentEffect {
  readonly form: string;
  readonly by: UnitKind;
  readonly outcome: string;
  readonly contrast: 'treated' | 'others' | 'treated less others';
  readonly units: number;
  readonly pairs: number;
  readonly difference: number | null;
  readonly interval: [number, number] | null;
  readonly pValue: number | null;
  readonly qValue: number | null;
}

/** Compares forks that were treated with the worlds of their seeds that were not. */
export function compareTreated(
  pairs: readonly { readonly control: Records; readonly treated: Records }[],
): TreatmentEffect[] {
  const dealt = pairs.map(({ treated }) => readAssignments(treated.directory));
  const places = Math.max(0, ...dealt.map(({ length }) => length));
  const rows = Array.from({ length: places }, (_, place) => {
    const worlds = pairs.flatMap((pair, at) =>
      place < dealt[at].length ? [{ ...pair, assignment: dealt[at][place] }] : [],
    );
    const [{ assignment }] = worlds;
    const found = worlds.map(worldDifferences);
    const units = found.reduce((sum, one) => sum + one.units, 0);
    return (['treated', 'others', 'treated less others'] as const).map((contrast) => {
      const values = found.map((one) => one[contrast]).filter(Number.isFinite);
      const { value, interval, pValue, n } = pairedTest(values);
      return {
        ...{ form: assignment.form, by: assignment.by, contrast, units, pairs: n },
        outcome: assignment.by === 'post' ? 'acts on the post and what was spread from it' : 'acts an agent',
        difference: finiteOrNull(value),
        interval: finiteInterval(interval) ?? null,
        pValue: finiteOrNull(pValue),
      };
    });
  }).flat();
  const q = benjaminiHochberg(rows.map(({ pValue }) => pValue ?? Number.NaN));
  return rows.map((row, at) => ({ ...row, qValue: finiteOrNull(q[at]) }));
}

function worldDifferences({
  control,
  treated,
  assignment,
}: {
  readonly control: Records;
  readonly treated: Records;
  readonly assignment: Assignment;
}): Record<TreatmentEffect['contrast'], number> & { readonly units: number } {
  const [one, two] = [outcomesFrom(control, assignment.at), outcomesFrom(treated, assignment.at)];
  const field = assignment.by === 'post' ? 'received' : 'acts';
  const differences = assignment.units.map(({ isTreated, members }) => ({
    isTreated,
    value: members.reduce((sum, member) => sum + two[field][member] - one[field][member], 0) / members.length,
  }));
  const mean = (isTreated: boolean): number => {
    const values = differences.filter((unit) => unit.isTreated === isTreated).map(({ value }) => value);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const [of, others] = [mean(true), mean(false)];
  return { treated: of, others, 'treated less others': of - others, units: assignment.units.length };
}
