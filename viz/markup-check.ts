/**
 * Looks over the SVG of a figure before it goes into a page: only shapes and text, only attributes that paint.
 *
 * A second lock beside the escaper, for a figure that a study draws itself and hands to the report. Linear: one pass, each
 * character is looked at once; anything that is not plainly a known tag is refused, so no parser has to be imitated.
 * Invariant: what passes holds no script, style, link, event handler, external reference or foreign content.
 * Oracle: the tokenizer of `test/viz/markup-tokens.ts`, written apart from this one.
 */
import { assertInvariant } from '../sim/ground/errors.ts';

const tags = new Set('svg g path rect circle ellipse line polyline polygon text tspan title desc'.split(' '));

const attributes = new Set(
  (
    'xmlns viewBox width height role x y x1 y1 x2 y2 dx dy cx cy r rx ry d points fill fill-opacity stroke stroke-width ' +
    'stroke-dasharray stroke-opacity stroke-linejoin stroke-linecap opacity transform font-family font-size font-weight ' +
    'font-style text-anchor dominant-baseline paint-order aria-label data-series data-name'
  ).split(' '),
);

const attributeForm = /([A-Za-z][A-Za-z0-9-]*)="([^"<>]*)"/y;

/** Asserts that a string is one SVG element made of drawing elements and painting attributes only. */
export function assertFigureMarkup(svg: string): void {
  assertInvariant(svg.startsWith('<svg ') && svg.endsWith('</svg>'), 'a figure must be one <svg> element');
  for (let at = svg.indexOf('<'); at >= 0; at = svg.indexOf('<', at)) {
    const end = svg.indexOf('>', at);
    assertInvariant(end > 0, 'a figure ends inside a tag');
    assertTag(svg.slice(at + 1, end));
    at = end;
  }
}

function assertTag(inside: string): void {
  const name = /^\/?([a-z]+)/.exec(inside)?.[1] ?? '';
  assertInvariant(tags.has(name), `a figure holds an element that is not allowed: <${inside.slice(0, 40)}`);
  let rest = inside.slice(inside.indexOf(name) + name.length);
  if (rest.endsWith('/')) rest = rest.slice(0, -1);
  for (let at = 0; at < rest.length;) {
    if (rest[at] === ' ') {
      at += 1;
      continue;
    }
    attributeForm.lastIndex = at;
    const match = attributeForm.exec(rest);
    const [attribute = '', value = ''] = match?.slice(1) ?? [];
    const isPaint = attributes.has(attribute) && !/url\s*\(|javascript:/i.test(value);
    assertInvariant(
      isPaint,
      `a figure holds an attribute that is not allowed in <${name}>: ${rest.slice(at, at + 40)}`,
    );
    at = attributeForm.lastIndex;
  }
}
