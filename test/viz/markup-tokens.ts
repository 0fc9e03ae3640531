/**
 * A small tokenizer of HTML, for tests only: what a browser would take for a tag, however badly written.
 *
 * Written apart from the product's own check (`viz/markup-check.ts`) and more lenient: it reads unquoted and valueless
 * attributes, upper case, and ends a raw text element where a browser would. Source: HTML Standard, 13.2.5, simplified.
 */

/** A tag as it was found. Names are lower-cased except inside SVG's camel case, values decoded. */
export interface Tag {
  readonly name: string;
  readonly isClosing: boolean;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The tags of a page and its text, raw text elements (style, script) excluded. */
export function tokenize(markup: string): { readonly tags: Tag[]; readonly text: string } {
  const tags: Tag[] = [];
  let text = '';
  for (let at = 0; at < markup.length;) {
    const open = markup.indexOf('<', at);
    if (open < 0) return { tags, text: text + decode(markup.slice(at)) };
    text += decode(markup.slice(at, open));
    const after = markup[open + 1] ?? '';
    if (after === '!' || after === '?') at = afterDeclaration(markup, open);
    else if (/[A-Za-z/]/.test(after)) {
      const { tag, end } = readTag(markup, open);
      tags.push(tag);
      at = end;
      if (!tag.isClosing && (tag.name === 'style' || tag.name === 'script')) {
        const close = markup.toLowerCase().indexOf(`</${tag.name}`, at);
        at = close < 0 ? markup.length : close;
      }
    } else {
      text += '<';
      at = open + 1;
    }
  }
  return { tags, text };
}

function afterDeclaration(markup: string, open: number): number {
  const isComment = markup.startsWith('<!--', open);
  const end = markup.indexOf(isComment ? '-->' : '>', open);
  return end < 0 ? markup.length : end + (isComment ? 3 : 1);
}

function readTag(markup: string, open: number): { tag: Tag; end: number } {
  const name = /^<\/?([^\s/>]*)/.exec(markup.slice(open, open + 200))?.[1] ?? '';
  const isClosing = markup[open + 1] === '/';
  const attributes = new Map<string, string>();
  const form = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/y;
  let at = open + 1 + (isClosing ? 1 : 0) + name.length;
  for (;;) {
    const blank = /[\s/]*/y;
    blank.lastIndex = at;
    at += blank.exec(markup)?.[0].length ?? 0;
    if (at >= markup.length || markup[at] === '>')
      return { tag: { name: name.toLowerCase(), isClosing, attributes }, end: at + 1 };
    form.lastIndex = at;
    const match = form.exec(markup);
    if (match === null) at += 1;
    else {
      attributes.set((match[1] ?? '').toLowerCase(), decode(match[2] ?? match[3] ?? match[4] ?? ''));
      at = form.lastIndex;
    }
  }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** Character references decoded: the four named ones in use, and all numeric ones. */
export function decode(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot));/gi,
    (_, decimal?: string, hex?: string, name?: string) =>
      name !== undefined
        ? (named[name.toLowerCase()] ?? '')
        : String.fromCodePoint(parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10)),
  );
}
