/**
 * The one place where text that others wrote becomes part of a file: HTML, SVG, XML and CSV cells.
 *
 * Reads strings, writes strings; nothing is parsed, so nothing can be smuggled through a parser. Order: characters that the
 * format cannot hold are dropped first, then the rest is escaped, since a dropped character must not join two harmless halves.
 * Invariant: an escaped text holds no `<`, `>`, `&`, `"`, `'` or backtick that is not part of a character reference, so it can
 * stand in an element and in a quoted attribute alike. Links are not made here: an address that an agent wrote stays text.
 * Oracle: `test/viz/escape.test.ts` decodes every escaped character of the plane back, and runs xmllint where it is installed.
 * Source: XML 1.0 (5th ed.) production 2, Char; OWASP, CSV Injection; reliability.md S1-S4.
 */

/** What was lost on the way into a file; a writer adds to it, the caller reads it when the writer has ended. */
export interface TextTally {
  /** Characters that XML 1.0 cannot hold, lone surrogates included. */
  droppedCharacterCount: number;
}

// A lone surrogate is matched by \p{Surrogate} only under the u flag, where a pair is one code point.
const illegalInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;

// Overrides and isolates would let a name reorder the digits of the cell beside it ("Trojan Source").
const reorderingControls = /[\u202a-\u202e\u2066-\u2069]/g;

const markupCharacters = /[&<>"'`]/g;
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** The text without the characters that XML 1.0 cannot hold; `tally`, if given, counts them. */
export function legalXmlText(text: string, tally?: TextTally): string {
  return text.replace(illegalInXml, () => {
    if (tally !== undefined) tally.droppedCharacterCount += 1;
    return '';
  });
}

/**
 * A text as it may stand in HTML or SVG, in an element or in a quoted attribute. Controls that reorder what is displayed become
 * U+FFFD, so that they can be seen.
 */
export function escapeMarkup(text: string): string {
  return legalXmlText(text)
    .replace(reorderingControls, '\ufffd')
    .replace(markupCharacters, (character) => references[character] ?? '');
}

/**
 * A text as it may stand in an XML file, in an element or in a quoted attribute. Tab, line feed and carriage return become
 * references, since a parser turns them into blanks inside an attribute; nothing but illegal characters is lost.
 */
export function escapeXml(text: string, tally?: TextTally): string {
  return legalXmlText(text, tally)
    .replace(markupCharacters, (character) => references[character] ?? '')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Blanks may stand before the trigger, since some spreadsheets trim a cell before they look at it. Apostrophes too: otherwise
// the ids `=a` and `'=a` would become one.
const formulaStart = /^'*[ \u00a0\u200b\ufeff\u3000]*[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** The same as a pattern, for the page that neutralises what is copied out of it. */
export const formulaPattern = formulaStart.source;

/**
 * A text cell that a spreadsheet will show and not compute: a leading `'` where it would start a formula. Numbers do not come
 * here; a column of numbers stays one. One-to-one: different texts stay different.
 */
export function neutraliseCell(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}
