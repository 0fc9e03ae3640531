/**
 * The one style block of a report, and the policy that lets this block in and nothing else.
 *
 * The policy names the block by its SHA-256, and likewise the one script (`report-script.ts`), so that neither a style nor a script can be
 * smuggled in by a text.
 * Figures carry presentation attributes only, which the policy does not touch. Set like a preprint: one column of 70 characters,
 * figures at the width for which their letters were chosen, numerals of tables lined up at the right.
 */
import { hash } from 'node:crypto';
import { reportScript } from './report-script.ts';

export const reportStyle = `
:root { color-scheme: light; }
html { background: #fff; color: #1a1a1a; font: 17px/1.5 Charter, "Bitstream Charter", "Palatino Linotype", Palatino, P052, Georgia, "Liberation Serif", serif; }
body { margin: 0 auto; padding: 2.2rem 1.2rem 5rem; max-width: 42rem; overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; font-weight: 600; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.25; margin: 2.6rem 0 .6rem; font-weight: 600; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; font-weight: 600; }
h2 .number, h3 .number { color: #6b6b6b; margin-right: .55em; font-weight: 400; }
p { margin: 0 0 .8rem; max-width: 70ch; }
a { color: #00508c; text-decoration-thickness: 1px; text-underline-offset: .15em; }
.subtitle { color: #4d4d4d; font-size: 1.05rem; margin-bottom: 1.2rem; }
.degraded { background: #8f1d00; color: #fff; font: 600 1rem/1.4 Helvetica, Arial, "Liberation Sans", sans-serif; padding: .7rem .9rem; margin: 0 0 1.4rem; max-width: none; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.6rem, 1fr)); gap: .75rem 1.2rem; margin: 1.2rem 0 1.5rem; padding: .85rem 0; border: solid #1a1a1a; border-width: 1.5px 0 1px; font-family: Helvetica, Arial, "Liberation Sans", sans-serif; }
.facts div { min-width: 0; }
.facts dt { color: #595959; font-size: .72rem; line-height: 1.3; }
.facts dd { margin: 0; font-size: .98rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
.facts .unit { color: #595959; font-size: .8rem; }
.summary, .contents { font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: .84rem; line-height: 1.5; }
.summary { margin: 0 0 1.5rem; }
.summary p { margin: 0 0 .3rem; font-size: .98rem; max-width: none; }
.summary ul { margin: 0; padding-left: 1.2rem; }
.contents { margin: 0 0 1rem; columns: 2; column-gap: 2rem; padding: 0; list-style: none; }
.contents li { break-inside: avoid; padding-left: 1.5em; text-indent: -1.5em; }
.contents .inner { padding-left: 3.6em; text-indent: -2.1em; }
.contents a { color: inherit; text-decoration: none; }
.contents a:hover { text-decoration: underline; }
.contents .number { display: inline-block; min-width: 1.5em; padding-right: .35em; color: #6b6b6b; text-indent: 0; }
.contents .inner .number { min-width: 2.1em; }
figure { margin: 1.6rem 0 2rem; }
figure svg { display: block; width: 100%; height: auto; }
figcaption, caption { font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: .82rem; line-height: 1.45; text-align: left; color: #262626; }
figcaption { border-top: 1px solid #d9d9d9; padding-top: .5rem; margin-top: .4rem; }
caption { padding-bottom: .45rem; }
caption b, figcaption b { margin-right: .3em; }
.lead { font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: .92rem; }
.links { font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: .88rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.links li { display: inline-block; margin-right: 1.4rem; }
.tip { position: absolute; z-index: 2; max-width: 22rem; padding: .25rem .5rem; background: #1a1a1a; color: #fff; font: .76rem/1.4 Helvetica, Arial, "Liberation Sans", sans-serif; border-radius: 3px; pointer-events: none; overflow-wrap: anywhere; }
.pick { cursor: pointer; }
.pick:hover text { text-decoration: underline; }
.faint { opacity: .07; }
.tools { display: flex; justify-content: flex-end; gap: .8rem; margin-bottom: .3rem; font: .74rem/1.4 Helvetica, Arial, "Liberation Sans", sans-serif; color: #595959; }
.tools button { font: inherit; color: #00508c; background: none; border: 0; padding: 0; cursor: pointer; text-decoration: underline; text-underline-offset: .15em; }
.tools input { font: inherit; width: 9rem; border: 1px solid #bdbdbd; padding: 0 .3rem; }
.scroll { overflow-x: auto; margin: 1.6rem 0 2rem; }
table { border-collapse: collapse; width: 100%; font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: .8rem; line-height: 1.35; font-variant-numeric: tabular-nums lining-nums; }
thead { border-top: 1.5px solid #1a1a1a; border-bottom: 1px solid #1a1a1a; }
tbody { border-bottom: 1.5px solid #1a1a1a; }
th { font-weight: 600; text-align: left; vertical-align: bottom; padding: .35rem .9rem .35rem 0; }
th .unit { display: block; color: #595959; font-weight: 400; }
td { vertical-align: top; padding: .28rem .9rem .28rem 0; unicode-bidi: isolate; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr + tr td { border-top: 1px solid #ececec; }
.right { text-align: right; }
td.right { white-space: nowrap; }
.range { color: #595959; padding-left: .45em; }
.table-note { font: .76rem/1.45 Helvetica, Arial, "Liberation Sans", sans-serif; color: #4d4d4d; margin: .45rem 0 0; max-width: none; }
.mark { white-space: nowrap; font-weight: 600; }
.met { color: #00604a; }
.missed { color: #a83200; }
.open { color: #595959; }
tr.is-missed td { background: #fdf1ec; }
pre { font: .76rem/1.5 "DejaVu Sans Mono", Menlo, Consolas, monospace; background: #f6f6f4; padding: .7rem .9rem; margin: 0 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.notes { font-size: .92rem; padding-left: 1.3rem; margin: 0 0 1rem; max-width: 70ch; }
.notes li { margin-bottom: .35rem; }
@media (max-width: 36rem) {
  .contents { columns: 1; }
  /* Letters of a figure keep their size: it is scrolled, not shrunk. */
  figure { overflow-x: auto; }
  figure svg { width: 560px; }
  figcaption, figure .tools { position: sticky; left: 0; justify-content: flex-start; }
}
@media print {
  @page { margin: 20mm 18mm; }
  figure svg { width: 100%; }
  html { font-size: 10.5pt; }
  body { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  .tools, .tip { display: none; }
  .faint { opacity: 1; }
  h2, h3 { break-after: avoid; }
  figure, tr, .facts, .summary { break-inside: avoid; }
  thead { display: table-header-group; }
  a { color: inherit; text-decoration: none; }
  .degraded, tr.is-missed td { print-color-adjust: exact; }
}
`;

/** What a report may load or run: its own style block and its own script, and nothing at all beside them. */
export const reportPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', reportStyle, 'base64')}'`,
  `script-src 'sha256-${hash('sha256', reportScript, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
