/**
 * A recorded run, computed again tick by tick in this thread, so that its state can be looked into between any two ticks.
 *
 * Reads a run directory and writes nothing. Answers of models are those of the log. A forked run goes by its parent's plan until the
 * tick of the fork. The log of ties is merged every tick, which no outcome shows, so that the state is whole after each.
 */
import { bytesOfWords, hexOf } from '../ground/digest.ts';
import { decodeTick, encodeDecided } from '../record/chunk.ts';
import { newPostCount } from './apply.ts';
import { answerRequests, requestCount } from './ask.ts';
import { control } from './barrier.ts';
import { collectTick } from './collect.ts';
import { loadOwnCode } from './own-code.ts';
import { hashState } from './root.ts';
import { recordedModels } from './models.ts';
import { asModel, linksOf, newestCheckpoint, simulatedManifest } from './run.ts';
import { createShard } from './shard.ts';
import { prepare } from './simulate.ts';
import { takeSnapshot } from './snapshot.ts';
import { beginTick } from './step.ts';
import type { Model, ModelAnswer } from '../exchange/ports.ts';
import type { Frame, TickRecord } from '../record/chunk.ts';
import type { ForkOrigin } from '../record/manifest.ts';
import type { Records } from '../record/reader.ts';
import type { OwnCode, Plan } from './plan.ts';
import type { RunModels } from './models.ts';
import type { RunManifest } from './run.ts';
import type { Shard } from './shard.ts';
import type { Simulation } from './simulate.ts';
import type { Snapshot } from './snapshot.ts';
import type { StartingPoint } from './take.ts';

/** A plan and the tick before which another takes over. */
interface Span {
  readonly plan: Plan;
  readonly end: number;
}

/** A run between two ticks. */
export class Replay {
  /** The next tick. */
  tick: number;
  /** The first tick that came out otherwise than it is recorded. */
  firstDifference: number | undefined;
  readonly #records: Records;
  readonly #code: OwnCode;
  readonly #spans: readonly Span[];
  readonly #frames: Iterator<Frame>;
  /** Where the run asked in words. */
  readonly #models: RunModels | undefined;
  #simulation: Simulation;
  #shard: Shard;

  private constructor(records: Records, code: OwnCode, start: StartingPoint | undefined) {
    this.#records = records;
    this.#code = code;
    this.#spans = spansOf(simulatedManifest(records));
    this.tick = start?.snapshot.tick ?? 0;
    const { population, directory } = records;
    this.#models = recordedModels({ plan: this.#spans[this.#spans.length - 1].plan, ids: population.ids }, directory);
    this.#frames = records.frames();
    for (let tick = 0; tick < this.tick; tick++) this.#frames.next();
    this.#simulation = this.#prepare(start);
    this.#shard = createShard(this.#simulation.orders[0], code);
  }

  /** Opens a run before the first tick, or where its newest checkpoint before `tick` lies, and computes it up to `tick`. */
  static async open(records: Records, tick: number): Promise<Replay> {
    const { plan } = simulatedManifest(records);
    const start = tick === 0 ? undefined : newestCheckpoint(records.directory, linksOf(records), tick);
    const replay = new Replay(records, await loadOwnCode(plan.module), start);
    while (replay.tick < tick) await replay.step();
    return replay;
  }

  /** Names of the agents' attributes, in the order of their cells. */
  get attributeNames(): readonly string[] {
    return this.#simulation.handle.sizes.attributeNames;
  }

  /** The state as it stands. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#simulation.handle, this.tick);
  }

  /** A hash of the whole state after the last tick. */
  root(): string {
    hashState(this.#shard);
    const { state, attached } = this.#shard;
    return hexOf(bytesOfWords(attached.buckets[state.now.tick & 1][0]));
  }

  /** Computes the next tick. */
  async step(): Promise<void> {
    if (this.#spans.some(({ end }) => end === this.tick)) this.#changePlan();
    const frame = this.#frames.next();
    const recorded = frame.done === true ? undefined : frame.value;
    const shard = this.#shard;
    const running = beginTick(shard, this.tick);
    for (let pause = running.next(); pause !== undefined; pause = running.next()) {
      if (pause !== 'ask' || requestCount(shard.all) === 0) continue;
      const model = modelOfBoth(this.#models?.model, recordedModel(recorded && decodeTick(recorded)));
      await answerRequests(shard.state, shard.all, this.tick, model, this.#simulation.desk);
    }
    shard.attached.control[control.nextPost] += newPostCount(shard.all);
    const decided = encodeDecided(collectTick(this.#simulation.collector, shard.all, this.tick));
    if (recorded !== undefined && Buffer.compare(decided, recorded.decided) !== 0) this.firstDifference ??= this.tick;
    this.tick++;
  }

  #changePlan(): void {
    const { result } = this.#simulation;
    this.#simulation = this.#prepare({ snapshot: this.snapshot(), link: result.link, counts: result.counts });
    this.#shard = createShard(this.#simulation.orders[0], this.#code);
  }

  #prepare(start: StartingPoint | undefined): Simulation {
    const span = this.#spans.find(({ end }) => this.tick < end) ?? this.#spans[this.#spans.length - 1];
    return prepare({
      ...{ plan: span.plan, population: this.#records.population, code: this.#code },
      placement: { workers: 1, layout: 'degree', mergeTicks: 1 },
      ...{ sampleShare: 0, unchained: true },
      ...asModel(this.#models, this.tick),
      ...(start === undefined ? {} : { start }),
    });
  }
}

function spansOf({ plan, forkedFrom }: RunManifest): Span[] {
  const spans: Span[] = [{ plan, end: Infinity }];
  for (let from: ForkOrigin<Plan> | undefined = forkedFrom; from !== undefined; from = from.earlier) {
    spans.unshift({ plan: from.plan, end: from.at });
  }
  return spans;
}

/** Words of an answer in the log before those of the model: ordinal, sequence, status. */
const answerHeadWords = 3;
const answerWords = 7;

/** What was asked in words of the study's own stands in the log of events, prompts in that of answers. */
function modelOfBoth(prompted: Model | undefined, worded: Model): Model {
  if (prompted === undefined) return worded;
  return {
    async ask(requests) {
      const isPrompt = requests.map(({ prompt }) => prompt !== undefined);
      const [inPrompts, inWords] = await Promise.all([
        prompted.ask(requests.filter((_, i) => isPrompt[i])),
        worded.ask(requests.filter((_, i) => !isPrompt[i])),
      ]);
      const [nextPrompt, nextWord] = [inPrompts.values(), inWords.values()];
      return isPrompt.map(
        (prompt): ModelAnswer => (prompt ? nextPrompt : nextWord).next().value ?? { status: 'failed' },
      );
    },
  };
}

/** A model that says what it said. */
function recordedModel(record: TickRecord | undefined): Model {
  const answers = record?.answers ?? new Int32Array(0);
  const known = new Map<string, Int32Array>();
  for (let at = 0; at < answers.length; at += answerWords) {
    known.set(`${answers[at]} ${answers[at + 1]}`, answers.subarray(at, at + answerWords));
  }
  return {
    ask: (requests) =>
      Promise.resolve(
        requests.map(({ agentOrdinal, sequence }) => {
          const words = known.get(`${agentOrdinal} ${sequence}`);
          if (words?.[2] !== 1) return { status: 'failed' };
          return { status: 'answered', answer: Array.from(words.subarray(answerHeadWords)) };
        }),
      ),
  };
}
