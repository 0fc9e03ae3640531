/**
 * Words that are no posts: searches, and interviews with their answers.
 *
 * A search is granted always. It leaves what was asked, so that what it finds is computed when it is read, from the state of that tick
 * (`sim/policy/reading.ts`). Only a scenario interviews: the question is kept for the agent until it answers, a later one takes its
 * place, and nothing else changes; the answer itself stands in the log, under the interview's own number (tick, agent, sequence).
 * Reads and drafts the ledger. Invariant: `itemCount` of open questions is how many agents have one.
 * Oracle: `test/sim/game-master/ranked/words.test.ts` replays the rules on objects.
 */
import { itemKinds } from '../../world/ledger.ts';
import { nextText, textOf } from '../../world/texts.ts';
import { rules } from '../../exchange/reasons.ts';
import { isAnswerTo } from '../../exchange/surveys.ts';
import { searchKinds, searchNames } from '../../exchange/searches.ts';
import { grant, refuse } from '../rulings.ts';
import type { SearchKind } from '../../exchange/searches.ts';
import type { RankedRule, RankedRules, Settlement } from './settlement.ts';

export const wordRules: RankedRules = {
  ...Object.fromEntries(searchNames.map((kind) => [kind, ruleOfSearch(kind)])),
  interview(settlement, { actor, intents, row, text }) {
    const { ledger } = settlement;
    if (ledger.get('question', actor) === 0) ledger.add('itemCount', itemKinds.openQuestion, 0, 1);
    ledger.set('question', actor, 0, settlement.keep(text));
    grant(intents, row, 0);
  },
  answer({ ledger, state }, { actor, intents, row, text }) {
    const question = ledger.get('question', actor);
    if (question === 0) {
      refuse(intents, row, 'NOTHING_ASKED', rules.consent);
      return;
    }
    // What was asked in this very tick is no text of the run yet: nobody can have answered it.
    const asked = question < nextText(state.texts) ? textOf(state.texts, question) : '';
    if (!isAnswerTo(asked, text)) {
      refuse(intents, row, 'ANSWER_INVALID', rules.wellFormed);
      return;
    }
    ledger.set('question', actor, 0, 0);
    ledger.add('itemCount', itemKinds.openQuestion, 0, -1);
    grant(intents, row, 0);
  },
};

/** Leaves the query, and, where the kind finds something, that it was the last. */
function ruleOfSearch(kind: SearchKind): RankedRule {
  const number = searchKinds[kind];
  const finds = kind === 'search' || kind === 'searchAgents' || kind === 'trend';
  return (settlement, { actor, intents, row, text }) => {
    const { ledger } = settlement;
    ledger.set('query', actor, number, queryRef(settlement, ledger.get('query', actor, number), text));
    if (finds) ledger.set('lastSearch', actor, 0, number + 1);
    grant(intents, row, 0);
  };
}

/** Texts are never given back, so that a query that is repeated keeps the one that stands. */
function queryRef(settlement: Settlement, standing: number, text: string): number {
  if (text === '') return 0;
  const { texts } = settlement.state;
  if (standing > 0 && standing < nextText(texts) && textOf(texts, standing) === text) return standing;
  return settlement.keep(text);
}
