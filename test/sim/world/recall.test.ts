/**
 * The index of an agent's notes beside its whole list, sorted: over random notes, looked at now and then, by an index that is new and one that is old.
 */
import { expect, it } from 'vitest';
import { encodeText } from '../../../sim/world/texts.ts';
import { keepMemory, memoryKinds, memoryRows, memoryAt } from '../../../sim/world/memories.ts';
import { createRecall, recallBounds } from '../../../sim/world/recall.ts';
import { openWorld, smallPlan, tinyPopulation } from '../worlds.ts';
import { philoxStream } from '../policy/archetypes/philox-stream.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { MemoryKind } from '../../../sim/world/memories.ts';

it('Recall: what comes to mind is a function of the list alone, whenever it was looked at before', () => {
  const plan = smallPlan({ allowedVerbs: ['post', 'try'] });
  const { state } = openWorld({ plan, population: tinyPopulation([[], []]) });
  const { memories } = state;
  const agent = 0 as AgentRow;
  const uniform = philoxStream(4);
  const kinds = Object.keys(memoryKinds) as MemoryKind[];
  const old = createRecall();
  for (let tick = 0; tick < 400; tick++) {
    for (const who of [0, 1] as AgentRow[]) {
      const kind = memoryKinds[kinds[Math.floor(uniform() * uniform() * kinds.length)]];
      keepMemory(state, who, { tick, importance: Math.floor(uniform() * 11), text: encodeText(`n${tick}`), kind });
    }
    if (tick % 7 !== 0) continue;
    const rows = memoryRows(state, agent);
    const of = (...names: MemoryKind[]) =>
      rows.filter((row) => names.some((name) => memories.rows.kind[row] === memoryKinds[name]));
    const thoughts = of('note', 'reflection').reverse();
    const important = thoughts.toSorted((x, y) => memories.rows.importance[y] - memories.rows.importance[x] || y - x);
    const notes = [
      ...new Set([...thoughts.slice(0, recallBounds.last), ...important.slice(0, recallBounds.important)]),
    ].sort((x, y) => y - x);
    const fold = of('fold').at(-1);
    const reflection = of('reflection').at(-1);
    const expected = {
      notes: notes.map((row) => memoryAt(memories, row)),
      plan: of('plan')
        .slice(-1)
        .map((row) => memoryAt(memories, row))[0],
      beliefs: of('belief')
        .reverse()
        .slice(0, recallBounds.beliefs)
        .map((row) => memoryAt(memories, row)),
      done: of('done')
        .filter((row) => fold === undefined || row > fold)
        .map((row) => memoryAt(memories, row)),
      fold: fold === undefined ? undefined : memoryAt(memories, fold),
      latestTick: tick,
      reflectedTick: reflection === undefined ? -1 : memories.rows.tick[reflection],
      importanceSince: of('note')
        .filter((row) => reflection === undefined || row > reflection)
        .reduce((sum, row) => sum + memories.rows.importance[row], 0),
    };
    expect(old.of(state, agent)).toEqual(expected);
    expect(createRecall().of(state, agent)).toEqual(expected);
  }
});
