/**
 * The sizes of cascades, with the fitted power law beside the lognormal and the exponential that were fitted to the same tail.
 *
 * Reads the table of cascades. Laws begin at xmin with the share that the data have there, as Clauset, Shalizi and Newman (2009) draw
 * them; the band is Wilson's, point by point. What may be said of the tail is the measure's own verdict.
 * Oracle: `estimators/tail-models.ts` for the parameters; a law's curve at xmin is the data's share there.
 */
import { wilsonInterval } from '../../analysis/estimators/interval.ts';
import { countValues, fitPowerLaw } from '../../analysis/estimators/power-law.ts';
import { logNormalTail } from '../../analysis/estimators/special-functions.ts';
import { exponentialModel, lognormalModel, tailOf } from '../../analysis/estimators/tail-models.ts';
import { hurwitzZeta } from '../../analysis/estimators/zeta.ts';
import { distributionFigure, type DistributionLaw } from '../distribution-figure.ts';
import type { FigureKind } from './source.ts';

export const cascadeSizes: FigureKind = {
  name: 'cascade-sizes',
  shows: 'sizes of cascades with power law, lognormal and exponential',
  lacks: ({ cascadeTable }) => (cascadeTable.size.length === 0 ? 'nothing was posted' : undefined),
  draw(source) {
    const sizes = source.cascadeTable.size;
    return distributionFigure({
      counted: 'cascades',
      title: 'Sizes of cascades',
      source: source.line,
      x: { label: 'size of a cascade', unit: 'users', scale: 'log' },
      yScale: 'log',
      samples: [
        { name: source.isDataSet ? 'observed' : 'this run', kind: source.kind, values: sizes, band: bandOf(sizes) },
      ],
      laws: lawsOf(sizes),
      interval: '95 % point by point (Wilson; cascades taken for independent)',
      note: `Tail: ${source.cascades.powerLaw.verdict}.`,
    });
  },
  caption({ cascades: { powerLaw } }) {
    const { alpha, alphaInterval, xmin, tailCount, pValue } = powerLaw;
    if (alpha === null) return 'Share of cascades of at least so many users; no law was fitted.';
    const range = alphaInterval === null ? '' : ` [${alphaInterval.map((end) => end.toFixed(2)).join(', ')}]`;
    const fit = pValue === null ? 'not tested' : `goodness of fit p ${pValue.toPrecision(2)}`;
    return `Share of cascades of at least so many users. Power law from ${xmin ?? 1} users on: exponent ${alpha.toFixed(2)}${range}, ${tailCount} cascades, ${fit}.`;
  },
};

/** The shares at each distinct size with their intervals. */
function bandOf(sizes: Int32Array): [number, number, number][] {
  const { values, counts } = countValues(sizes);
  let above = sizes.length;
  return Array.from(values, (value, k): [number, number, number] => {
    const [low, high] = wilsonInterval(above, sizes.length).interval;
    above -= counts[k];
    return [value, low, high];
  });
}

function lawsOf(sizes: Int32Array): DistributionLaw[] {
  const sample = countValues(sizes);
  const fit = fitPowerLaw(sample);
  if (fit === undefined) return [];
  const tail = tailOf(sample, fit);
  const { alpha, xmin, tailCount } = fit;
  const most = sample.values[sample.values.length - 1];
  const xs = Array.from({ length: 80 }, (_, k) => Math.round(xmin * (most / xmin) ** (k / 79)));
  const draw = (name: string, survival: (x: number) => number): DistributionLaw => ({
    name,
    points: [...new Set(xs)].map((x): [number, number] => [x, (tailCount / sizes.length) * survival(x)]),
  });
  const { rate } = exponentialModel(tail).parameters;
  const { mu, sigma } = lognormalModel(tail).parameters;
  const logAbove = (x: number): number => logNormalTail((Math.log(x - 0.5) - mu) / sigma);
  const start = hurwitzZeta(alpha, xmin);
  return [
    draw('power law', (x) => hurwitzZeta(alpha, x) / start),
    draw('lognormal', (x) => Math.exp(logAbove(x) - logAbove(xmin))),
    draw('exponential', (x) => Math.exp(-rate * (x - xmin))),
  ];
}
