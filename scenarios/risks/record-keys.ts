/**
 * Keys of agents in a record: by ordinal, as the log numbers them.
 */
import type { Key } from '../../sim/ground/keys.ts';
import type { Records } from '../../sim/record/reader.ts';

/** The key of the agent of an ordinal. */
export function keyOf({ keyLo, keyHi }: Records['population'], ordinal: number): Key {
  return { lo: keyLo[ordinal], hi: keyHi[ordinal] };
}
