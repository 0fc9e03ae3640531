/** Tests of `sim/record/post-texts.ts` and `sim/world/post-topic.ts`: the log alone tells what the state of the run would show. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { scenario } from '../../fixtures/oasis-code.ts';
import { stateAt } from '../../../sim/engine/agent-state.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { recordRun } from '../../../sim/engine/run.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { makesPost, verbs } from '../../../sim/exchange/verbs.ts';
import { detailOf } from '../../../sim/record/chunk.ts';
import { PostTexts } from '../../../sim/record/post-texts.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { topicCount } from '../../../sim/world/agents.ts';
import { appealOf, dotFace, postKinds, topicOfPost } from '../../../sim/world/posts.ts';
import { ruleText, stanceOf } from '../../../sim/world/wording.ts';
import type { Records } from '../../../sim/record/reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-texts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Texts by id, and which of them somebody wrote. */
function textsOf(records: Records): { readonly texts: string[]; readonly own: (string | undefined)[] } {
  const reader = new PostTexts(records);
  const [texts, own, content] = [[''], [] as (string | undefined)[], [0]];
  for (const record of records.ticks()) {
    for (let i = 0; i < record.intentCount; i++) {
      if (!makesPost(record.verb[i]) || record.outcome[i] !== outcomes.granted) continue;
      const id = record.result[i];
      const about = record.verb[i] === verbs.post ? 0 : (content[record.target[i]] ?? 0);
      content[id] = record.verb[i] === verbs.repost ? about : id;
      own[id] = detailOf(record, i)?.text;
      texts[id] = reader.take(record, i, about, own[id] ?? '');
    }
  }
  return { texts, own };
}

it('PostTexts: rule-driven posts read as the state’s own columns render them, given appeals among them', async () => {
  const directory = join(folder, 'run');
  await recordRun({
    compiled: compileScenario(scenario.data, (path) => path, scenario.module),
    placement: { workers: 1, layout: 'scrambled', mergeTicks: 7 },
    directory,
    source: { name: 'test.ts', sha256: '' },
    exposureSampleShare: 0,
    code: scenario,
  });
  const records = openRecords(directory);
  const { texts, own } = textsOf(records);
  const { columns, nextPost } = (await stateAt(records, 24, () => undefined)).snapshot;
  const { keyLo, keyHi, interest } = records.population;
  const face = columns['posts.face'] as Int32Array;
  expect(texts.length).toBe(nextPost);
  let rendered = 0;
  for (let id = 1; id < nextPost; id++) {
    if ((own[id] ?? '') !== '') {
      expect(texts[id]).toBe(own[id]);
      continue;
    }
    const author = columns['agents.ordinal'][columns['posts.author'][id]];
    const kind = columns['posts.kind'][id];
    const topicBoard = topicOfPost(face, id as never);
    const stance = stanceOf(dotFace(interest, author * topicCount, face, id as never));
    const about = { kind, topicBoard, appeal: appealOf(face, id as never), stance };
    const keys = { authorKeyLo: keyLo[author], authorKeyHi: keyHi[author] };
    const post = { ...keys, tick: columns['posts.tick'][id], sequence: id, ...about };
    expect([id, texts[id]]).toEqual([id, ruleText(post)]);
    if (kind !== postKinds.repost) rendered++;
  }
  expect(rendered).toBeGreaterThan(300);
});

it('PostTexts: a text does not depend on what follows it in the log', () => {
  const records = openRecords(join(folder, 'run'));
  const whole = textsOf(records).texts;
  const half = textsOf({
    ...records,
    *ticks() {
      for (const record of records.ticks()) if (record.tick < 9) yield record;
    },
  }).texts;
  expect(half.length).toBeGreaterThan(50);
  expect(half).toEqual(whole.slice(0, half.length));
});
