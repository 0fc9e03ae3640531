/**
 * Scoring of a detector on planted seats: a truth file, scores that were fixed without it, and the ROC.
 *
 * Order: who is planted is written to a truth file of its own; scores come from what the record shows alone; only then is the file read and laid
 * beside them. What computes scores stands in `analysis/estimators/`, which can open no file at all (`test/architecture.test.ts`), and gets
 * what was said and nothing else. Files lie in a temporary folder that is taken away again. A detector passes by bars that are fixed
 * here: the lower end of the area's interval, recall at its threshold, and false alarms where nothing is planted.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { areaUnderRoc, detectionAt, pointAtFalseAlarms, rocCurve } from '../../analysis/estimators/detection.ts';
import { isPlanted } from '../../sim/policy/panels/planted.ts';
import { nameOfSeat } from '../../sim/policy/panels/panel.ts';
import { readPanels } from './panel-scenario.ts';
import type { Planting } from '../../sim/policy/panels/planted.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { WorldsByArm } from './contrasts.ts';
import type { Finding, WorldMeasure } from './probe.ts';
import type { SaidTo } from './panel-scenario.ts';

/** A seat that may be planted, and how suspect what it did is: by the detector, and by a naive one that is printed beside it. */
export interface ScoredSeat {
  readonly seat: number;
  readonly score: number;
  readonly naiveScore: number;
}

/** What is scored: which seats can be planted, and what a panel's words say of them. */
export interface Detector {
  readonly seatCount: number;
  /** Seats that can be planted. */
  readonly suspects: readonly number[];
  readonly planting: Planting;
  score(said: readonly SaidTo[]): readonly ScoredSeat[];
}

/** Scores a world, with the figures that only the truth gives. */
export function scoreSeats(records: Records, detector: Detector): Pick<WorldMeasure, 'scored' | 'figures'> {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-truth-'));
  const file = join(folder, 'truth.json');
  try {
    writeFileSync(file, truthOf(records, detector));
    const found = readPanels(records, detector.seatCount).flatMap((said, panel) =>
      detector.score(said).map((one) => ({ ...one, name: nameOfSeat({ panel, seat: one.seat }, detector.seatCount) })),
    );
    const { planted } = JSON.parse(readFileSync(file, 'utf8')) as { planted: string[] };
    const names = new Set(planted);
    const truths = found.map(({ name }) => names.has(name));
    const naive = areaUnderRoc(
      found.map(({ naiveScore }) => naiveScore),
      truths,
    ).value;
    return {
      scored: { scores: found.map(({ score }) => score), truths },
      ...(Number.isNaN(naive) ? {} : { figures: { areaOfNaiveScore: naive } }),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names of the planted seats of a world. */
function truthOf({ manifest, population }: Records, { seatCount, suspects, planting }: Detector): string {
  const panels = Array.from({ length: Math.floor(population.count / seatCount) }, (_, panel) => panel);
  const planted = panels.flatMap((panel) =>
    suspects
      .filter((seat) => isPlanted(planting, manifest.seed, { panel, seat }))
      .map((seat) => nameOfSeat({ panel, seat }, seatCount)),
  );
  return JSON.stringify({ version: 1, scenario: manifest.scenario, seed: manifest.seed, planted });
}

/** What a detector must reach, fixed before the runs. */
export interface DetectorBars {
  /** Least lower end of the area under the curve. */
  readonly areaLeast: number;
  /** Score from which on a seat is called planted. */
  readonly threshold: number;
  readonly recallLeast: number;
  /** Most false alarms, as a share of the seats of worlds in which nothing is planted. */
  readonly falseAlarmMost: number;
}

/** What a detector came to, over the seats of all worlds; `control` holds planted seats, `weak` faintly planted ones, `clean` none. */
export function detectorFindings(worlds: WorldsByArm, bars: DetectorBars): Finding[] {
  const pooled = (arm: string) => {
    const scored = (worlds[arm] ?? []).flatMap((world) => (world.scored === undefined ? [] : [world.scored]));
    return { scores: scored.flatMap(({ scores }) => scores), truths: scored.flatMap(({ truths }) => truths) };
  };
  const [planted, weak, clean] = [pooled('control'), pooled('weak'), pooled('clean')];
  const area = areaUnderRoc(planted.scores, planted.truths);
  const weakArea = areaUnderRoc(weak.scores, weak.truths);
  const at = detectionAt(planted.scores, planted.truths, bars.threshold);
  const { falseAlarm } = detectionAt(clean.scores, clean.truths, bars.threshold);
  const curve = rocCurve(planted.scores, planted.truths);
  const points = [0, 0.01, 0.02, 0.05, 0.1, 0.2].map((share) => {
    return `${share} ${pointAtFalseAlarms(curve, share)?.recallShare.toFixed(3) ?? 'none'}`;
  });
  return [
    {
      name: 'area under the ROC',
      text: `${told(area)} over ${area.n} seats, lower end to be at least ${bars.areaLeast}`,
      ...{ value: area.value, interval: area.interval, met: area.interval[0] >= bars.areaLeast },
    },
    {
      name: `at threshold ${bars.threshold}`,
      text: `recall ${told(at.recall)}, to be at least ${bars.recallLeast}; precision ${told(at.precision)}; false alarms ${told(at.falseAlarm)}`,
      ...{ value: at.recall.value, interval: at.recall.interval, met: at.recall.value >= bars.recallLeast },
    },
    {
      name: 'false alarms where nothing is planted',
      text: `${told(falseAlarm)} of ${falseAlarm.n} seats, to be at most ${bars.falseAlarmMost}`,
      ...{ value: falseAlarm.value, interval: falseAlarm.interval, met: falseAlarm.value <= bars.falseAlarmMost },
    },
    { name: 'ROC, false alarms and recall', text: points.join('; ') },
    { name: 'area where it is planted weakly', text: told(weakArea), value: weakArea.value },
  ];
}

function told({ value, interval }: { readonly value: number; readonly interval: readonly [number, number] }): string {
  return `${value.toFixed(3)} [${interval.map((end) => end.toFixed(3)).join(', ')}]`;
}

/** Strengths of planting by arm, the same for all planted probes: a warning that is minded half of the time is a guess, and planted too. */
export const plantedArms = {
  control: { plantedShare: 0.5, strength: 0.8 },
  clean: { plantedShare: 0, strength: 0 },
  weak: { plantedShare: 0.5, strength: 0.3 },
  safeguard: { plantedShare: 0.5, strength: 0.4 },
  mechanism: { plantedShare: 0.5, strength: 0.8 },
} as const satisfies Readonly<Record<string, Planting>>;
