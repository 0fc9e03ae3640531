/**
 * Requests from agent to agent: what one side intends and the other may answer by the same act.
 *
 * A request is a set of entries of the ledger (receiver, sender): its verb plus one, its terms, its tick plus one. One ordered pair has
 * one request at a time; a new one takes its place. Each receiver's requests are a chain from the newest to the oldest, linked both
 * ways, so that any leaves it in a few steps. Since a new one goes to the front, those that lapsed stand together at the end, and are
 * taken out when the next one comes; until then `requestTick` tells them (`isOpenAt`).
 * Invariant: a request is in its receiver's chain exactly if its `requestTick` is not 0; a chain has at most `inboxMax` requests.
 * Oracle: a list of objects (`test/sim/game-master/ranked/two-sided-oracle.ts`).
 */
import type { LedgerDraft, LedgerView } from '../../world/ledger.ts';

/** Requests that one agent can have at a time. Who asks beyond that is refused, and told when the oldest one lapses. */
export const inboxMax = 1000;

/** Ticks for which a request stays open where a scenario says nothing. */
export const usualRequestTicks = 480;

/** Who asked whom: rows of agents. */
export interface RequestPair {
  readonly receiver: number;
  readonly sender: number;
}

/** What a request names, as its verb reads it; 0 where the verb does not. */
export interface Terms {
  readonly argument: number;
  readonly amount: number;
  readonly price: number;
}

/** A request that stands. */
export interface StandingRequest {
  readonly verb: number;
  readonly terms: Terms;
  /** The first tick at which it is no longer open. */
  readonly lapseTick: number;
}

/** Whether a request of a tick can be answered at a later one: it is not older than so many ticks. */
export function isOpenAt(requestTick: number, tick: number, requestTicks: number): boolean {
  return requestTick > 0 && tick < requestTick + requestTicks;
}

/** The request of a sender to a receiver that is open at a tick. */
export function openRequest(
  ledger: LedgerView,
  { receiver, sender }: RequestPair,
  tick: number,
  requestTicks: number,
): StandingRequest | undefined {
  const of = (account: 'request' | 'requestArgument' | 'requestAmount' | 'requestPrice' | 'requestTick'): number =>
    ledger.get(account, receiver, sender);
  if (!isOpenAt(of('requestTick'), tick, requestTicks)) return undefined;
  return {
    verb: of('request') - 1,
    terms: { argument: of('requestArgument'), amount: of('requestAmount'), price: of('requestPrice') },
    lapseTick: of('requestTick') + requestTicks,
  };
}

/** The tick at which the receiver's oldest request lapses, if it has as many as it can; undefined where there is room. */
export function roomTick(ledger: LedgerView, receiver: number, tick: number, requestTicks: number): number | undefined {
  if (ledger.get('requestCount', receiver) < inboxMax) return undefined;
  const lapse = ledger.get('requestTick', receiver, ledger.get('requestOldest', receiver) - 1) + requestTicks;
  return lapse > tick ? lapse : undefined;
}

/** Writes a request in place of what the sender asked the receiver before, and takes lapsed ones out of the chain. */
export function writeRequest(
  ledger: LedgerDraft,
  pair: RequestPair,
  verb: number,
  { argument, amount, price }: Terms,
  tick: number,
  requestTicks: number,
): void {
  const { receiver, sender } = pair;
  dropLapsed(ledger, receiver, tick, requestTicks);
  strikeRequest(ledger, pair);
  ledger.set('request', receiver, sender, verb + 1);
  ledger.set('requestArgument', receiver, sender, argument);
  ledger.set('requestAmount', receiver, sender, amount);
  ledger.set('requestPrice', receiver, sender, price);
  ledger.set('requestTick', receiver, sender, tick + 1);
  const latest = ledger.get('requestLatest', receiver);
  ledger.set('requestBefore', receiver, sender, latest);
  setAfter(ledger, receiver, latest, sender + 1);
  ledger.set('requestLatest', receiver, 0, sender + 1);
  ledger.add('requestCount', receiver, 0, 1);
}

/** Takes a request out, if there is one: it was settled, withdrawn, or has lapsed. */
export function strikeRequest(ledger: LedgerDraft, { receiver, sender }: RequestPair): void {
  if (ledger.get('requestTick', receiver, sender) === 0) return;
  const before = ledger.get('requestBefore', receiver, sender);
  const after = ledger.get('requestAfter', receiver, sender);
  setAfter(ledger, receiver, before, after);
  if (after === 0) ledger.set('requestLatest', receiver, 0, before);
  else ledger.set('requestBefore', receiver, after - 1, before);
  for (const account of requestAccounts) ledger.set(account, receiver, sender, 0);
  ledger.add('requestCount', receiver, 0, -1);
}

const requestAccounts = [
  ...(['request', 'requestArgument', 'requestAmount', 'requestPrice', 'requestTick'] as const),
  ...(['requestBefore', 'requestAfter'] as const),
];

/** What follows a request in the chain: both are rows plus one. Where there is no request, the chain begins with what follows. */
function setAfter(ledger: LedgerDraft, receiver: number, request: number, after: number): void {
  if (request === 0) ledger.set('requestOldest', receiver, 0, after);
  else ledger.set('requestAfter', receiver, request - 1, after);
}

function dropLapsed(ledger: LedgerDraft, receiver: number, tick: number, requestTicks: number): void {
  for (;;) {
    const sender = ledger.get('requestOldest', receiver) - 1;
    if (sender < 0 || isOpenAt(ledger.get('requestTick', receiver, sender), tick, requestTicks)) return;
    strikeRequest(ledger, { receiver, sender });
  }
}
