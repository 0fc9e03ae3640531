/**
 * Turns a figure into a PNG, without a browser: resvg, a renderer of static SVG, through its binding for Node.
 *
 * The binding is an optional dependency with one binary a platform; where it is not installed, or the machine has no font to
 * set letters in, an InputError says so and what to do. Scripts, links and external files are not supported by resvg at all.
 * Pixels depend on the fonts of the machine: the SVG is what is compared between machines, not this.
 */
import { createRequire } from 'node:module';
import { InputError } from '../sim/ground/errors.ts';

interface Resvg {
  new (svg: string, options: object): { render(): { asPng(): Uint8Array; readonly pixels: Uint8Array } };
}

/** Pixels a pixel of the sheet: 1,280 wide, enough for a column of print at 300 dpi. */
const scale = 2;
const fonts = { loadSystemFonts: true, defaultFontFamily: 'Liberation Sans', sansSerifFamily: 'Liberation Sans' };

/** The picture as the bytes of a PNG, twice the size of the sheet. */
export function pngOf(svg: string): Uint8Array {
  const Renderer = renderer();
  refuseWithoutFonts(Renderer);
  const options = { font: fonts, fitTo: { mode: 'zoom', value: scale }, background: '#fff' };
  return new Renderer(svg, options).render().asPng();
}

function renderer(): Resvg {
  try {
    return (createRequire(import.meta.url)('@resvg/resvg-js') as { readonly Resvg: Resvg }).Resvg;
  } catch {
    throw new InputError({
      code: 'INPUT_NO_RENDERER',
      place: { file: '--png' },
      found: 'the renderer of PNG, @resvg/resvg-js, is not installed for this machine',
      next: 'Install it with npm install @resvg/resvg-js, or take the SVG.',
    });
  }
}

let hasFonts: boolean | undefined;

/** A machine without fonts would give pictures without a letter. */
function refuseWithoutFonts(Renderer: Resvg): void {
  const letter =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="30" font-size="30">M</text></svg>';
  hasFonts ??= new Renderer(letter, { font: fonts }).render().pixels.some((byte) => byte !== 0);
  if (hasFonts) return;
  throw new InputError({
    code: 'INPUT_NO_RENDERER',
    place: { file: '--png' },
    found: 'this machine has no font to set the letters of a figure in',
    next: 'Install one, such as Liberation Sans, or take the SVG.',
  });
}
