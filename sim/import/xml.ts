/**
 * A reader of XML, one event after the other: what network files need, and no more.
 *
 * Reads elements, attributes, text, CDATA, comments and processing instructions, the five named entities and numbers of characters.
 * A document type is refused: it is where entities that grow without bound come from, and no network file needs one.
 * The file passes by in pieces; a tag or a text is held whole, at most a mebibyte. Every error has its line.
 * Prefixes of names are dropped (`viz:size` is `size`). Oracle: documents of our own writers, which networkx reads, read back whole (`test/sim/import/network-file.test.ts`).
 */
import { InputError, echo } from '../ground/errors.ts';
import { Utf8Check, badByteText, encodingProblem, wideEncodingOf } from '../scenario/document-bytes.ts';
import type { InputCode, Place } from '../ground/errors.ts';
import type { ByteSource } from '../scenario/table-source.ts';

/** Who is told of a document's parts, in their order. */
export interface XmlHandler {
  open(name: string, attributes: ReadonlyMap<string, string>, place: Place): void;
  /** `text` is all text right inside the element. */
  close(name: string, text: string, place: Place): void;
}

interface Element {
  readonly name: string;
  readonly line: number;
  text: string;
}

const pieceBytes = 256 * 1024;
const tokenLengthMax = 1024 * 1024;
const depthMax = 200;

/** Reads a document to its end. */
export function readXml(source: ByteSource, handler: XmlHandler): void {
  new XmlReading(source, handler).read();
}

class XmlReading {
  #text = '';
  #at = 0;
  #line = 1;
  #isRead = false;
  #hasRoot = false;
  readonly #elements: Element[] = [];
  readonly #decoder = new TextDecoder('utf-8');
  readonly #check = new Utf8Check();
  readonly #bytes = new Uint8Array(pieceBytes + 4);
  /** Bytes of a character that the piece before ended in. */
  #kept = 0;
  #passed = 0;
  readonly #source: ByteSource;
  readonly #handler: XmlHandler;

  constructor(source: ByteSource, handler: XmlHandler) {
    this.#source = source;
    this.#handler = handler;
  }

