/**
 * Messages: letters from agent to agent, and what is said in groups. Rows of a window of the latest ones, by id modulo its size.
 *
 * Ids count from 1 in the order in which the Game Master settled them. `previous` is the message before in the same thread (a group,
 * or the letters to one agent), so that a reader walks back from the latest; one that left the window ends the walk.
 */
import { column, cold, defineTable } from '../ground/table.ts';
import type { Table, TableView } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';

/** Row of a message in the window. */
export type MessageRow = Id<'messages'>;

/** `group` is a group's number plus one, 0 for a letter; `receiver` the agent that a letter is for, else the sender. */
export const messageSpec = defineTable<MessageRow>()('messages', {
  id: cold(column('i32')),
  sender: cold(column('i32', 'agentRow')),
  receiver: cold(column('i32', 'agentRow')),
  group: cold(column('i32')),
  tick: cold(column('i32')),
  text: cold(column('i32')),
  previous: cold(column('i32')),
});
export type Messages = Table<MessageRow, (typeof messageSpec)['columns']>;
export type MessagesView = TableView<MessageRow, (typeof messageSpec)['columns']>;

/** Messages that are kept: 65,536. Older ones stand in the log. */
export const messageCapacity = 1 << 16;

/** The row of a message, or undefined once it left the window. */
export function messageRow(messages: MessagesView, id: number): MessageRow | undefined {
  const row = (id & (messages.rowCapacity - 1)) as MessageRow;
  return id > 0 && messages.id[row] === id ? row : undefined;
}
