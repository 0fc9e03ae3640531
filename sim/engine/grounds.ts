/**
 * What a scenario grounds its population in, from names to numbers, and into the ledger before the first tick.
 *
 * Reads scenario data; `fillLedger` writes groups and communities that are there from the start, in the order of the scenario.
 * Invariant: every number in a plan is the place of something in a list of the same plan.
 */
import { InputError, echo } from '../ground/errors.ts';
import { hashOfName, itemKinds, ledgerOf, writeEntry } from '../world/ledger.ts';
import { foldName, isName } from '../world/naming.ts';
import { ordinalsOf } from '../world/population.ts';
import { appendText, encodeText } from '../world/texts.ts';
import type { Account } from '../world/ledger.ts';
import type { Population } from '../world/population.ts';
import type { CirclePlan, GroundsPlan } from '../exchange/grounds.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { State } from './state.ts';

type GroundsData = NonNullable<ScenarioData['grounds']>;

/** The grounds of a scenario with numbers in place of names, or undefined where there are none. Throws on names of nothing. */
export function groundsPlan(data: GroundsData | undefined): GroundsPlan | undefined {
  if (data === undefined) return undefined;
  const { goods, places, requestTicks, presence, groups, communities } = data;
  refuseNoNames('groups', groups);
  refuseNoNames('communities', communities);
  for (const list of Object.keys(data)) refuseTwice(list, data[list as keyof GroundsData]);
  const goodOf = (name: string, path: string): number => placeOf(goods, name, path, 'good');
  return {
    ...{ goods, requestTicks, presence, groups, communities },
    products: data.products.map(({ name, price, money, good, stock }, i) => ({
      ...{ name, price, money: goodOf(money, `products[${i}].money`) },
      good: good === undefined ? -1 : goodOf(good, `products[${i}].good`),
      stock: stock ?? -1,
    })),
    markets: data.markets.map(({ good, money }, i) => marketOf(good, money, i, goodOf)),
    places: places.map(({ name, capacity, travelTicks }) => ({ name, travelTicks, capacity: capacity ?? -1 })),
    games: data.games.map((game, i) => {
      refuseUneven(game, i);
      return { ...game, good: goodOf(game.good, `games[${i}].good`) };
    }),
    scenes: data.scenes.map((scene, i) => ({
      ...lasting(scene, i),
      place: scene.place === undefined ? -1 : placeOf(places, scene.place, `scenes[${i}].place`, 'place'),
    })),
  };
}

function marketOf(good: string, money: string, i: number, goodOf: (name: string, path: string) => number) {
  if (good === money) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      found: `grounds.markets[${i}] trades ${echo(good)} for itself`,
      next: 'Name a good and the money that it is paid with.',
    });
  }
  return { good: goodOf(good, `markets[${i}].good`), money: goodOf(money, `markets[${i}].money`) };
}

/** The place of a named thing in its list. */
export function placeOf(list: readonly { readonly name: string }[], name: string, path: string, kind: string): number {
  const place = list.findIndex((one) => one.name === name);
  if (place >= 0) return place;
  throw new InputError({
    code: 'INPUT_DANGLING_REF',
    found: `${path} names ${echo(name)}, and no ${kind} has that name`,
    next: list.length === 0 ? `Declare it under grounds.` : `Name one of ${list.map((one) => one.name).join(', ')}.`,
  });
}

function refuseTwice(list: string, things: unknown): void {
  if (!Array.isArray(things)) return;
  const given = (things as { name?: string; good?: string }[]).map(({ name, good }) => name ?? good ?? '');
  const names = list === 'communities' ? given.map(foldName) : given;
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new InputError({
    code: 'INPUT_DUPLICATE_ID',
    found: `grounds.${list} has ${echo(twice)} twice`,
    next: 'Give each a name of its own.',
  });
}

/** What agents could not name either. */
function refuseNoNames(list: string, circles: readonly CirclePlan[]): void {
  const i = circles.findIndex(({ name }) => !isName(name));
  if (i < 0) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `grounds.${list}[${i}].name is ${echo(circles[i].name)}, which has control characters`,
    next: 'Give it a name of 1 to 100 characters that can be seen.',
  });
}

function lasting(scene: GroundsData['scenes'][number], i: number): GroundsData['scenes'][number] {
  if (scene.untilTick > scene.fromTick) return scene;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `grounds.scenes[${i}] ends at tick ${scene.untilTick}, before or as it begins at tick ${scene.fromTick}`,
    next: 'Let untilTick lie after fromTick.',
  });
}

function refuseUneven({ choices, payoffs }: GroundsData['games'][number], i: number): void {
  if (payoffs.length === choices.length && payoffs.every((row) => row.length === choices.length)) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `grounds.games[${i}].payoffs is no table of ${choices.length} by ${choices.length}`,
    next: 'Give one row and one column for each choice.',
  });
}

/** Writes groups and communities that are there from the start. Once, before the first tick. */
export function fillLedger(state: State, population: Population, grounds: GroundsPlan | undefined): void {
  grounds?.groups.forEach((group, i) => {
    fillCircle(state, population, group, i, {
      ...{ name: 'groupName', owner: 'groupOwner', size: 'groupSize', member: 'groupMember' },
    });
  });
  grounds?.communities.forEach((community, i) => {
    fillCircle(state, population, community, i, {
      ...{ name: 'communityName', owner: 'communityOwner', size: 'communitySize', member: 'subscription' },
    });
    fillName(state, community.name, i);
  });
  write(state, 'itemCount', itemKinds.group, 0, grounds?.groups.length ?? 0);
  write(state, 'itemCount', itemKinds.community, 0, grounds?.communities.length ?? 0);
}

interface CircleAccounts {
  readonly name: Account;
  readonly owner: Account;
  readonly size: Account;
  readonly member: Account;
}

function fillCircle(state: State, population: Population, circle: CirclePlan, i: number, to: CircleAccounts): void {
  const ordinals = new Set(ordinalsOf(population, [circle.owner, ...circle.members]));
  const rows = Array.from(ordinals, (ordinal) => state.rowOfOrdinal[ordinal]);
  write(state, to.name, i, 0, appendText(state.texts, encodeText(circle.name)));
  write(state, to.owner, i, 0, rows[0] + 1);
  write(state, to.size, i, 0, rows.length);
  for (const row of rows) write(state, to.member, row, i, 1);
}

/** Enters a community under its name: names of one hash stand one after another. */
function fillName(state: State, name: string, community: number): void {
  const hash = hashOfName(foldName(name));
  let k = 0;
  while (ledgerOf(state.ledger).get('communityByName', hash, k) !== 0) k++;
  write(state, 'communityByName', hash, k, community + 1);
}

function write(state: State, account: Account, subject: number, object: number, value: number): void {
  writeEntry(state.ledger, { account, subject, object, value });
}