  read(): void {
    for (;;) {
      const open = this.#find('<', false);
      this.#takeText(open < 0 ? this.#text.length : open);
      if (open < 0) break;
      this.#need(9);
      if (this.#startsWith('<!--')) this.#skip('-->', 'comment');
      else if (this.#startsWith('<![CDATA[')) this.#takeCdata();
      else if (this.#startsWith('<?')) this.#skip('?>', 'instruction');
      else if (this.#startsWith('<!')) {
        throw this.#error('INPUT_SYNTAX', 'a document type or declaration is not read', 'Remove it.');
      } else this.#takeTag();
    }
    const last = this.#elements.at(-1);
    if (last !== undefined) throw this.#error('INPUT_SYNTAX', `<${last.name}> is never closed`, 'Close it.', last.line);
    if (!this.#hasRoot) throw this.#error('INPUT_EMPTY', 'holds no element', 'Write a GEXF or GraphML document.');
  }

  #startsWith(mark: string): boolean {
    return this.#text.startsWith(mark, this.#at);
  }

  /** Where a mark stands from here on; -1 at the end, which is an error if it must be there. */
  #find(mark: string, isNeeded: boolean, what = ''): number {
    let from = this.#at;
    for (;;) {
      const found = this.#text.indexOf(mark, from);
      if (found >= 0) return found;
      const searched = this.#text.length - this.#at;
      if (searched > tokenLengthMax && isNeeded) throw this.#tooLong(what);
      if (searched > tokenLengthMax) this.#takeText(this.#text.length - 1);
      from = Math.max(this.#at, this.#text.length - mark.length + 1);
      const before = this.#at;
      if (!this.#more()) {
        if (!isNeeded) return -1;
        throw this.#error('INPUT_SYNTAX', `a ${what} that begins here has no end`, `Close it with ${mark}.`);
      }
      from -= before - this.#at;
    }
  }

  #need(length: number): void {
    while (this.#text.length - this.#at < length && this.#more());
  }

  /** Drops what was read and adds the next piece; false at the end. */
  #more(): boolean {
    if (this.#isRead) return false;
    this.#text = this.#text.slice(this.#at);
    this.#at = 0;
    const bytes = this.#bytes;
    const got = this.#source.read(bytes.subarray(0, pieceBytes), this.#kept);
    const end = this.#kept + got;
    const wide = this.#passed === 0 ? wideEncodingOf(bytes.subarray(0, end)) : undefined;
    if (wide !== undefined) throw new InputError(encodingProblem(this.#place(), `is ${wide}, not UTF-8`));
    const bad = this.#check.firstBad(bytes, this.#kept, end);
    const unfinished = this.#check.unfinishedCount;
    const badAt = bad >= 0 ? bad : got === 0 && unfinished > 0 ? end - unfinished : -1;
    if (badAt >= 0) {
      this.#text += this.#decoder.decode(bytes.subarray(0, badAt));
      this.#pass(this.#text.length);
      throw new InputError(encodingProblem(this.#place(), badByteText(bytes[badAt], this.#passed + badAt)));
    }
    const whole = end - unfinished;
    this.#text += this.#decoder.decode(bytes.subarray(0, whole), { stream: true });
    bytes.copyWithin(0, whole, end);
    this.#kept = unfinished;
    this.#passed += whole;
    if (got === 0) this.#isRead = true;
    return got > 0;
  }

  /** Moves on, counting lines. */
  #pass(to: number): void {
    for (let at = this.#text.indexOf('\n', this.#at); at >= 0 && at < to; at = this.#text.indexOf('\n', at + 1))
      this.#line++;
    this.#at = to;
  }

  #takeText(end: number): void {
    if (end <= this.#at) return;
    const raw = this.#text.slice(this.#at, end);
    const element = this.#elements.at(-1);
    if (element !== undefined) this.#addText(element, this.#unescaped(raw));
    else if (raw.trim() !== '') throw this.#error('INPUT_SYNTAX', 'text stands outside the document', 'Remove it.');
    this.#pass(end);
  }

  #addText(element: Element, text: string): void {
    if (element.text.length + text.length > tokenLengthMax) throw this.#tooLong('text');
    // Blanks between elements are most of a file.
    if (element.text !== '' || text.trim() !== '') element.text += text;
  }

  #takeCdata(): void {
    const end = this.#find(']]>', true, 'CDATA section');
    const element = this.#elements.at(-1);
    if (element === undefined) throw this.#error('INPUT_SYNTAX', 'text stands outside the document', 'Remove it.');
    this.#addText(element, this.#text.slice(this.#at + 9, end));
    this.#pass(end + 3);
  }

  #skip(mark: string, what: string): void {
    const end = this.#find(mark, true, what);
    this.#pass(end + mark.length);
  }

  #takeTag(): void {
    const end = this.#endOfTag();
    const tag = this.#text.slice(this.#at + 1, end);
    const place = this.#place();
    if (tag.startsWith('/')) this.#close(tag.slice(1).trim(), place);
    else {
      const isEmpty = tag.endsWith('/');
      const name = /^[^\s/]+/.exec(tag)?.[0] ?? '';
      if (!/^[\p{L}_:][\p{L}\p{N}_:.-]*$/u.test(name)) {
        throw this.#error('INPUT_SYNTAX', `${echo(name)} is no name of an element`, 'Write < as &lt; in a text.');
      }
      this.#open(name, this.#attributesOf(isEmpty ? tag.slice(0, -1) : tag, name), place);
      if (isEmpty) this.#close(name, place);
    }
    this.#pass(end + 1);
  }

  /** The > that ends a tag: not one inside quotes. */
  #endOfTag(): number {
    let quote = '';
    let at = this.#at + 1;
    for (;;) {
      if (at >= this.#text.length) {
        const passed = at - this.#at;
        if (passed > tokenLengthMax) throw this.#tooLong('tag');
        if (!this.#more()) throw this.#error('INPUT_SYNTAX', 'a tag that begins here has no end', 'Close it with >.');
        at = this.#at + passed;
        continue;
      }
      const character = this.#text.charAt(at);
      if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === '"' || character === "'") quote = character;
      else if (character === '>') return at;
      at++;
    }
  }

  #attributesOf(tag: string, name: string): Map<string, string> {
    const attributes = new Map<string, string>();
    const pattern = /\s+([^\s=/>"'<]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
    pattern.lastIndex = name.length;
    let end = name.length;
    for (let found = pattern.exec(tag); found !== null; found = pattern.exec(tag)) {
      const key = localName(found[1]);
      const isNamespace = /^xmlns(:|$)/.test(found[1]) || found[1].startsWith('xsi:');
      if (attributes.has(key) && !isNamespace) {
        throw this.#error('INPUT_SYNTAX', `<${name}> has the attribute ${echo(key)} twice`, 'Keep one of them.');
      }
      const value = (found[2] as string | undefined) ?? found[3];
      if (!isNamespace) attributes.set(key, this.#unescaped(value));
      end = pattern.lastIndex;
    }
    if (tag.slice(end).trim() === '') return attributes;
    throw this.#error(
      'INPUT_SYNTAX',
      `<${name}> has an attribute that is not name="value"`,
      'Put values in quotes; write < as &lt;.',
    );
  }

  #open(name: string, attributes: Map<string, string>, place: Place): void {
    if (this.#elements.length === 0 && this.#hasRoot) {
      throw this.#error('INPUT_SYNTAX', `<${name}> stands behind the end of the document`, 'Remove it.');
    }
    if (this.#elements.length === depthMax) {
      throw this.#error('INPUT_TOO_DEEP', `elements are nested more than ${depthMax} deep`, 'Flatten the document.');
    }
    this.#hasRoot = true;
    this.#elements.push({ name, line: this.#line, text: '' });
    this.#handler.open(localName(name), attributes, place);
  }

  #close(name: string, place: Place): void {
    const element = this.#elements.pop();
    if (element?.name !== name) {
      const opened = element === undefined ? 'nothing is open' : `<${element.name}> of line ${element.line} is open`;
      throw this.#error(
        'INPUT_SYNTAX',
        `</${name}> closes nothing: ${opened}`,
        'Close elements in the order of their opening.',
      );
    }
    this.#handler.close(localName(name), element.text, place);
  }

