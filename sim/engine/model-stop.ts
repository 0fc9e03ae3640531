/**
 * What ends a run before the tick at hand: nothing of the tick counts, and a resumed run begins it anew.
 */
import type { Stop } from '../llm/stop.ts';

export class ModelStop extends Error {
  override readonly name = 'ModelStop';
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(stop.message);
    this.stop = stop;
  }
}
