/**
 * Lists as Python prints them: `[32, 7]`, `['a', "it's"]`. OASIS keeps follows and earlier posts so in cells of CSV files.
 *
 * Reads the grammar of a list of integers and strings with Python's escapes, and nothing else: no names, no nesting, no evaluation.
 * `nan` and an empty cell, which pandas writes for nothing, are empty lists. Undefined stands for "is no such list".
 * Oracle: ast.literal_eval, values noted in `test/sim/import/oasis.test.ts`.
 */

const simple: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\u0007', b: '\b', f: '\f', v: '\v', '\n': '' },
};

/** The elements of a list; undefined if the text is no list of integers and strings. */
export function parsePythonList(text: string): (number | string)[] | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'nan') return [];
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return undefined;
  const elements: (number | string)[] = [];
  const end = trimmed.length - 1;
  let at = skipBlanks(trimmed, 1);
  while (at < end) {
    const element = readElement(trimmed, at, end);
    if (element === undefined) return undefined;
    elements.push(element.value);
    at = skipBlanks(trimmed, element.next);
    if (at >= end) break;
    if (trimmed[at] !== ',') return undefined;
    at = skipBlanks(trimmed, at + 1);
  }
  return elements;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at++;
  return at;
}

function readElement(text: string, at: number, end: number): { value: number | string; next: number } | undefined {
  const quote = text.charAt(at);
  if (quote === "'" || quote === '"') return readString(text, at, end, quote);
  const digits = /^[+-]?\d{1,15}(?:\.0*)?(?=[\s,\]])/.exec(text.slice(at, at + 24))?.[0];
  return digits === undefined ? undefined : { value: Number(digits), next: at + digits.length };
}

function readString(text: string, at: number, end: number, quote: string) {
  const pieces: string[] = [];
  let from = at + 1;
  for (let i = from; i < end; i++) {
    const character = text.charAt(i);
    if (character === quote) return { value: pieces.join('') + text.slice(from, i), next: i + 1 };
    if (character !== '\\') continue;
    const escape = readEscape(text, i + 1);
    pieces.push(text.slice(from, i), escape.value);
    i = escape.next - 1;
    from = escape.next;
  }
  return undefined;
}

/** What stands after a backslash. An escape that Python does not know stays as it is, backslash included. */
function readEscape(text: string, at: number): { value: string; next: number } {
  const letter = text.charAt(at);
  const digits = { x: 2, u: 4, U: 8 }[letter];
  if (digits !== undefined) {
    const hex = text.slice(at + 1, at + 1 + digits);
    const code = /^[0-9a-f]+$/i.test(hex) && hex.length === digits ? parseInt(hex, 16) : 0x110000;
    if (code < 0x110000) return { value: String.fromCodePoint(code), next: at + 1 + digits };
  }
  return Object.hasOwn(simple, letter)
    ? { value: simple[letter], next: at + 1 }
    : { value: `\\${letter}`, next: at + 1 };
}
