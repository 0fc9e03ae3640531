/**
 * `fit`: the estimators on anyone's table, one subcommand each: cox, kaplan-meier, power-law, groups, mixed-logit, clusters, share,
 * adjust, agreement.
 *
 * Names their flags; each loads its own file only when it is called. All of them read a CSV (plain or gzipped) and print a table, or
 * one object with --json; wrong cells are answered with code, line and column, all in one pass.
 */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { addFitGroups } from './fit-groups.ts';
import type { FitAdjustFlags } from './fit-adjust.ts';
import type { FitAgreementFlags } from './fit-agreement.ts';
import type { FitClustersFlags } from './fit-clusters.ts';
import type { FitCoxFlags } from './fit-cox.ts';
import type { FitKaplanMeierFlags } from './fit-kaplan-meier.ts';
import type { FitMixedLogitFlags } from './fit-mixed-logit.ts';
import type { FitPowerLawFlags } from './fit-power-law.ts';
import type { FitShareFlags } from './fit-shares.ts';

/** Adds `fit` to the command line. Its subcommands end with status 0, or throw. */
export function addFit(program: Command): void {
  const fit = program.command('fit').description('the estimators on anyone’s CSV');
  addCox(fit);
  addKaplanMeier(fit);
  addPowerLaw(fit);
  addFitGroups(fit);
  addMixedLogit(fit);
  addClusters(fit);
  addShare(fit);
  addAdjust(fit);
  addAgreement(fit);
}

function onTable(command: Command): Command {
  return command
    .requiredOption('--csv <file>', 'the table; a file that ends in .gz is unpacked')
    .option('--delimiter <character>', 'what separates its fields, or tab', ',')
    .option('--json', 'print one object');
}

function addCox(fit: Command): void {
  onTable(fit.command('cox').description('Cox regression: hazard ratios, with tests of their assumption'))
    .requiredOption('--time <column>', 'when a row ended')
    .requiredOption('--event <column>', 'whether it ended with the event: 0 and 1, 1 and 2, or true and false')
    .requiredOption('--covariates <columns>', 'columns to regress on, separated by commas', namesOf)
    .option('--factors <columns>', 'covariates whose numbers are names of groups', namesOf, [])
    .option('--start <column>', 'when a row began to be at risk')
    .option('--cluster <column>', 'rows with one value depend on one another: errors robust to that')
    .option('--strata <column>', 'each value has a baseline hazard of its own')
    .addOption(new Option('--ties <method>', 'events of one time').choices(['efron', 'breslow']).default('efron'))
    .addOption(
      new Option('--transform <scale>', 'time in the test of proportional hazards')
        .choices(['km', 'rank', 'identity', 'log'])
        .default('km'),
    )
    .action(async (flags: FitCoxFlags) => {
      (await import('./fit-cox.ts')).fitCoxCommand(flags);
    });
}

function addKaplanMeier(fit: Command): void {
  onTable(fit.command('kaplan-meier').description('survival curves and medians; by groups, with the log-rank test'))
    .requiredOption('--time <column>', 'when a row ended')
    .requiredOption('--event <column>', 'whether it ended with the event: 0 and 1, 1 and 2, or true and false')
    .option('--by <column>', 'a curve for each value, and a test between them')
    .option('--at <times>', 'print survival at these times, separated by commas', timesOf, [])
    .option('--rho <power>', 'weight of the test: survival to this power; 0 is the log-rank test', powerOf, 0)
    .addOption(
      new Option('--scale <scale>', 'on which intervals are symmetric')
        .choices(['log', 'log-log', 'plain'])
        .default('log'),
    )
    .action(async (flags: FitKaplanMeierFlags) => {
      (await import('./fit-kaplan-meier.ts')).fitKaplanMeierCommand(flags);
    });
}

function addPowerLaw(fit: Command): void {
  onTable(fit.command('power-law').description('exponent of a tail, its tests, and what they allow to be said'))
    .requiredOption('--column <column>', 'the values')
    .option('--continuous', 'measurements, not counts')
    .option('--xmin <value>', 'start of the tail (default: chosen by the fit)', positiveNumber)
    .option(
      '--bootstrap <n>',
      'synthetic samples for the goodness of fit, and resamples for the interval; 0: none',
      countOf,
      100,
    )
    .option('--seed <s>', 'seed of the bootstrap', countOf, 1)
    .action(async (flags: FitPowerLawFlags) => {
      (await import('./fit-power-law.ts')).fitPowerLawCommand(flags);
    });
}

