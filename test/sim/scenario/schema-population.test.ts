/**
 * The population's part of the form of scenarios: every number says its unit and its source, every kind of graph is listed, and a
 * scenario that says nothing of what is new holds no trace of it.
 */
import { describe, expect, test } from 'vitest';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { scenarioJsonSchema } from '../../../sim/scenario/schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** All schemas below one, with the name of the field that each stands at. */
function fieldsOf(schema: unknown, name = ''): { readonly name: string; readonly schema: Schema }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((one) => fieldsOf(one, name));
  const own = schema as Schema;
  const below = Object.entries(own).flatMap(([key, value]) =>
    key === 'properties'
      ? Object.entries(value as Schema).flatMap(([field, one]) => fieldsOf(one, field))
      : fieldsOf(value, name),
  );
  return [{ name, schema: own }, ...below];
}

const population = (scenarioJsonSchema() as { properties: Record<string, Schema> }).properties['population'];
const failures = (scenarioJsonSchema() as { properties: Record<string, Schema> }).properties['failures'];

describe('the form of a population', () => {
  test('every kind of graph and of failure stands in the JSON Schema', () => {
    const kindsOf = (schema: unknown): unknown[] =>
      fieldsOf(schema)
        .filter(({ name, schema: { const: kind } }) => name === 'kind' && kind !== undefined)
        .map(({ schema: { const: kind } }) => kind);
    expect(new Set(kindsOf(population))).toEqual(
      new Set([
        ...['generated', 'files', 'audience', 'erdos-renyi', 'barabasi-albert', 'watts-strogatz', 'configuration'],
        ...['stochastic-block', 'forest-fire', 'star-topic', 'degree-corrected'],
      ]),
    );
    expect(kindsOf(failures)).toEqual(['random', 'hubs', 'community']);
  });

  test('every number has a description, a least and a most value, and a source; all but the ends of bins have a unit', () => {
    const numbers = [population, failures]
      .flatMap((one) => fieldsOf(one))
      .filter(({ schema: { type } }) => type === 'number' || type === 'integer');
    expect(numbers.length).toBeGreaterThan(30);
    for (const { name, schema } of numbers) {
      expect([name, schema['description'], schema['source']]).toEqual([name, expect.any(String), expect.any(String)]);
      expect([name, schema['minimum'], schema['maximum']]).toEqual([name, expect.any(Number), expect.any(Number)]);
      if (schema['description'] !== 'least' && schema['description'] !== 'most')
        expect([name, schema['unit']]).toEqual([name, expect.any(String)]);
    }
  });

  test('a scenario that says nothing of graphs, attributes, failures, closure or rewiring holds nothing of them', () => {
    const given = { version: 1, name: 'plain', ticks: 1, policies: [{ share: 1, rules: {} }] };
    const generated = scenarioOf(documentOf({ ...given, population: { kind: 'generated', agents: 9 } }, 'plain'));
    const files = scenarioOf(
      documentOf({ ...given, population: { kind: 'files', agents: 'a', follows: 'b' } }, 'plain'),
    );
    const text = JSON.stringify([generated, files]);
    for (const word of [
      'graph',
      'profile',
      '"attributes":[{',
      'failures',
      'closure',
      'rewire',
      'activity"',
      '"posts"',
    ]) {
      expect([word, text.includes(word)]).toEqual([word, false]);
    }
  });
});
