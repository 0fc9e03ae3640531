/**
 * run.db behind a run that a command makes: begun with the first tick, brought to the end when the run has ended.
 *
 * Order: the first tick comes when the directory is the run's own; before that it may hold another run, whose database must stay.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startDatabaseThread } from '../../sim/record/database-thread.ts';
import { fileNames } from '../../sim/record/store.ts';
import { note } from './output.ts';
import type { Observer } from '../../sim/exchange/ports.ts';
import type { IndexLevel } from '../../sim/record/database-sqlite.ts';
import type { DatabaseThread } from '../../sim/record/database-thread.ts';

/** An observer that fills run.db behind what it observes. */
export interface DatabaseBehind extends Observer {
  /** Brings run.db to the end of the log, or leaves it where `signal` stops it, and returns how to go on then. */
  finish(signal: AbortSignal): Promise<string | undefined>;
  /** Leaves it: the run failed. */
  leave(): Promise<void>;
}

/** Fills run.db of a directory behind the run that is told of. With level none there is none. */
export function databaseBehind(directory: string, level: IndexLevel | 'none', told: Observer): DatabaseBehind {
  let thread: DatabaseThread | undefined;
  const begin = (): DatabaseThread | undefined =>
    level === 'none' ? undefined : (thread ??= startDatabaseThread({ directory, level }));
  return {
    onTick(progress, finished) {
      begin();
      told.onTick(progress, finished);
    },
    async finish(signal) {
      const filling = begin();
      if (filling === undefined) return undefined;
      note(`indexing into ${join(directory, fileNames.database)} (${level})`);
      const stop = (): void => {
        filling.stop().catch(() => undefined);
      };
      signal.addEventListener('abort', stop, { once: true });
      const { syncedTick, tables } = await (signal.aborted ? filling.stop() : filling.finish());
      signal.removeEventListener('abort', stop);
      return tables === undefined ? leftNote(directory, syncedTick) : undefined;
    },
    async leave() {
      await thread?.stop().catch(() => undefined);
    },
  };
}

/** What to say of a database that was left. */
export function leftNote(directory: string, syncedTick: number): string {
  const file = join(directory, fileNames.database);
  const state = existsSync(file) ? `holds the first ${syncedTick} ticks` : 'is not begun';
  return `${file} ${state}; go on with: mesocosm index ${directory}`;
}
