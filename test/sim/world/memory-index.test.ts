/**
 * The index in front of the exposure memory against the search of all places.
 */
import { expect, test } from 'vitest';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { findExposure } from '../../../sim/world/agents.ts';
import { createMemoryIndex, indexMemory, noteMemory, placeInMemory } from '../../../sim/world/memory-index.ts';

test('placeInMemory: equals the search of all places, for contents that share a low byte and after each overwrite', () => {
  const words = randomStream(5, streamPurposes.sample);
  const index = createMemoryIndex();
  const origins = new Int32Array(64);
  let found = 0;
  for (let agent = 0; agent < 400; agent++) {
    const length = 1 + words.below(16);
    const start = words.below(4) * 16;
    for (let k = 0; k < length; k++) origins[start + k] = 1 + words.below(40) + 256 * words.below(4);
    indexMemory(index, origins, start, length);
    for (let step = 0; step < 40; step++) {
      const origin = 1 + words.below(40) + 256 * words.below(4);
      const place = placeInMemory(index, origins, origin);
      const searched = findExposure(origins, start, length, origin);
      // Several places may hold one content in this drawn memory; the engine's holds each once.
      expect(place >= 0).toBe(searched >= 0);
      if (place >= 0) {
        expect(origins[place]).toBe(origin);
        found++;
        continue;
      }
      const over = start + words.below(length);
      origins[over] = origin;
      noteMemory(index, origin, over);
    }
  }
  expect(found).toBeGreaterThan(800);
});
