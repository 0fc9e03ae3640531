/** When the prompts of archetypes come again: against counting hour by hour. */
import { expect, test } from 'vitest';
import { ticksToSameHour } from '../../../../sim/policy/archetypes/asking.ts';
import type { TickNumbers } from '../../../../sim/exchange/view.ts';

test.each([
  // Every four hours at ten minutes a tick: the same hour comes after a day.
  [24, 600, 8, 144],
  // Every tick of ten minutes: the next one is in the same hour, but for the last of it.
  [1, 600, 8.0, 1],
  [1, 600, 8 + 5 / 6, 139],
  // Every 25 hours, an hour later each time: never within a week.
  [25, 3600, 8, 168],
  [24, 3600, 0.5, 24],
])(
  'ticksToSameHour: asked each %d ticks of %d s, at %d o’clock: in %d ticks',
  (everyTicks, tickSeconds, hourOfDay, ticks) => {
    const now = { tickSeconds, hourOfDay } as TickNumbers;
    expect(ticksToSameHour(everyTicks, { now })).toBe(ticks);
  },
);
