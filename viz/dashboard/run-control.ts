/**
 * The port through which a dashboard speaks to a run that is under way: who implements it is handed in, so that nothing here knows the engine.
 */

/** What can be asked of a run. */
export type ControlAct = 'pause' | 'go' | 'step';

/** A run as whoever watches it may hold it. */
export interface RunControl {
  /** `none`: the run cannot be held, has ended, or was not started so that it can be. */
  state(): 'none' | 'running' | 'paused';
  /** Asks; the state says what became of it. */
  ask(act: ControlAct): void;
  close(): void;
}

/** Of a run that cannot be held. */
export const noControl: RunControl = { state: () => 'none', ask: () => undefined, close: () => undefined };
