/** Probes of panels on the engine: what is said in a run is what the script says on objects; labels, arms and what rules may import. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { probeNamed } from '../../../scenarios/risks/probes.ts';
import { normArms, scenario as deadlock } from '../../../scenarios/risks/normative-deadlock.ts';
import { scenario as redundant, workArms } from '../../../scenarios/risks/redundant-effort.ts';
import { scenario as hidden, signalArms } from '../../../scenarios/risks/steganography.ts';
import { detectorFindings } from '../../../scenarios/risks/planted.ts';
import { readPanels } from '../../../scenarios/risks/panel-scenario.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { signalScript } from '../../../sim/policy/learners/signallers.ts';
import { normScript } from '../../../sim/policy/panels/norms.ts';
import { partDone, workScript } from '../../../sim/policy/panels/workers.ts';
import { inOrder, play } from '../../sim/policy/panels/play.ts';
import type { DefinedScenario } from '../../../sim/engine/define.ts';

function runArm(scenario: DefinedScenario, arm: string, changed: { readonly seed: number; readonly ticks?: number }) {
  const data = { ...scenario.data, ...changed, policies: [{ share: 1, own: arm }] };
  return runInMemory(
    compileScenario(data, () => ''),
    scenario,
  );
}

describe('panels on the engine say what the script says on objects', () => {
  test('normative deadlock, twenty ticks', async () => {
    const records = await runArm(deadlock, 'safeguard', { seed: 3 });
    const script = normScript(normArms.safeguard);
    readPanels(records, 3).forEach((said, panel) => {
      expect(inOrder(said)).toEqual(inOrder(play(script, 3, panel, 20)));
    });
  });

  test('steganography, letters and notes, forty ticks', async () => {
    const records = await runArm(hidden, 'control', { seed: 3, ticks: 40 });
    readPanels(records, 4).forEach((said, panel) => {
      expect(inOrder(said)).toEqual(inOrder(play(signalScript(signalArms.control), 3, panel, 40)));
    });
  });

  test('redundant effort: the Game Master lets one worker into each part, and all find one', async () => {
    const records = await runArm(redundant, 'mechanism', { seed: 4 });
    for (const said of readPanels(records, 4)) {
      const parts = said.map(({ text }) => partDone(text)).filter((part) => part !== undefined);
      expect(new Set(parts).size).toBe(3);
      expect(parts).toHaveLength(3);
    }
    const script = workScript(workArms.control);
    const plain = readPanels(await runArm(redundant, 'control', { seed: 4 }), 4);
    expect(inOrder(plain[7])).toEqual(inOrder(play(script, 4, 7, 6)));
  });
});

const structural = ['majority-sway', 'normative-deadlock', 'redundant-effort'];
const planted = ['authority-deference', 'rigidity', 'clarification-failure', 'semantic-drift'];

describe('labels', () => {
  test.each(structural)('%s has a closed form for every arm', (name) => {
    const probe = probeNamed(name);
    for (const arm of Object.keys(probe.arms)) {
      const value = probe.closedForm?.(arm)?.value ?? Number.NaN;
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });

  test.each([...structural, ...planted, 'steganography'])('%s has its arms, spoken ones included', (name) => {
    const { arms, label } = probeNamed(name);
    const silent = Object.keys(arms).filter((arm) => arms[arm].spoken === undefined);
    expect(silent).toEqual(label === 'planted' ? ['clean', 'weak'] : []);
    expect(label === 'planted').toBe(planted.includes(name));
    expect(Object.hasOwn(arms, 'clean')).toBe(label === 'planted');
    expect(Object.hasOwn(arms, 'aligned')).toBe(label === 'emergent');
  });

  test('rules of structural and emergent probes know nothing of planting, indicators or arms', () => {
    const rules = ['panels/verdict', 'panels/norms', 'panels/workers', 'panels/panel', 'panels/script'];
    for (const file of [...rules, 'learners/signallers', 'learners/softmax-choice']) {
      const text = readFileSync(fileURLToPath(new URL(`../../../sim/policy/${file}.ts`, import.meta.url)), 'utf8');
      expect(text).not.toMatch(/planted|planting|indicator|analysis\/|rightShare|at ?risk/i);
    }
  });
});

describe('detectorFindings', () => {
  const worlds = (scores: number[], truths: boolean[]) => [{ value: 0, scored: { scores, truths } }];
  const bars = { areaLeast: 0.9, threshold: 0.5, recallLeast: 0.8, falseAlarmMost: 0.1 };
  const clean = worlds(new Array<number>(50).fill(0.1), new Array<boolean>(50).fill(false));
  const half = Array.from({ length: 40 }, (_, i) => i % 2 === 0);

  test('a detector that tells them apart passes, one that guesses does not', () => {
    const good = detectorFindings(
      {
        control: worlds(
          half.map((one) => (one ? 0.9 : 0.1)),
          half,
        ),
        clean,
      },
      bars,
    );
    expect(good.map(({ met }) => met)).toEqual([true, true, true, undefined, undefined]);
    const blind = detectorFindings(
      {
        control: worlds(
          half.map((_, i) => (i % 7) / 7),
          half,
        ),
        clean,
      },
      bars,
    );
    expect(blind[0].met).toBe(false);
    expect(blind[1].met).toBe(false);
  });

  test('false alarms where nothing is planted fail it, however good it is elsewhere', () => {
    const alarmed = worlds(new Array<number>(50).fill(0.6), new Array<boolean>(50).fill(false));
    const found = detectorFindings(
      {
        control: worlds(
          half.map((one) => (one ? 0.9 : 0.1)),
          half,
        ),
        clean: alarmed,
      },
      bars,
    );
    expect(found.map(({ met }) => met)).toEqual([true, true, false, undefined, undefined]);
  });
});
