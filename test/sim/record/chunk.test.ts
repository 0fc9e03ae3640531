/**
 * Frames: what is encoded comes back, and only canonical numbers decide the bytes that are hashed.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFrame,
  decodeTick,
  encodeDecided,
  encodeFrame,
  encodeSeen,
  frameBytes,
  noDetails,
} from '../../../sim/record/chunk.ts';
import type { DetailRecord, TickRecord } from '../../../sim/record/chunk.ts';

const word = fc.oneof(fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000), fc.integer());
const octet = fc.nat(255);
const total = fc.nat(0xffffffff);

/** Columns of one length, words and octets by name. */
function columns(
  count: number,
  words: readonly string[],
  octets: readonly string[],
): fc.Arbitrary<Record<string, Int32Array | Uint8Array>> {
  const list = (cell: fc.Arbitrary<number>) => fc.array(cell, { minLength: count, maxLength: count });
  return fc.record({
    ...Object.fromEntries(words.map((name) => [name, list(word).map((one) => Int32Array.from(one))])),
    ...Object.fromEntries(octets.map((name) => [name, list(octet).map((one) => Uint8Array.from(one))])),
  });
}

/** Details of so many intents: none in every other record, as in most ticks. */
function details(intentCount: number): fc.Arbitrary<DetailRecord> {
  const some = fc.uniqueArray(fc.nat(Math.max(0, intentCount - 1)), { maxLength: intentCount }).chain((rows) =>
    fc
      .tuple(
        columns(rows.length, ['argument', 'price', 'text'], []),
        fc.array(word, { maxLength: 9 }).map((one) => Int32Array.from(one)),
      )
      .map(([named, texts]) => {
        const row = Int32Array.from(rows).sort();
        return rows.length === 0 ? noDetails : ({ row, ...named, texts } as unknown as DetailRecord);
      }),
  );
  return fc.oneof(fc.constant(noDetails), some);
}

const tickRecord: fc.Arbitrary<TickRecord> = fc
  .tuple(fc.nat(30), fc.nat(4), fc.nat(20), fc.nat(0xffffffff))
  .chain(([intentCount, answerCount, seenCount, tick]) =>
    fc.record({
      tick: fc.constant(tick),
      intentCount: fc.constant(intentCount),
      intents: columns(
        intentCount,
        ['actor', 'target', 'amount', 'result'],
        ['verb', 'sequence', 'outcome', 'reason', 'rule', 'topic'],
      ),
      answers: fc
        .array(word, { minLength: answerCount * 7, maxLength: answerCount * 7 })
        .map((one) => Int32Array.from(one)),
      totals: fc.record({ awake: total, exposures: total, granted: total, refused: total, posts: total }),
      details: details(intentCount),
      seen: columns(seenCount, ['agent', 'post', 'origin'], ['source', 'position']),
    }),
  )
  .map(({ intents, ...rest }) => ({ ...rest, ...intents }) as unknown as TickRecord);

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('frames', () => {
  test('encodeFrame and decodeTick: give every column back, several frames one after the other, at any offset', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(tickRecord, digest, fc.option(digest, { nil: new Uint8Array(0) })), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.nat(7),
        (ticks, offset) => {
          const frames = ticks.map(([record, link, root]) =>
            encodeFrame({
              tick: record.tick,
              decided: encodeDecided(record),
              seen: encodeSeen(record.seen),
              root,
              link,
            }),
          );
          const log = new Uint8Array(Buffer.concat([Buffer.alloc(offset), ...frames]));
          let at = offset;
          ticks.forEach(([record, link, root], i) => {
            expect(frameBytes(log.subarray(at))).toBe(frames[i].length);
            const { frame, end } = decodeFrame(log, at, 'events.log', record.tick);
            expect(decodeTick(frame)).toEqual(record);
            expect([...frame.link]).toEqual([...link]);
            expect([...frame.root]).toEqual(root.every((byte) => byte === 0) ? [] : [...root]);
            at = end;
          });
          expect(at).toBe(log.length);
        },
      ),
      { seed: 30, numRuns: 100 },
    );
  });

  test('encodeDecided: any changed cell of any column shows in the bytes, what agents saw does not', () => {
    fc.assert(
      fc.property(
        tickRecord.filter(({ intentCount }) => intentCount > 0),
        fc.nat(),
        fc.nat(9),
        (record, at, which) => {
          const name = (
            ['actor', 'target', 'amount', 'result', 'verb', 'sequence', 'outcome', 'reason', 'rule', 'topic'] as const
          )[which];
          const column = record[name].slice();
          column[at % column.length] ^= 1;
          const bytes = Buffer.from(encodeDecided(record));
          expect(bytes.equals(encodeDecided({ ...record, [name]: column }))).toBe(false);
          expect(
            bytes.equals(encodeDecided({ ...record, totals: { ...record.totals, awake: record.totals.awake ^ 1 } })),
          ).toBe(false);
          const said = {
            ...record.details,
            row: Int32Array.of(0),
            argument: Int32Array.of(7),
            price: Int32Array.of(0),
          };
          const detailed = { ...record, details: { ...said, text: Int32Array.of(1), texts: Int32Array.of(0, 1, 65) } };
          const otherText = { ...detailed.details, texts: Int32Array.of(0, 1, 66) };
          const hashed = Buffer.from(encodeDecided(detailed));
          expect(hashed.equals(encodeDecided({ ...detailed, details: noDetails }))).toBe(false);
          expect(hashed.equals(encodeDecided({ ...detailed, details: otherText }))).toBe(false);
          const nothing = {
            agent: new Int32Array(0),
            post: new Int32Array(0),
            origin: new Int32Array(0),
            source: new Uint8Array(0),
            position: new Uint8Array(0),
          };
          expect(bytes.equals(encodeDecided({ ...record, seen: nothing }))).toBe(true);
        },
      ),
      { seed: 31, numRuns: 100 },
    );
  });

  test('frameBytes: a header that is cut off tells no length', () => {
    expect(frameBytes(new Uint8Array(15))).toBeUndefined();
  });
});
