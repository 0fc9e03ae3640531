/** The roles measure: planted peripheries, cores with and without roles, the preset beside them, and small graphs. */
import { beforeAll, describe, expect, test } from 'vitest';
import { measureRoles } from '../../../analysis/measures/roles.ts';
import type { RolesMeasure } from '../../../analysis/measures/roles.ts';
import { plantedEdges } from '../../check/coverage-groups.ts';
import { genesis, testStream } from '../worlds.ts';

/** Edges among `nodeCount` agents, drawn with a density for each ordered pair. */
function drawnEdges(nodeCount: number, seed: number, density: (source: number, target: number) => number) {
  const stream = testStream(seed);
  const sources: number[] = [];
  const targets: number[] = [];
  for (let source = 0; source < nodeCount; source++) {
    for (let target = 0; target < nodeCount; target++) {
      if (source === target || stream.uniform() >= density(source, target)) continue;
      sources.push(source);
      targets.push(target);
    }
  }
  return { nodeCount, sources: Int32Array.from(sources), targets: Int32Array.from(targets) };
}

/** 540 agents: 20 whom the periphery follows, 20 who follow it, 20 bound to one another, and the periphery. */
function plantedRoles(seed: number) {
  const kindOf = (agent: number): number => Math.min(3, Math.floor(agent / 20));
  return drawnEdges(540, seed, (source, target) => {
    const [from, to] = [kindOf(source), kindOf(target)];
    if (from === 3 && to === 3) return 0.002;
    if (from === 3) return to === 0 ? 0.12 : 0.02;
    if (to === 3) return from === 1 ? 0.12 : 0.02;
    return from === 2 && to === 2 ? 0.8 : 0.3;
  });
}

/** Some three seconds alone; a bound against hanging on a busy machine. */
const measureMsMax = 120_000;

describe('a core-periphery population, 93.5 % periphery, its core without structure', () => {
  let measured: RolesMeasure;
  beforeAll(() => {
    measured = measureRoles(
      { nodeCount: 800, ...plantedEdges({ nodeCount: 800, coreShare: 0.065, seed: 101 }) },
      { seed: 1 },
    );
  }, measureMsMax);

  test('the periphery is recovered within a point, and is the largest group', () => {
    expect(measured.corePeriphery?.peripheryShare).toBeCloseTo(0.935, 2);
    expect(Math.abs((measured.largestClusterShare ?? 0) - 0.935)).toBeLessThan(0.01);
    expect(measured.corePeriphery?.pTies).toBe(0.01);
  });

  test('no roles, in words that name the core and the reason', () => {
    expect(measured.verdict).toMatch(/^no roles: the core of 52 agents \(6\.5 %\) falls into \d clusters .*, but /);
    expect(measured.roles).toEqual([]);
  });

  test('the preset reports k = 3 to 8 and one large group, and a warning says so', () => {
    expect(measured.moltDynamics?.tried.map(({ k }) => k)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(measured.moltDynamics?.largestClusterShare).toBeGreaterThan(0.5);
    expect(measured.warnings.join()).toMatch(/moltDynamics: one cluster holds/);
  });

  test('carries every field of the contract, and survives JSON without a hole', () => {
    const contract = [
      'largestClusterShare',
      'clustersBelowOnePercent',
      'k',
      'kRule',
      'coreSilhouette',
      'method',
      'definition',
      'n',
      'warnings',
      'pValue',
      'nullModel',
    ];
    expect(Object.keys(measured)).toEqual(expect.arrayContaining(contract));
    expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
    expect(measured.core).toMatchObject({ stability: { replicateCount: 100 }, nulls: { columns: { drawCount: 99 } } });
  });
});

describe('a core of three planted roles', () => {
  let measured: RolesMeasure;
  beforeAll(() => {
    measured = measureRoles(plantedRoles(3), { seed: 1 });
  }, measureMsMax);

  test('are found, beyond chance, with their sizes', () => {
    expect(measured.verdict).toMatch(/^roles: the core of \d+ agents/);
    expect(measured.pValue).toBe(0.01);
    expect(measured.k).toBe(3);
    const [periphery, ...roles] = measured.roles;
    expect(Math.abs(periphery.agentCount - 480)).toBeLessThan(6);
    for (const role of roles) expect(Math.abs(role.agentCount - 20)).toBeLessThan(4);
  });

  test('are named by what stands out in their profiles', () => {
    expect(measured.roles.map(({ name }) => name).sort()).toEqual(['clique member', 'hub', 'periphery', 'seeker']);
    const hub = measured.roles.find(({ name }) => name === 'hub');
    expect(hub?.profile?.inDegree).toBeGreaterThan(0.5);
  });

  test('stand on clusters that resampling, Ward and a mixture find again', () => {
    expect(measured.core?.stability.adjustedRand).toBeGreaterThan(0.7);
    expect(measured.core?.agreement.ward.adjustedRand).toBeGreaterThan(0.7);
    expect(measured.core?.stability.overlaps).toHaveLength(3);
  });
});

describe('measureRoles', () => {
  test('the genesis reply graph: its core is too small for roles, and a seed gives one outcome', () => {
    const columns = {
      nodeCount: genesis.nodeCount,
      sources: Int32Array.from(genesis.sources),
      targets: Int32Array.from(genesis.targets),
    };
    const measured = measureRoles(columns, { seed: 1, nullCount: 19 });
    expect(measured).toMatchObject({ n: 224, roles: [] });
    expect(measured.verdict).toMatch(/^no roles: .* too small to be clustered/);
    expect(measured.moltDynamics?.k).toBeGreaterThanOrEqual(3);
    expect(measureRoles(columns, { seed: 1, nullCount: 19 })).toEqual(measured);
  });

  test('fewer than thirty agents with an edge have no roles and no clusters', () => {
    const measured = measureRoles(
      drawnEdges(12, 1, () => 0.5),
      { seed: 1 },
    );
    expect(measured).toMatchObject({ k: null, moltDynamics: null, roles: [] });
    expect(measured.verdict).toMatch(/^no roles: 12 agents/);
    expect(
      measureRoles(
        drawnEdges(5, 1, () => 0),
        { seed: 1 },
      ).n,
    ).toBe(0);
  });

  test('a uniform graph has no core and no roles', () => {
    const measured = measureRoles(
      drawnEdges(120, 4, () => 0.06),
      { seed: 1 },
    );
    expect(measured.verdict).toMatch(/^no roles: /);
  });
});
