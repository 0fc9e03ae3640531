/**
 * `fit groups`: names its flags; the estimators are loaded only when it is called (`fit-groups-table.ts`).
 */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { FitGroupsFlags } from './fit-groups-table.ts';

/** Adds `groups` to `fit`. The command ends with status 0, or throws. */
export function addFitGroups(fit: Command): void {
  fit
    .command('groups')
    .description('compare groups: effect sizes with intervals, and tests')
    .requiredOption('--csv <file>', 'the table; a file that ends in .gz is unpacked')
    .requiredOption('--value <column>', 'the numbers to compare')
    .requiredOption('--by <column>', 'the group of each row')
    .option(
      '--groups <names>',
      'these two or more groups only, the first less the second, separated by commas',
      namesOf,
    )
    .option('--permutations <n>', 'labellings drawn where there are too many to list', countOf, 9999)
    .option('--bootstrap <n>', 'resamples for the bootstrap interval of d; 0: none', countOf, 2000)
    .option('--seed <s>', 'seed of what is drawn', countOf, 1)
    .option('--delimiter <character>', 'what separates the fields, or tab', ',')
    .option('--json', 'print one object')
    .action(async (flags: FitGroupsFlags) => {
      (await import('./fit-groups-table.ts')).fitGroupsCommand(flags);
    });
}

function namesOf(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('') || new Set(names).size < 2) {
    throw new InvalidArgumentError('Write two or more names of groups, separated by commas.');
  }
  return names;
}

function countOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 0 on.');
  return Number(text);
}
