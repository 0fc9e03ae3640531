/**
 * The one way in which the page makes elements: names of tags and attributes come from the code, texts become text nodes and nothing else.
 */

import { InvariantError } from '../../../sim/ground/errors.ts';

/** Attributes by name; functions listen for the event of that name. */
type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>;

/** An element with attributes and children; children that are texts stay texts. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  dress(made, attributes);
  made.append(...children);
  return made;
}

/** The same for SVG. */
export function svg(tag: string, attributes: Attributes = {}, ...children: readonly Node[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(made, attributes);
  made.append(...children);
  return made;
}

function dress(made: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false) made.setAttribute(name, String(value));
  }
}

/** The element of the page with that id, which the page has. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new InvariantError(`the page has no ${id}`);
  return found as Kind;
}

/** A number with commas. */
export function counted(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A button that looks like a link, in a cell. */
export function linkTo(text: string, label: string, go: () => void): HTMLButtonElement {
  return element('button', { type: 'button', class: 'link', title: text, 'aria-label': label, click: go }, text);
}

/** A line over time with a mark at one place; values are scaled to their own maximum. */
export function sparkLine(
  values: readonly number[],
  at: number,
  width: number,
  height: number,
  label: string,
): SVGElement {
  const most = values.reduce((largest, value) => Math.max(largest, value), 1);
  const x = (place: number): number => 1 + (place / Math.max(1, values.length - 1)) * (width - 2);
  const y = (value: number): number => height - 2 - (value / most) * (height - 4);
  // No more points than there are pixels: the largest of each stands for the others.
  const stride = Math.max(1, Math.ceil(values.length / width));
  const points: string[] = [];
  for (let from = 0; from < values.length; from += stride) {
    const value = values.slice(from, from + stride).reduce((largest, one) => Math.max(largest, one), 0);
    points.push(`${x(from).toFixed(1)},${y(value).toFixed(1)}`);
  }
  return svg(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label },
    svg('polyline', { points: points.join(' '), fill: 'none', stroke: '#0b5c8f', 'stroke-width': 1.3 }),
    svg('line', { x1: x(at), x2: x(at), y1: 0, y2: height, stroke: '#a63c00', 'stroke-width': 1 }),
  );
}

/** Lets a task go on by itself; if it fails, the browser reports it. */
export function unattended(task: Promise<unknown>): void {
  task.catch(reportError);
}