function addMixedLogit(fit: Command): void {
  onTable(fit.command('mixed-logit').description('logistic regression with an intercept of each group'))
    .requiredOption('--outcome <column>', '0 or 1')
    .requiredOption('--covariates <columns>', 'columns to regress on, separated by commas', namesOf)
    .requiredOption('--group <column>', 'rows with one value share an intercept, drawn from a normal distribution')
    .option('--nodes <n>', 'quadrature nodes a group, 1 to 100', nodesOf, 15)
    .action(async (flags: FitMixedLogitFlags) => {
      (await import('./fit-mixed-logit.ts')).fitMixedLogitCommand(flags);
    });
}

function addClusters(fit: Command): void {
  onTable(fit.command('clusters').description('clusters of rows: how many, how good, and how they agree with labels'))
    .requiredOption('--columns <columns>', 'columns of numbers, separated by commas', namesOf)
    .addOption(
      new Option('--k <range>', 'numbers of clusters to try: one, or from..to')
        .argParser(clusterCountsOf)
        .default([2, 6], '2..6'),
    )
    .addOption(
      new Option('--method <method>', 'how rows are put together')
        .choices(['k-means', 'ward', 'mixture'])
        .default('k-means'),
    )
    .addOption(
      new Option('--scale <scale>', 'z: columns less their mean, over their standard deviation')
        .choices(['none', 'z'])
        .default('none'),
    )
    .option('--label <column>', 'compare the clusters with the groups of this column')
    .option('--starts <n>', 'starts of k-means and mixture, 1 to 1000; the best is kept', startsOf, 50)
    .option('--seed <s>', 'seed of the starts', countOf, 1)
    .action(async (flags: FitClustersFlags) => {
      (await import('./fit-clusters.ts')).fitClustersCommand(flags);
    });
}

function addShare(fit: Command): void {
  onTable(fit.command('share').description('share of rows that are 1 or true, with Wilson’s interval'))
    .requiredOption('--column <column>', '0 and 1, or true and false')
    .option('--by <column>', 'a share for each value too')
    .action(async (flags: FitShareFlags) => {
      (await import('./fit-shares.ts')).fitShareCommand(flags);
    });
}

function addAdjust(fit: Command): void {
  onTable(fit.command('adjust').description('p values of many tests: Benjamini and Hochberg’s q values, Holm’s'))
    .requiredOption('--column <column>', 'the p values')
    .action(async (flags: FitAdjustFlags) => {
      (await import('./fit-adjust.ts')).fitAdjustCommand(flags);
    });
}

function addAgreement(fit: Command): void {
  onTable(fit.command('agreement').description('agreement of clusterings or raters: Rand, mutual information, kappa'))
    .requiredOption('--columns <columns>', 'two or more columns of labels, separated by commas', namesOf)
    .action(async (flags: FitAgreementFlags) => {
      (await import('./fit-agreement.ts')).fitAgreementCommand(flags);
    });
}

function clusterCountsOf(text: string): [number, number] {
  const [, first, last = first] = /^(\d{1,3})(?:\.\.(\d{1,3}))?$/.exec(text) ?? ['', ''];
  const [from, to] = [Number(first), Number(last)];
  if (from < 2 || to < from || to > 100) {
    throw new InvalidArgumentError('Write a whole number from 2 to 100, or two with .. between them: 2..6.');
  }
  return [from, to];
}

function startsOf(text: string): number {
  const value = countOf(text);
  if (value < 1 || value > 1000) throw new InvalidArgumentError('Write a whole number from 1 to 1000.');
  return value;
}

function nodesOf(text: string): number {
  const value = countOf(text);
  if (value < 1 || value > 100) throw new InvalidArgumentError('Write a whole number from 1 to 100.');
  return value;
}

function namesOf(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Write names of columns, separated by commas.');
  return names;
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function timesOf(text: string): number[] {
  const times = text.split(',').map(numberOf);
  const isTime = (time: number): boolean => Number.isFinite(time) && time >= 0;
  if (!times.every(isTime)) throw new InvalidArgumentError('Write times, not negative, separated by commas.');
  return times;
}

function powerOf(text: string): number {
  const power = numberOf(text);
  if (!(power >= 0 && power <= 10)) throw new InvalidArgumentError('Write a number from 0 to 10.');
  return power;
}

function positiveNumber(text: string): number {
  const value = numberOf(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Write a number above 0.');
  return value;
}

function countOf(text: string): number {
  const value = numberOf(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Write a whole number from 0 on.');
  return value;
}
