/**
 * Writes the numbers of the fit half of the 99 cascades, each with its bootstrap interval over cascades: what `calibrate --to twitter1516` aims at.
 *
 * Reads the fit half and nothing of the other. Writes `data/published/twitter1516.json`. Invariant: the same data, the same file; a test compares it.
 * Run it: node scenarios/information-spreading/fit-figures.ts, in a checkout.
 */
import { fileURLToPath } from 'node:url';
import { bootstrapInterval } from '../../analysis/estimators/interval.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { dataFile } from '../load.ts';
import { fitStatistics, readHalves, usersMin } from './real-cascades.ts';
import type { FitStatistic } from './real-cascades.ts';

const replicateCount = 2000;

/** The file's text. */
export function fitFigures(): string {
  const { fit } = readHalves();
  const { users, depth } = fit.columns;
  const places = Float64Array.from(users.keys());
  const figures = (Object.keys(fitStatistics) as FitStatistic[]).map((name) => {
    const statistic = (rows: ArrayLike<number>): number =>
      fitStatistics[name].of({
        users: Array.from(rows, (row) => users[row]),
        depth: Array.from(rows, (row) => depth[row]),
      });
    const stream = randomStream(1, streamPurposes.bootstrap);
    const { value, interval } = bootstrapInterval(places, statistic, stream, { replicateCount, kind: 'percentile' });
    const [low, high] = interval.map(rounded);
    return {
      id: name,
      quantity: `ownCascades.${name}`,
      ...{ value: rounded(value), interval: [low, high], unit: name === 'depthMean' ? 'hops' : 'as defined' },
      definition: `${fitStatistics[name].definition}, cascades of ${usersMin} users on; the interval is a bootstrap over ${users.length} cascades`,
      source: 'Ma et al. 2017 (ACL), as shipped with camel-ai/oasis: the fit half of 99 cascades of Twitter15/16',
      place:
        'data/cascades/twitter1516-calibration.csv, by the rule of scenarios/information-spreading/real-cascades.ts',
      fittedIn: ['information-spreading'],
    };
  });
  const about = `${users.length} of 99 real cascades, chosen by key: what the generated worlds of information-spreading were fitted to. The others are held out.`;
  return `${JSON.stringify({ name: 'twitter1516', about, figures }, null, 2)}\n`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeWhole(dataFile('published/twitter1516.json'), fitFigures());
}
