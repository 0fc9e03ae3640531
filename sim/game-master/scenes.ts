/**
 * Scenes: stretches of time with a rule book of their own.
 */
import { verbs } from '../exchange/verbs.ts';
import type { GroundsPlan, ScenePlan } from '../exchange/grounds.ts';
import type { Verb } from '../exchange/verbs.ts';

/** A scene with its verbs by number. */
export interface Scene extends ScenePlan {
  readonly flags: Uint8Array;
}

/** The scenes of a scenario. */
export function scenesOf(grounds: GroundsPlan | undefined, table: readonly Verb[]): Scene[] {
  return (grounds?.scenes ?? []).map((scene) => {
    const flags = new Uint8Array(256);
    for (const { name, number } of table) if (scene.verbs.includes(name)) flags[number] = 1;
    flags[verbs.nothing] = 1;
    // Who is elsewhere must be able to come.
    if (scene.place >= 0) flags[verbs.move] = 1;
    return { ...scene, flags };
  });
}

/** The scene that plays at a tick: of several the one that stands last in the scenario. */
export function sceneAt(scenes: readonly Scene[], tick: number): Scene | undefined {
  return scenes.findLast(({ fromTick, untilTick }) => tick >= fromTick && tick < untilTick);
}
