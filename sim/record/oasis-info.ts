/**
 * What the trace of OASIS's tables says of acts that OASIS does not have, and of what an agent was shown.
 */
import { verbTable } from '../exchange/verbs.ts';
import type { TickRecord } from './chunk.ts';
import type { OasisContents } from './oasis-contents.ts';
import type { OasisAct, OasisInfo } from './oasis-act.ts';

const targets = new Map(verbTable().map(({ number, target }) => [number, target]));

/** Everything that an act says, in fields that stand only where something is said. Of own verbs the target is a bare number. */
export function otherInfo(act: OasisAct, contents: OasisContents): OasisInfo {
  const { record, row, verb, target, amount, argument, price, text } = act;
  const result = record.result[row];
  const kind = targets.get(verb);
  const all = {
    ...(kind === 'post'
      ? contentInfo(target, contents)
      : kind === 'none'
        ? {}
        : { [`${kind ?? 'target'}_id`]: target }),
    ...(amount === 0 ? {} : { amount }),
    ...(argument === -1 ? {} : { argument }),
    ...(price === 0 ? {} : { price }),
    ...(text === '' ? {} : { content: text }),
    ...(result === 0 ? {} : { result }),
  };
  return all;
}

function contentInfo(id: number, contents: OasisContents): OasisInfo {
  const { table, number } = contents.of(id);
  return { [`${table}_id`]: number };
}

/** What an agent's feed showed in a tick, from its first place on; null where it was not recorded. */
export function seenBy({ seen }: TickRecord, agent: number, contents: OasisContents): OasisInfo[] | null {
  let [low, high] = [0, seen.agent.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seen.agent[middle] < agent) low = middle + 1;
    else high = middle;
  }
  const shown: OasisInfo[] = [];
  for (let k = low; seen.agent[k] === agent; k++) shown.push(contentInfo(seen.post[k], contents));
  return shown.length === 0 ? null : shown;
}
