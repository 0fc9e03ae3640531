/**
 * Two writers of one database at once: one of them always gets it. Regression: each once kept the lock that the other waited for, and both
 * lost, in about one of ten races.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Aside } from '../../../sim/record/database-aside.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-aside-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function write(target: string): Promise<void> {
  const aside = await Aside.open(target);
  try {
    await aside.connection.send('CREATE TABLE one(value); INSERT INTO one VALUES (1); COMMIT;');
    await aside.connection.settle();
    await aside.publish();
  } finally {
    await aside.release();
  }
}

describe('Aside', () => {
  it('of two that begin at once at least one wins, in each of sixty races', async () => {
    for (let race = 0; race < 60; race++) {
      const target = join(folder, `race-${race}.db`);
      const ends = await Promise.allSettled([write(target), write(target)]);
      expect(ends.map(({ status }) => status)).toContain('fulfilled');
      for (const end of ends) if (end.status === 'rejected') expect(String(end.reason)).toContain('INPUT_RUN_BUSY');
    }
  });
});
