/**
 * The ledger, the messages and the texts of a snapshot in canonical numbers, for whoever compares or shows states.
 *
 * Agents stand as ordinals. Order of entries: account, subject, object.
 */
import { accounts, entryOf } from '../world/ledger.ts';
import { messageSpec } from '../world/messages.ts';
import { textOf } from '../world/texts.ts';
import type { Account } from '../world/ledger.ts';
import type { Snapshot } from './snapshot.ts';

/** An entry; `text` is what its value refers to, where it is a text. */
export interface CanonicalEntry {
  readonly account: Account;
  readonly subject: number;
  readonly object: number;
  /** A number; an ordinal plus one; or a reference to a text. */
  readonly value: number;
  readonly text: string | undefined;
}

/** All entries of the ledger. */
export function ledgerEntries({ columns }: Snapshot): CanonicalEntry[] {
  const held: Partial<Snapshot['columns']> = columns;
  const words = held.ledger ?? [];
  const ordinal = columns['agents.ordinal'];
  const texts = { words: (held.texts ?? new Int32Array(0)) as Int32Array, used: new Int32Array(1) };
  const found: CanonicalEntry[] = [];
  for (let i = 0; i < words.length; i += 3) {
    const { account, subject } = entryOf(words[i]);
    const spec = accounts[account];
    const [object, value] = [words[i + 1], words[i + 2]];
    found.push({
      account,
      subject: spec.subject === 'agent' ? ordinal[subject] : subject,
      object: spec.object === 'agent' ? ordinal[object] : object,
      value: spec.value === 'agent' ? ordinal[value - 1] + 1 : value,
      text: spec.value === 'text' ? textOf(texts, value) : undefined,
    });
  }
  const number = ({ account }: CanonicalEntry): number => accounts[account].number;
  return found.sort((x, y) => number(x) - number(y) || x.subject - y.subject || x.object - y.object);
}

/** A message in the window by name of its column; senders and receivers are ordinals. */
export type CanonicalMessage = Readonly<Record<keyof (typeof messageSpec)['columns'], number>>;

/** The messages in the window, by id. */
export function messagesOf({ columns }: Snapshot): CanonicalMessage[] {
  const held: Partial<Snapshot['columns']> = columns;
  const ids = held['messages.id'] ?? [];
  const ordinal = columns['agents.ordinal'];
  const found: CanonicalMessage[] = [];
  for (let row = 0; row < ids.length; row++) {
    if (ids[row] === 0) continue;
    const cells = Object.entries(messageSpec.columns).map(([name, { meaning }]) => {
      const cell = columns[`messages.${name}`][row];
      return [name, meaning === 'agentRow' ? ordinal[cell] : cell];
    });
    found.push(Object.fromEntries(cells) as CanonicalMessage);
  }
  return found.sort((x, y) => x.id - y.id);
}
