/**
 * A study with its own policy, recommender, verb and measure, to be copied: agents ask for help and give it, one helper a request.
 * Run it: mesocosm run scenarios/examples/mutual-aid.ts --allow-code, or node scenarios/examples/mutual-aid.ts in a checkout.
 */
import { fileURLToPath } from 'node:url';
import { defineScenario, postRow, readPosts, run } from '../../sim/index.ts';
import type { OwnMeasure, OwnPolicy, OwnRecommender, OwnVerb } from '../../sim/index.ts';

/** Half of those who wake ask; the others help the first asker in their feed who has less than they have. */
const giver: OwnPolicy = {
  decide(hand) {
    if (hand.draw(0) < 0.5) {
      hand.act('post');
      return;
    }
    const asker = hand.items.find((item) => item.author !== hand.agent);
    if (asker !== undefined && hand.attribute('goods') > 0) hand.act('help', asker.post);
  },
};

/** Youngest requests first, those of followed agents before others. */
const needsFirst: OwnRecommender = (state, _agent, post, source) =>
  state.posts.tick[postRow(state.posts, post)] + (source === 1 ? 1000 : 0);

/** Help goes to one post from one helper a tick: whoever loses the lottery keeps the goods. */
const help: OwnVerb = {
  target: 'post',
  conflict: 'exclusive',
  places: 1,
  refuse: (_state, attempt) => (attempt.targetAgent === attempt.actor ? 'SELF_TARGET' : undefined),
  effects: [
    { op: 'addToActor', attribute: 'goods', amount: -1 },
    { op: 'addToTarget', attribute: 'goods', amount: 1 },
  ],
};

/** Shares of attempts to help that were granted and that lost the lottery. */
const generosity: OwnMeasure = (records) => {
  let [granted, lost] = [0, 0];
  for (const tick of records.ticks()) {
    tick.verb.forEach((verb, i) => {
      if (verb < 128) return;
      if (tick.outcome[i] === 1) granted++;
      else lost++;
    });
  }
  return { requests: readPosts(records).count, granted, lost };
};

export const scenario = defineScenario({
  name: 'mutual-aid',
  description: 'Agents ask for help and give it: a study with its own policy, recommender, verb and measure.',
  module: import.meta.url,
  seed: 7,
  ticks: 48,
  tickSeconds: 1800,
  population: { kind: 'generated', agents: 2000, followsMean: 8, wakesPerDayMean: 12 },
  feed: { recommender: { own: 'needsFirst' }, length: 5 },
  attributes: [{ name: 'goods', initial: 3 }],
  policies: [{ share: 1, own: 'giver' }],
  own: { policies: { giver }, recommenders: { needsFirst }, verbs: { help }, measures: { generosity } },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const finished = await run(scenario, { workers: 2 });
  console.log(finished.directory, finished.manifest.digest, finished.measures);
}
