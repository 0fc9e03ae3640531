/**
 * Rings of co-acting agents as figures and reports draw them, out of the measure `collusion`.
 *
 * Reads the measure's evidence: targets with the acts of members on each, of which the measure lists the first only; how many it left out
 * is handed on, so that a page can say so. Order: rings, targets and acts as the measure has them. Pure but for the measure.
 * Oracle: `test/command/rings.test.ts`.
 */
import { measureCollusion } from '../../analysis/measures/collusion.ts';
import type { Evidence, ReportedRing } from '../../analysis/measures/collusion-evidence.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Ring, RingAct } from '../../viz/ring-figure.ts';

const secondsPerHour = 3600;

/** The rings of a recorded population, the surest first; none where none passed. */
export function ringsOf(records: Records, seed: number): Ring[] {
  return measureCollusion(records, { seed }).rings.map(ringAsDrawn);
}

/** What is drawn of a ring. */
type RingEvidence = Pick<ReportedRing, 'agents' | 'targets' | 'pValue' | 'qValue' | 'evidence' | 'evidenceLeftOut'>;

/** A ring of the measure as it is drawn. */
export function ringAsDrawn(ring: RingEvidence): Ring {
  const { agents, targets, pValue, qValue, evidence, evidenceLeftOut } = ring;
  return {
    ...{ agents, targetCount: targets, pValue, qValue },
    targets: evidence.map(({ target, author, members, actsOfAll, excerpt }) => ({
      ...{ target, author, actsOfMembers: members, actsOfAll, excerpt },
    })),
    acts: evidence.flatMap(actsOn),
    targetsLeftOut: evidenceLeftOut,
    actsLeftOut: evidence.reduce((sum, { members, acts }) => sum + members - acts.length, 0),
  };
}

function actsOn({ target, acts }: Evidence): RingAct[] {
  return acts.map(({ agent, kind, seconds, post }) => ({
    ...{ agent, target, hours: seconds / secondsPerHour },
    words: post === undefined ? kind : `${kind}: ${post}`,
  }));
}
