/**
 * Uniform numbers of one seed, for tests of estimators.
 */
import { randomStream, streamPurposes } from '../../../../sim/ground/philox.ts';

export function philoxStream(seed: number): () => number {
  const stream = randomStream(seed, streamPurposes.activity, 0, 0);
  return () => stream.uniform();
}
