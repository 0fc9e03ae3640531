/**
 * What a report says before and after its findings: what was asked, what was run and at what cost, what would falsify it, how to repeat it.
 *
 * Reads the manifest and, of a scenario of this package, the section of its page that says what would falsify it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { scenarioFile } from '../load.ts';
import type { Manifest } from '../../sim/record/manifest.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Block, Cell } from '../../viz/report.ts';

/** What was asked. */
export function questionBlocks({ manifest }: Records): Block[] {
  const { description } = (manifest.data ?? {}) as { readonly description?: unknown };
  const asked =
    typeof description === 'string' && description !== '' ? description : 'The scenario does not say what it asks.';
  return [
    { kind: 'heading', level: 2, text: 'What was asked', anchor: 'what-was-asked' },
    {
      kind: 'paragraph',
      text: dataSetOf(manifest) === undefined ? asked : 'What was observed: see where it comes from, below.',
    },
  ];
}

/** What was run, with which versions, and what it cost. */
export function costBlocks({ manifest, head }: Records): Block[] {
  if (dataSetOf(manifest) !== undefined) return [];
  const { models, seconds, cpuSeconds, peakRssBytes, source } = manifest;
  const bought: Cell[][] =
    models === undefined
      ? [['calls to language models', 'none: agents by rules or own code']]
      : [
          ['calls to language models', `${models.requests}, in ${models.attempts} attempts`],
          ['tokens', `${models.promptTokens} in, ${models.replyTokens} out`],
          [
            'money',
            models.currency === undefined ? 'no price was given' : `${models.cost.toFixed(4)} ${models.currency}`,
          ],
        ];
  const fork = manifest.forkedFrom;
  return [
    { kind: 'heading', level: 2, text: 'What was run, and what it cost', anchor: 'what-was-run' },
    {
      kind: 'table',
      caption: 'The run',
      columns: [
        { name: 'what', align: 'left' },
        { name: 'value', align: 'left' },
      ],
      rows: [
        ['scenario file', `${source.name}, SHA-256 ${source.sha256}`],
        ...(fork === undefined ? [] : [['forked from', `${fork.name} at tick ${fork.at}`]]),
        ['digest of the chain', head.digest],
        ['digest of the population', manifest.populationDigest],
        ['engine', `mesocosm ${manifest.engine}, Node ${manifest.node}, ${manifest.platform}`],
        ['shards (no part of the outcome)', String(manifest.workers)],
        ['begun', manifest.startedAt],
        ['time', `${seconds.setup.toFixed(1)} s to set up, ${seconds.ticks.toFixed(1)} s of ticks`],
        ['processor time, memory at most', `${cpuSeconds.toFixed(1)} s, ${(peakRssBytes / 2 ** 20).toFixed(0)} MiB`],
        ...bought,
      ],
    },
  ];
}

/** What would falsify it, in the words of the scenario's own page. */
export function falsifiedBlocks({ manifest }: Records): Block[] {
  const notes = dataSetOf(manifest) === undefined ? falsifiers(manifest) : [];
  if (notes.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: 'What would falsify the model', anchor: 'what-would-falsify' },
    { kind: 'notes', notes },
  ];
}

function falsifiers({ scenario }: Manifest): string[] {
  if (!/^[a-z][a-z0-9-]*$/.test(scenario)) return [];
  const page = join(dirname(scenarioFile(scenario)), 'README.md');
  if (!existsSync(page)) return [];
  const [, section = ''] =
    /\n## [\d. ]*What would falsify it\n([^]*?)(?=\n## |$)/.exec(readFileSync(page, 'utf8')) ?? [];
  return section
    .split(/\n- |\n\n/)
    .map((part) => part.replace(/^- /, '').replace(/\s+/g, ' ').replaceAll('**', '').replaceAll('`', '').trim())
    .filter((part) => part !== '');
}
