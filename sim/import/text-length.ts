/**
 * How long a text is: in code points, as Python and the platforms count, not in units of UTF-16. Oracle: `[...text].length`.
 */

/** Code points of a text; a lone surrogate counts as one. */
export function codePointCount(text: string): number {
  let count = text.length;
  for (let at = 0; at + 1 < text.length; at++) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) {
      count--;
      at++;
    }
  }
  return count;
}
