/**
 * What a run says about the questions that measures ask: finding, how sure, of how many, and what would overturn it.
 *
 * Reads measures through the source of figures, which keeps them. A row that a run cannot give is left out; one that is too dear for a report
 * is named with the command that gives it. Each row names its null model or says that there is none: an estimate without one is a description.
 */
import { measureNetworkOf } from '../../analysis/measures/network.ts';
import { hasOpinions } from '../../analysis/measures/opinion-course.ts';
import { measureOpinions } from '../../analysis/measures/opinions.ts';
import type { NetworkMeasure } from '../../analysis/measures/network.ts';
import type { FigureSource } from '../../viz/figures/source.ts';
import type { Block, Cell } from '../../viz/report.ts';

/** Above this many agents the measures that take minutes are left to `analyze`. */
export const dearAgentsMax = 100_000;

/** The structure of the main layer, measured once. */
export function networkOf(source: FigureSource): NetworkMeasure {
  return source.once('network measure', () => measureNetworkOf(source.layer, { seed: source.seed }));
}

/** The table of findings. */
export function findingBlocks(source: FigureSource): Block[] {
  const isDear = source.records.manifest.agents > dearAgentsMax;
  const rows = [
    ...cascadeRow(source),
    ...(isDear ? [] : adoptionRow(source)),
    ...networkRow(source),
    ...opinionRow(source),
    ...ringRow(source),
  ];
  const left = isDear
    ? ['Adoption and roles are left out of the report of so large a population: mesocosm analyze measures them.']
    : [];
  return [
    { kind: 'heading', level: 2, text: 'What was found, and how sure it is', anchor: 'what-was-found' },
    {
      kind: 'table',
      caption: 'Findings of this run',
      columns: ['question', 'finding', 'how sure', 'of how many', 'what would overturn it'].map((name) => ({
        name,
        align: 'left' as const,
      })),
      rows,
      notes: [
        'One run is one world: agents of one world are not independent, so nothing here is a claim about other worlds. For that: replicates, and mesocosm compare.',
        ...left,
      ],
    },
  ];
}

function cascadeRow({ cascades }: FigureSource): Cell[][] {
  const { powerLaw, count, sizes } = cascades;
  if (count === 0) return [];
  const { alpha, alphaInterval, pValue, tailCount, xmin } = powerLaw;
  const range = alphaInterval === null ? '' : ` (95 % ${rangeOf(alphaInterval)})`;
  return [
    [
      'What is the tail of cascade sizes?',
      `${powerLaw.verdict}; the largest reached ${sizes[0] ?? 0} users`,
      alpha === null ? 'not fitted' : `exponent ${alpha.toFixed(2)}${range}, p of the fit ${chance(pValue)}`,
      `${count} cascades, ${tailCount} of them from ${xmin ?? 1} users on`,
      'A bootstrap p on the other side of 0.1, or a likelihood ratio that favours the other law, in further worlds.',
    ],
  ];
}

function adoptionRow({ adoption, isDataSet }: FigureSource): Cell[][] {
  const { spread, verdict, complexity, pValue } = adoption;
  if (spread.hazardRatio === null) return [];
  const range = spread.interval === null ? '' : ` (95 % ${rangeOf(spread.interval)})`;
  const truth = isDataSet ? '' : adoption.truthBesideEstimate === null ? '' : ` ${adoption.truthBesideEstimate}.`;
  return [
    [
      'Does adoption follow exposure?',
      `${verdict}${complexity === 'undecided' ? '' : `, ${complexity}`}.${truth}`,
      `hazard ratio ${spread.hazardRatio.toPrecision(3)}${range}; the largest p over four placebos ${chance(pValue ?? null)}`,
      `${spread.adoptions} adoptions of ${spread.contents} contents`,
      'A ratio within what any of the four placebos gives, or likeness that neither interests nor communities show.',
    ],
  ];
}

function networkRow(source: FigureSource): Cell[][] {
  const network = networkOf(source);
  if (network.edges === 0) return [];
  const { reciprocity, transitivity, degreeGini, nodes, edges, modularity } = network;
  return [
    [
      `What does the ${source.layerName} network look like?`,
      `reciprocity ${short(reciprocity)}, transitivity ${short(transitivity)}, modularity ${short(modularity)}, Gini of degrees ${short(degreeGini)}`,
      'counted, not estimated, where no interval stands in the table below; no null model: a description',
      `${nodes} agents, ${edges} ties`,
      'Nothing: it describes this world. Random graphs of the same degrees tell what of it is structure (mesocosm analyze RUN motifs).',
    ],
  ];
}

function opinionRow(source: FigureSource): Cell[][] {
  if (!hasOpinions(source.records) || source.records.manifest.agents > dearAgentsMax) return [];
  const {
    opinionAssortativity: at,
    opinionAssortativityChange: change,
    interval,
    pValue,
    n,
  } = measureOpinions(source.records, { seed: source.seed });
  return [
    [
      'Do agents follow their like?',
      `assortativity by opinion ${short(at)} at the end, ${short(change)} more than at the start`,
      `${interval === undefined ? 'no interval' : `95 % ${rangeOf(interval)}`}; p ${chance(pValue ?? null)} against opinions dealt out anew`,
      `${n} agents`,
      'A change of the same size where topics are independent of opinions (the placebo of feed-and-opinion).',
    ],
  ];
}

function ringRow({ rings }: FigureSource): Cell[][] {
  if (rings === undefined) return [];
  const [best] = rings;
  return [
    [
      'Do agents act together?',
      rings.length === 0
        ? 'no ring that chance does not explain'
        : `${rings.length} ${rings.length === 1 ? 'ring' : 'rings'}, the surest of ${best.agents.length} agents`,
      best === undefined ? 'none passed the test' : `p ${chance(best.pValue)}, q ${chance(best.qValue)} of the surest`,
      `${rings.reduce((sum, { agents }) => sum + agents.length, 0)} agents in rings`,
      'An event outside of the data that made all of them act at once.',
    ],
  ];
}

function rangeOf([low, high]: readonly [number, number]): string {
  return `[${low.toPrecision(3)}, ${high.toPrecision(3)}]`;
}

function chance(value: number | null): string {
  return value === null ? 'not tested' : value < 0.001 ? '< 0.001' : value.toPrecision(2);
}

function short(value: number | null): string {
  return value === null ? 'undefined' : String(Number(value.toPrecision(3)));
}
