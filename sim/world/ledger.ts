/**
 * The ledger: what stands between things beside posts and ties: members, roles, balances, seats, requests, names. One whole number an
 * entry (account, subject, object), in one table of pairs that one shard writes and all read.
 *
 * An entry that is not there is 0, and so an account is defined such that 0 is how things begin: a balance is what came in less what went
 * out since the start. Who needs a sum (members of a group, seats taken) keeps an account for it.
 * Order: none can be seen. Oracle: a Map of strings (`test/sim/world/ledger.test.ts`).
 */
import { InvariantError } from '../ground/errors.ts';
import { mix32 } from '../ground/random.ts';
import { pairValue, setPair } from './pairs.ts';
import type { Pairs } from './pairs.ts';

/** What the numbers of an entry refer to; `item` is anything numbered by the scenario: a group, a good, a place. */
export type LedgerRef = 'agent' | 'item' | 'post' | 'none';

interface AccountSpec {
  /** Stands in checkpoints and roots: never reused, below 64. */
  readonly number: number;
  readonly subject: 'agent' | 'item';
  readonly object: LedgerRef;
  /** What the value is: a number, a text's reference, or an agent's row plus one. */
  readonly value: 'number' | 'text' | 'agent';
}

function account(
  number: number,
  subject: AccountSpec['subject'],
  object: LedgerRef,
  value: AccountSpec['value'],
): AccountSpec {
  return { number, subject, object, value };
}

/** The accounts of the ledger. */
export const accounts = {
  /** How many things of a kind there are, by number of the kind: see `itemKinds`. */
  itemCount: account(0, 'item', 'none', 'number'),
  groupName: account(1, 'item', 'none', 'text'),
  groupOwner: account(2, 'item', 'none', 'agent'),
  groupSize: account(3, 'item', 'none', 'number'),
  /** 1: the agent is a member of the group. */
  groupMember: account(4, 'agent', 'item', 'number'),
  /** The latest message in the group, and in the agent's own letters. */
  groupLatest: account(5, 'item', 'none', 'number'),
  letterLatest: account(6, 'agent', 'none', 'number'),
  communityName: account(7, 'item', 'none', 'text'),
  communityOwner: account(8, 'item', 'none', 'agent'),
  communitySize: account(9, 'item', 'none', 'number'),
  /** 1: the agent is subscribed to the community. */
  subscription: account(10, 'agent', 'item', 'number'),
  /** 1: the agent moderates the community. */
  communityRole: account(11, 'agent', 'item', 'number'),
  /** The post that is pinned at a place of the community. */
  pinned: account(12, 'item', 'item', 'number'),
  /** Who bears a name, by a hash of the name and a place among names of the same hash: an agent's row or a community, plus one. */
  handleHolder: account(13, 'item', 'item', 'agent'),
  communityByName: account(14, 'item', 'item', 'number'),
  handle: account(15, 'agent', 'none', 'text'),
  /** 1: the two are friends; both directions. */
  friend: account(16, 'agent', 'agent', 'number'),
  /** A request to the subject by the object: its verb, and what it names. */
  request: account(17, 'agent', 'agent', 'number'),
  requestArgument: account(18, 'agent', 'agent', 'number'),
  requestAmount: account(19, 'agent', 'agent', 'number'),
  requestPrice: account(20, 'agent', 'agent', 'number'),
  /** The tick of a request, plus one. */
  requestTick: account(21, 'agent', 'agent', 'number'),
  /** Who asked the agent last, and, of a request, who asked before. */
  requestLatest: account(22, 'agent', 'none', 'agent'),
  requestBefore: account(23, 'agent', 'agent', 'agent'),
  /** What an agent has of a good, less what it had at the start. */
  balance: account(24, 'agent', 'item', 'number'),
  /** The same of the platform, which sells products. */
  platformBalance: account(25, 'item', 'none', 'number'),
  /** Units of a product that were sold. */
  sold: account(26, 'item', 'none', 'number'),
  /** The price at which a good was last traded in its market, and how many units. */
  lastPrice: account(27, 'item', 'none', 'number'),
  lastVolume: account(28, 'item', 'none', 'number'),
  /** Where an agent is, plus one, and how many are at a place. */
  place: account(29, 'agent', 'none', 'number'),
  occupancy: account(30, 'item', 'none', 'number'),
  /** The tick until which an agent is busy, and that at which it left for good, plus one. */
  busyUntil: account(31, 'agent', 'none', 'number'),
  leftAt: account(32, 'agent', 'none', 'number'),
  /** 1: the agent appealed against what was done to the post. */
  appealed: account(33, 'agent', 'post', 'number'),
  /** What an agent last searched for, by kind of search. */
  query: account(34, 'agent', 'item', 'text'),
  /** The question of an interview that an agent was asked last. */
  question: account(35, 'agent', 'none', 'text'),
  /** Rounds of a game that an agent has played, and what it did last, plus one. */
  rounds: account(36, 'agent', 'item', 'number'),
  lastChoice: account(37, 'agent', 'item', 'number'),
  /** Of a request, who asked after it; who asked the agent first of those whose requests stand; how many those are. */
  requestAfter: account(38, 'agent', 'agent', 'agent'),
  requestOldest: account(39, 'agent', 'none', 'agent'),
  requestCount: account(40, 'agent', 'none', 'number'),
  /** Units that an agent's orders in markets set aside; 0 again by the end of the tick. */
  setAside: account(41, 'agent', 'item', 'number'),
  /** What kind of search an agent made last, of those that find something, plus one. */
  lastSearch: account(42, 'agent', 'none', 'number'),
  /** The newest post in a community. */
  communityLatest: account(43, 'item', 'post', 'number'),
} as const satisfies Record<string, AccountSpec>;

