/**
 * What a population is grounded in beside the platform: goods, products, markets, places, games, scenes, groups, communities.
 *
 * Things name one another; names are resolved when the scenario is compiled.
 */
import { z } from 'zod';
import { verbNames } from './schema-acts.ts';
import { integer, name } from './schema-fields.ts';

const unitsMost = 1_000_000_000;

const good = z.strictObject({
  name,
  initial: integer({ description: 'units that each agent has at the start', unit: 'units' }, 0, unitsMost).default(0),
});

const product = z.strictObject({
  name,
  price: integer({ description: 'price of one', unit: 'units of money' }, 0, unitsMost),
  money: name.meta({ description: 'the good that it is paid with' }),
  good: name.optional().meta({ description: 'the good of which its buyer gets one unit each' }),
  stock: integer(
    { description: 'how many there are; any number where nothing is said', unit: 'units' },
    0,
    unitsMost,
  ).optional(),
});

const market = z.strictObject({
  good: name.meta({ description: 'the good that is traded, by call auction every tick' }),
  money: name.meta({ description: 'the good that it is paid with' }),
});

const place = z.strictObject({
  name,
  capacity: integer(
    { description: 'agents that fit in; any number where nothing is said', unit: 'agents' },
    1,
    unitsMost,
  ).optional(),
  travelTicks: integer({ description: 'how long it takes to get there', unit: 'ticks' }, 0, 1_000_000).default(0),
});

const game = z.strictObject({
  name,
  choices: z.array(name).min(2).max(16).meta({ description: 'what either side can do' }),
  payoffs: z
    .array(
      z.array(
        integer(
          { description: 'units paid to who chose the row against the column', unit: 'units' },
          -1_000_000,
          1_000_000,
        ),
      ),
    )
    .meta({ description: 'one row a choice, one column a choice of the other side' }),
  good: name.meta({ description: 'the good that it pays' }),
});

const scene = z.strictObject({
  name,
  fromTick: integer({ description: 'first tick', unit: 'tick' }, 0, 1e9),
  untilTick: integer({ description: 'first tick after it', unit: 'tick' }, 1, 1e9),
  verbs: z
    .array(z.union([z.enum(verbNames), name]))
    .meta({ description: 'what agents may do meanwhile, of what the scenario allows' }),
  place: name.optional().meta({ description: 'where it plays; who is elsewhere may only move' }),
});

const circle = z.strictObject({
  name: z.string().min(1).max(100),
  owner: z.string().min(1).meta({ description: 'external id of its owner' }),
  members: z.array(z.string().min(1)).max(100_000).default([]).meta({ description: 'external ids of further members' }),
});

/** What the population is grounded in. */
export const grounds = z.strictObject({
  goods: z.array(good).max(64).default([]).meta({ description: 'what agents have and pass on; money is one' }),
  products: z.array(product).max(10_000).default([]).meta({ description: 'what the platform sells' }),
  markets: z.array(market).max(64).default([]).meta({ description: 'goods that agents trade' }),
  places: z.array(place).max(10_000).default([]).meta({ description: 'where agents can be' }),
  games: z.array(game).max(64).default([]).meta({ description: 'games of two' }),
  scenes: z.array(scene).max(1000).default([]).meta({ description: 'stretches of time with verbs of their own' }),
  groups: z.array(circle).max(10_000).default([]).meta({ description: 'groups that are there from the start' }),
  communities: z
    .array(circle)
    .max(10_000)
    .default([])
    .meta({ description: 'communities that are there from the start' }),
  requestTicks: integer({ description: 'how long a request stays open', unit: 'ticks' }, 1, 1e9).default(480),
  presence: z.boolean().default(false).meta({ description: 'whether what takes two needs both at one place' }),
});

/** How long texts may be. */
export const texts = z.strictObject({
  bytesMax: integer({ description: 'longest text of one act', unit: 'bytes' }, 1, 65_536).default(10_000),
  capacityBytes: integer({ description: 'room for all texts of a run', unit: 'bytes' }, 1024, 2147483644).default(
    268_435_456,
  ),
});
