/** Tests of `viz/escape.ts`: what leaves the escaper is text, whatever it was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkup, escapeXml, legalXmlText, neutraliseCell } from '../../viz/escape.ts';
import { hostileTexts, scriptTexts } from './hostile-texts.ts';
import { decode, tokenize } from './markup-tokens.ts';

const anyText = fc.string({ unit: 'binary' });

describe('the corpus', () => {
  it('scriptTexts: there are 120, no two alike, and each holds what would run or call out', () => {
    expect([scriptTexts.length, new Set(hostileTexts).size]).toEqual([120, hostileTexts.length]);
    const acts = /window\.ran=1|example\.org|file:\/\/\//;
    expect(scriptTexts.filter((text) => !acts.test(text))).toEqual([]);
  });
});

describe('escapeMarkup', () => {
  it('escapeMarkup: no text leaves a tag, in an element or in an attribute', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom(...hostileTexts)), (text) => {
        const { tags } = tokenize(`<p title="${escapeMarkup(text)}">${escapeMarkup(text)}</p>`);
        expect(tags.map(({ name }) => name)).toEqual(['p', 'p']);
        expect([...(tags[0]?.attributes.keys() ?? [])]).toEqual(['title']);
      }),
      { seed: 1 },
    );
  });

  it('escapeMarkup: a text without controls comes back from decoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => decode(escapeMarkup(text)) === text),
      { seed: 2 },
    );
  });

  it('escapeMarkup: a control that reorders text becomes visible', () => {
    expect(escapeMarkup('\u202eabc\u2066')).toBe('\ufffdabc\ufffd');
  });
});

describe('legalXmlText', () => {
  it('legalXmlText: of all 65,536 units alone, the 2,079 that XML 1.0 cannot hold are dropped and counted', () => {
    const tally = { droppedCharacterCount: 0 };
    let keptCount = 0;
    for (let unit = 0; unit < 65_536; unit++) keptCount += legalXmlText(String.fromCharCode(unit), tally).length;
    // 29 controls below U+0020, 2,048 surrogates, U+FFFE and U+FFFF.
    expect(tally.droppedCharacterCount).toBe(29 + 2048 + 2);
    expect(keptCount).toBe(65_536 - 2079);
  });

  it('legalXmlText: a pair of surrogates stays, either half alone goes', () => {
    const tally = { droppedCharacterCount: 0 };
    expect(legalXmlText('a😀b\ud83dc\ude00d', tally)).toBe('a😀bcd');
    expect(tally.droppedCharacterCount).toBe(2);
  });

  it('legalXmlText: dropping a character joins no tag', () => {
    expect(escapeXml('<\u0000script>')).toBe('&lt;script&gt;');
  });
});

describe('neutraliseCell', () => {
  const triggers = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

  it.each(triggers)('neutraliseCell: a text that starts with %j gets an apostrophe', (trigger) => {
    expect(neutraliseCell(`${trigger}1+1`)).toBe(`'${trigger}1+1`);
    expect(neutraliseCell(` \u00a0${trigger}1+1`)).toBe(`' \u00a0${trigger}1+1`);
    expect(neutraliseCell(`a${trigger}1`)).toBe(`a${trigger}1`);
  });

  it('neutraliseCell: different texts stay different', () => {
    const nearTrigger = fc.string({ unit: fc.constantFrom("'", '=', ' ', 'a', '-'), maxLength: 5 });
    fc.assert(
      fc.property(nearTrigger, nearTrigger, (a, b) => (neutraliseCell(a) === neutraliseCell(b)) === (a === b)),
      { seed: 3 },
    );
    expect(neutraliseCell("'=a")).not.toBe(neutraliseCell('=a'));
  });
});