export type Account = keyof typeof accounts;
export const accountNames = Object.keys(accounts) as readonly Account[];

/** Kinds of things that can be made during a run, and of those that are counted. */
export const itemKinds = { group: 0, community: 1, message: 2, openQuestion: 3 } as const;

const accountsMax = 64;

/** Where entries can be read, whatever else holds them. */
export interface LedgerView {
  get(account: Account, subject: number, object?: number): number;
}

/** The subject of a pair that stands for an entry. */
export function entrySubject(account: Account, subject: number): number {
  return subject * accountsMax + accounts[account].number;
}

const byNumber: readonly (Account | undefined)[] = Array.from({ length: accountsMax }, (_, number) =>
  accountNames.find((name) => accounts[name].number === number),
);

/** The account and the subject behind a pair. */
export function entryOf(pairSubject: number): { readonly account: Account; readonly subject: number } {
  const account = byNumber[pairSubject % accountsMax];
  if (account === undefined)
    throw new InvariantError(`the ledger has an entry of account ${pairSubject % accountsMax}`);
  return { account, subject: Math.floor(pairSubject / accountsMax) };
}

/** The ledger as it stands. */
export function ledgerOf(pairs: Pairs): LedgerView {
  return { get: (account, subject, object = 0) => pairValue(pairs, entrySubject(account, subject), object) };
}

/** An entry that was drafted. */
export interface LedgerEntry {
  readonly account: Account;
  readonly subject: number;
  readonly object: number;
  readonly value: number;
}

/** Entries over a ledger that are not written yet: what the Game Master goes by while it settles one act after another. */
export class LedgerDraft implements LedgerView {
  readonly #below: LedgerView;
  readonly #entries = new Map<string, LedgerEntry>();

  constructor(below: LedgerView) {
    this.#below = below;
  }

  get(account: Account, subject: number, object = 0): number {
    const own = this.#entries.get(`${account} ${subject} ${object}`);
    return own === undefined ? this.#below.get(account, subject, object) : own.value;
  }

  set(account: Account, subject: number, object: number, value: number): void {
    this.#entries.set(`${account} ${subject} ${object}`, { account, subject, object, value });
  }

  add(account: Account, subject: number, object: number, amount: number): void {
    this.set(account, subject, object, this.get(account, subject, object) + amount);
  }

  /** What was drafted, in the order of first mention. */
  entries(): Iterable<LedgerEntry> {
    return this.#entries.values();
  }
}

/** Writes an entry. One shard does. */
export function writeEntry(pairs: Pairs, { account, subject, object, value }: LedgerEntry): void {
  setPair(pairs, entrySubject(account, subject), object, value, 0);
}

/** A hash of a name, as the subject under which its bearers stand. */
export function hashOfName(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = mix32(hash ^ name.charCodeAt(i));
  return hash & 0xff_ffff;
}
