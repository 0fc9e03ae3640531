/**
 * `serve RUN`: the live dashboard of a run, until it is interrupted; beside a run (`run --serve`) until that ends.
 *
 * Reads acknowledged ticks from the log in this process: a run does not know that it is watched, but where it opened its socket for run control.
 */
import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import { serveDashboard } from '../../viz/dashboard/server.ts';
import { printResult } from './output.ts';
import { controlOf } from './run-control.ts';

/** Flags of `serve`. */
export interface ServeFlags {
  readonly port: number;
  readonly show?: number;
  readonly json?: boolean;
}

/** A watcher gives way to the run that it watches. */
const niceness = 10;

/** Runs the command. Returns its exit status. */
export async function serveCommand(run: string, flags: ServeFlags): Promise<number> {
  const isBesideRun = process.connected;
  if (isBesideRun) setPriority(niceness);
  const control = controlOf(run);
  const dashboard = await serveDashboard({
    ...{ directory: run, port: flags.port, control, isFrugal: isBesideRun },
    ...(flags.show === undefined ? {} : { shown: flags.show }),
  });
  const { url, port } = dashboard;
  if (isBesideRun) process.send?.({ url });
  else
    printResult(
      flags.json === true,
      { run: resolve(run), url, port },
      () => `${url}\nServes until it is interrupted (Ctrl-C).`,
    );
  await new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
    if (isBesideRun) process.once('disconnect', done);
  });
  await dashboard.close();
  return 0;
}
