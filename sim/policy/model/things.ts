/**
 * Things with names that agents can mean: goods, products, places, communities, groups, and choices in games.
 *
 * Names are folded by case as names of communities are. Of a choice the number holds the game as well.
 */
import { foldName } from '../../world/naming.ts';
import type { GroundsPlan } from '../../exchange/grounds.ts';

/** Kinds of thing that have names. */
export type ThingKind = 'good' | 'product' | 'place' | 'community' | 'group' | 'choice';

/** Names by kind: folded name to number. */
export type Things = ReadonlyMap<ThingKind, ReadonlyMap<string, number>>;

const choicesMax = 64;

/** A game and one of its choices as one number. */
export function choiceNumber(game: number, choice: number): number {
  return game * choicesMax + choice;
}

/** Game and choice of a number. */
export function choiceOf(number: number): { readonly game: number; readonly choice: number } {
  return { game: Math.floor(number / choicesMax), choice: number % choicesMax };
}

/** Things that the scenario names. */
export function thingsOf(grounds: GroundsPlan | undefined): Map<ThingKind, Map<string, number>> {
  const numbered = (list: readonly { readonly name: string }[] = []): Map<string, number> =>
    new Map(list.map(({ name }, number) => [foldName(name), number]));
  const choices = (grounds?.games ?? []).flatMap(({ name, choices: all }, game) =>
    all.map((choice, k): [string, number] => [foldName(`${name}:${choice}`), choiceNumber(game, k)]),
  );
  return new Map([
    ['good', numbered(grounds?.goods)],
    ['product', numbered(grounds?.products)],
    ['place', numbered(grounds?.places)],
    ['community', numbered(grounds?.communities)],
    ['choice', new Map(choices)],
  ]);
}