  #unescaped(text: string): string {
    if (!text.includes('&')) return text;
    return text.replace(/&([^;&\s]{0,12};?)/g, (whole: string, body: string) => {
      const value = characterOf(body);
      if (value !== undefined) return value;
      throw this.#error('INPUT_SYNTAX', `${echo(whole)} is no character that can be read`, 'Write & as &amp;.');
    });
  }

  #tooLong(what: string): InputError {
    return this.#error('INPUT_TOO_LARGE', `a ${what} is longer than 1 MiB`, 'Shorten it, or close a quote before it.');
  }

  #place(): Place {
    return { file: this.#source.file, line: this.#line };
  }

  #error(code: InputCode, found: string, next: string, line = this.#line): InputError {
    return new InputError({ code, place: { file: this.#source.file, line }, found, next });
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const named: Readonly<Record<string, string>> = { 'lt;': '<', 'gt;': '>', 'amp;': '&', 'quot;': '"', 'apos;': "'" };

function characterOf(body: string): string | undefined {
  if (Object.hasOwn(named, body)) return named[body];
  const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}));$/i.exec(body);
  if (digits === null) return undefined;
  const code = (digits[1] as string | undefined) === undefined ? Number(digits[2]) : parseInt(digits[1], 16);
  const isCharacter =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code < 0xd800) ||
    (code > 0xdfff && code < 0xfffe) ||
    (code > 0xffff && code < 0x110000);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
