/**
 * What rules of ranked verbs are handed and what they draft: see `settle.ts`.
 *
 * A rule reads and writes the draft of the ledger, never the ledger; it drafts nothing before all its gates are passed.
 */
import { LedgerDraft, ledgerOf } from '../../world/ledger.ts';
import { encodeText, nextText, wordsOfText } from '../../world/texts.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { LedgerEntry } from '../../world/ledger.ts';
import type { BuiltInVerb } from '../../exchange/verbs.ts';
import type { IntentRow, Intents } from '../../exchange/tables.ts';
import type { StateView } from '../../exchange/view.ts';
import type { RuleBook } from '../rule-book.ts';

/** One attempt, as the rules of ranked verbs see it. A ruling is written at `row` of `intents`. */
export interface RankedAct {
  readonly intents: Intents;
  readonly row: IntentRow;
  readonly actor: AgentRow;
  readonly verb: number;
  readonly target: number;
  readonly amount: number;
  /** What the verb is about, or -1. */
  readonly argument: number;
  readonly price: number;
  /** Empty where nothing is said. */
  readonly text: string;
}

/** A message that was drafted. */
export interface DraftMessage {
  readonly id: number;
  readonly sender: AgentRow;
  readonly receiver: AgentRow;
  /** The group's number plus one, or 0. */
  readonly group: number;
  readonly text: number;
  readonly previous: number;
}

/** What a granted appeal takes back: bits of how the post stood when the tick began. What is done to it in the tick stays. */
export interface DraftRevision {
  readonly post: number;
  readonly lifted: number;
}

/** What the settled acts write: handed to apply. */
export interface Draft {
  /** The acts that were settled, in their order. */
  readonly acts: readonly RankedAct[];
  readonly entries: readonly LedgerEntry[];
  /** Texts in the order of their references. */
  readonly texts: readonly Uint8Array[];
  readonly messages: readonly DraftMessage[];
  readonly revisions: readonly DraftRevision[];
}

/** What rules of ranked verbs go by, and what they draft. */
export class Settlement {
  readonly state: StateView;
  readonly book: RuleBook;
  readonly ledger: LedgerDraft;
  readonly orders: MarketOrder[] = [];
  /** Requests of this tick by `recipient sender`, so that who answers within the tick lets both through. */
  readonly requests = new Map<string, RankedAct>();
  readonly messages: DraftMessage[] = [];
  readonly revisions: DraftRevision[] = [];
  readonly texts: Uint8Array[] = [];
  #nextText: number;

  constructor(state: StateView, book: RuleBook) {
    this.state = state;
    this.book = book;
    this.ledger = new LedgerDraft(ledgerOf(state.ledger));
    this.#nextText = nextText(state.texts);
  }

  /** Keeps a text beyond the tick and returns its reference. */
  keep(text: string): number {
    const bytes = encodeText(text);
    const ref = this.#nextText;
    this.texts.push(bytes);
    this.#nextText += wordsOfText(bytes.length);
    return ref;
  }
}

/** An order that waits for the clearing, what it may cost set aside. */
export interface MarketOrder {
  readonly act: RankedAct;
  readonly isBid: boolean;
  readonly good: number;
  readonly quantity: number;
  readonly price: number;
}

/** Rules on one act, and drafts what it does where it is granted. */
export type RankedRule = (settlement: Settlement, act: RankedAct) => void;

/** Rules of one family, by name of the verb. */
export type RankedRules = Readonly<Partial<Record<BuiltInVerb, RankedRule>>>;
