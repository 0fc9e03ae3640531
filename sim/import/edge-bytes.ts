/**
 * The bytes of an edge list without what a table cannot hold: lines of comment become empty lines, runs of blanks become one tab.
 *
 * Reads a source; gives the same lines, so that messages name the right one (columns count after the change). A line is a comment when it
 * begins with `#` or `%`, as SNAP and KONECT write them.
 * Invariant: output is never longer than input, so it is made in place; what a piece ended in is carried to the next.
 */
import type { ByteSource } from '../scenario/table-source.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const tab = 0x09;
const blank = 0x20;
const hash = 0x23;
const percent = 0x25;

const State = { lineStart: 0, inLine: 1, afterBlank: 2, inComment: 3 } as const;

/** Wraps a source. With `joinsBlanks`, fields that any number of blanks and tabs separate are separated by one tab. */
export function withoutComments(source: ByteSource, joinsBlanks: boolean): ByteSource {
  let state: number = State.lineStart;
  const isSeparator = (byte: number): boolean => joinsBlanks && (byte === blank || byte === tab);
  return {
    file: source.file,
    close: () => source.close(),
    read(into, offset) {
      for (;;) {
        const got = source.read(into, offset);
        if (got === 0) return 0;
        let end = offset;
        for (let at = offset; at < offset + got; at++) {
          const byte = into[at];
          if (byte === lineFeed || byte === carriageReturn) {
            state = State.lineStart;
            into[end++] = byte;
          } else if (state === State.lineStart && (byte === hash || byte === percent)) state = State.inComment;
          else if (state === State.inComment) continue;
          else if (isSeparator(byte)) {
            if (state === State.inLine) state = State.afterBlank;
          } else {
            if (state === State.afterBlank) into[end++] = tab;
            state = State.inLine;
            into[end++] = byte;
          }
        }
        // A piece of nothing but comment must not look like the end.
        if (end > offset) return end - offset;
      }
    },
  };
}
