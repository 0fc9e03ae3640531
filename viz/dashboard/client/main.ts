/**
 * The page: asks for the run and its graph, listens for ticks, and shows the tick that is chosen: the latest, or one of before.
 *
 * State is one object; every input changes it and then shows what follows. While the latest tick is followed, live messages are shown as they
 * come; while an earlier one is looked at, they only lengthen the slider. An answer that comes after another was asked for is dropped.
 * What is read aloud: the state of the run when it changes, and the tick when the reader moves it; not every live tick.
 */
import { ask, control, listen, Refusal, takeToken } from './connection.ts';
import { byId, counted, element, linkTo, svg, unattended } from './dom.ts';
import { actKinds, GraphView, groupColours } from './graph-view.ts';
import { showCascade, showCascades, showGroups, showMetrics, showStory } from './panels.ts';
import type {
  CascadeMessage,
  FindMessage,
  GraphMessage,
  LayoutMessage,
  LiveMessage,
  RunFacts,
  RunState,
  StoryMessage,
  TickMessage,
} from '../messages.ts';

interface PageState {
  readonly facts: RunFacts;
  readonly graph: GraphMessage;
  readonly series: number[][];
  run: RunState;
  tick: number;
  isFollowing: boolean;
  agent: string | undefined;
  cascade: number | undefined;
  tieCount: number;
  playing: ReturnType<typeof setInterval> | undefined;
  asked: AbortController;
}

const playMs = 250;
const token = takeToken();
const slider = byId<HTMLInputElement>('slider');

async function start(): Promise<void> {
  const { facts, state: run } = await ask<{ facts: RunFacts; state: RunState }>(token, 'run');
  const graph = await ask<GraphMessage>(token, 'graph');
  const state: PageState = {
    ...{ facts, graph, run, series: facts.metrics.map(() => []), tick: -1, isFollowing: true },
    ...{ agent: undefined, cascade: undefined, playing: undefined },
    ...{ tieCount: graph.source.length, asked: new AbortController() },
  };
  const view = new GraphView(byId('graph'), graph, (node) => unattended(choose(state, view, graph.id[node])));
  showFacts(facts);
  listAgents(state, view);
  wireFilters(state, view);
  wireKeys(view);
  wireTime(state, view);
  showState(state);
  await listen(token, {
    known: () => `from=${state.series[0].length}&ties=${state.tieCount}`,
    onOpen: () => showState(state),
    onBreak: () => {
      byId('status').textContent = 'The server does not answer; trying again.';
    },
    onEvent: (name, value) => hear(state, view, name, value),
  });
}

function hear(state: PageState, view: GraphView, name: string, value: unknown): void {
  if (name === 'layout') view.place(value as LayoutMessage);
  if (name === 'state') {
    state.run = value as RunState;
    showState(state);
  }
  if (name !== 'tick') return;
  const message = value as LiveMessage;
  message.series.forEach((values, metric) => {
    state.series[metric].length = message.firstTick;
    for (const one of values) state.series[metric].push(one);
  });
  state.tieCount += message.ties.source.length;
  view.addTies(message.ties);
  state.run = message.state;
  slider.max = String(message.tick);
  showState(state);
  if (state.isFollowing) showTick(state, view, message);
}

function showTick(state: PageState, view: GraphView, message: TickMessage): void {
  state.tick = message.tick;
  slider.value = String(message.tick);
  showClock(state);
  view.showTick(message);
  showMetrics(state.facts, state.series, message.tick);
  showCascades(message, (root) => unattended(openCascade(state, view, root)));
  showGroups(state.facts, message);
  describeGraph(state, view);
  document.body.dataset['tick'] = String(message.tick);
  // What is open grows with the run.
  if (state.cascade !== undefined) unattended(openCascade(state, view, state.cascade));
}

/** Goes to a tick of before, or back to the latest. */
async function goTo(state: PageState, view: GraphView, tick: number): Promise<void> {
  const last = state.series[0].length - 1;
  if (last < 0) return;
  state.isFollowing = tick >= last;
  state.asked.abort();
  state.asked = new AbortController();
  state.tick = Math.min(last, Math.max(0, tick));
  showClock(state);
  try {
    const message = await ask<TickMessage>(token, `tick?at=${state.tick}`, state.asked.signal);
    showTick(state, view, message);
    if (state.agent !== undefined) await tell(state, state.agent);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

function showFacts(facts: RunFacts): void {
  const { name, scenario, seed, agents, ties, kind } = facts;
  document.title = `${name} · mesocosm`;
  byId('title').textContent = name;
  const run = kind === 'run' ? `${scenario}, seed ${seed}` : `data set, ${scenario}`;
  byId('subtitle').textContent = `${run} · ${counted(agents)} agents · ${counted(ties)} ties at the start`;
  const edges =
    facts.edgesDrawn < facts.edgesAmong
      ? ` Of ${counted(facts.edgesAmong)} ties among them ${counted(facts.edgesDrawn)} are drawn, chosen by a hash of the pair.`
      : '';
  byId('graph-note').textContent = `${facts.sampleNote}${edges}`.trim();
  const dot = (colour: string): SVGElement =>
    svg('svg', { width: 12, height: 12, 'aria-hidden': 'true' }, svg('circle', { cx: 6, cy: 6, r: 5, fill: colour }));
  const entry = (colour: string, text: string): HTMLElement => element('li', {}, dot(colour), text);
  byId('acts-legend').replaceChildren(
    element('li', { class: 'note' }, 'Acted lately:'),
    ...actKinds.map(({ name: text, colour }) => entry(colour, text)),
    ...[entry('#7a1fa2', 'in the open cascade')],
  );
  byId('groups-legend').replaceChildren(
    element('li', { class: 'note' }, `Others, by ${facts.groupKind}:`),
    ...facts.groups.map((text, group) => entry(groupColours[group], text)),
  );
}

function showState({ run, facts }: PageState): void {
  const total = facts.ticksPlanned === null ? '' : ` of ${counted(facts.ticksPlanned)}`;
  const words = run.control === 'paused' ? 'paused' : run.outcome;
  const text = `${facts.kind === 'dataset' ? 'data set' : words}: ${counted(run.ticks)}${total} ticks`;
  const status = byId('status');
  // A live tick changes the number alone, which is not read aloud each time.
  status.setAttribute('aria-live', status.dataset['words'] === words ? 'off' : 'polite');
  status.dataset['words'] = words;
  status.textContent = text;
  const pause = byId<HTMLButtonElement>('pause');
  const isHeld = run.control === 'paused';
  pause.disabled = run.control === 'none';
  pause.textContent = isHeld ? 'Go on with the run' : 'Pause the run';
  pause.title = run.control === 'none' ? 'The run has ended, or was not started with --serve' : '';
  byId<HTMLButtonElement>('step').disabled = !isHeld;
}

function showClock({ tick, facts, series, isFollowing }: PageState): void {
  const minutes = Math.floor(((tick * facts.tickSeconds) / 60 + facts.startHour * 60) % 1440);
  const day = Math.floor(((tick * facts.tickSeconds) / 3600 + facts.startHour) / 24) + 1;
  const pad = (value: number): string => String(value).padStart(2, '0');
  const time = facts.kind === 'run' ? ` · day ${day}, ${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}` : '';
  const text = `tick ${tick} of ${series[0].length - 1}${time}${isFollowing ? ' · latest' : ''}`;
  byId('clock').textContent = text;
  slider.setAttribute('aria-valuetext', text);
}

function describeGraph({ facts, tick }: PageState, view: GraphView): void {
  const { nodes, edges } = view.shown();
  const text = `${counted(nodes)} of ${counted(facts.agents)} agents and ${counted(edges)} ties in tick ${tick}`;
  byId('graph').setAttribute('aria-label', text);
  byId('map-title').textContent = `Who follows whom: ${text}`;
}

function listAgents(state: PageState, view: GraphView): void {
  const { graph } = state;
  const order = Array.from(graph.id.keys()).sort((a, b) => graph.followers[b] - graph.followers[a] || a - b);
  const rows = order.slice(0, 24).map((node) => {
    const label = `agent ${graph.id[node]}, ${graph.followers[node]} followers`;
    return element(
      'li',
      {},
      linkTo(graph.id[node], label, () => unattended(choose(state, view, graph.id[node]))),
    );
  });
  byId('agents').replaceChildren(...rows);
}

async function choose(state: PageState, view: GraphView, id: string): Promise<void> {
  state.agent = id;
  await tell(state, id, view);
}

async function tell(state: PageState, id: string, view?: GraphView): Promise<void> {
  byId('agent').setAttribute('aria-busy', 'true');
  try {
    const story = await ask<StoryMessage>(token, `agent?id=${encodeURIComponent(id)}&at=${Math.max(0, state.tick)}`);
    if (state.agent !== id) return;
    showStory(story, (other) => unattended(view === undefined ? tell(state, other) : choose(state, view, other)));
    view?.select(story.node);
    if (view !== undefined) byId('agent-title').focus();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    byId('agent').replaceChildren(element('p', { class: 'note' }, `${id}: ${error.message}.`));
  } finally {
    byId('agent').removeAttribute('aria-busy');
  }
}

async function openCascade(state: PageState, view: GraphView, root: number): Promise<void> {
  const isNew = state.cascade !== root;
  state.cascade = root;
  try {
    const cascade = await ask<CascadeMessage>(token, `cascade?root=${root}&at=${state.tick}`);
    if (state.cascade !== root) return;
    const close = (): void => {
      state.cascade = undefined;
      byId('cascade').hidden = true;
      view.mark([]);
    };
    showCascade(cascade, (id) => unattended(choose(state, view, id)), close);
    view.mark(cascade.nodes);
    if (isNew) byId('cascade').focus();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    byId('cascade').replaceChildren(element('p', { class: 'note' }, error.message));
    view.mark([]);
  }
}

function wireFilters(state: PageState, view: GraphView): void {
  const group = byId<HTMLSelectElement>('group-filter');
  const followers = byId<HTMLInputElement>('follower-filter');
  const active = byId<HTMLInputElement>('active-filter');
  group.replaceChildren(
    element('option', { value: -1 }, 'all'),
    ...state.facts.groups.map((name, number) => element('option', { value: number }, name)),
  );
  const apply = (): void => {
    view.filter({ group: Number(group.value), followersMin: Number(followers.value), activeOnly: active.checked });
    describeGraph(state, view);
  };
  for (const input of [group, followers, active]) input.addEventListener('input', apply);
  const find = byId<HTMLInputElement>('find');
  find.addEventListener('input', () => {
    unattended(
      ask<FindMessage>(token, `find?q=${encodeURIComponent(find.value)}`).then(({ agents }) => {
        byId('found').replaceChildren(...agents.map(({ id }) => element('option', { value: id })));
      }),
    );
  });
  byId('find-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (find.value !== '') unattended(choose(state, view, find.value));
  });
}

function wireKeys(view: GraphView): void {
  const step = 0.1;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => view.move(-step, 0),
    ArrowRight: () => view.move(step, 0),
    ArrowUp: () => view.move(0, -step),
    ArrowDown: () => view.move(0, step),
    '+': () => view.zoom(1 / 1.3),
    '-': () => view.zoom(1.3),
    '0': () => view.reset(),
  };
  byId('graph').addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function wireTime(state: PageState, view: GraphView): void {
  const stop = (): void => {
    clearInterval(state.playing);
    state.playing = undefined;
    byId('play').setAttribute('aria-pressed', 'false');
  };
  slider.addEventListener('input', () => {
    stop();
    unattended(goTo(state, view, Number(slider.value)));
  });
  byId('latest').addEventListener('click', () => {
    stop();
    unattended(goTo(state, view, state.series[0].length - 1));
  });
  byId('play').addEventListener('click', () => {
    if (state.playing !== undefined) {
      stop();
      return;
    }
    byId('play').setAttribute('aria-pressed', 'true');
    if (state.tick >= state.series[0].length - 1) unattended(goTo(state, view, 0));
    state.playing = setInterval(() => {
      if (state.tick >= state.series[0].length - 1) stop();
      else unattended(goTo(state, view, state.tick + 1));
    }, playMs);
  });
  byId('pause').addEventListener('click', () =>
    unattended(control(token, state.run.control === 'paused' ? 'go' : 'pause')),
  );
  byId('step').addEventListener('click', () => unattended(control(token, 'step')));
}

start().catch((error: unknown) => {
  const isRefused = error instanceof Refusal && error.status === 403;
  byId('status').textContent = isRefused
    ? 'This address has no valid token: open the one that mesocosm serve printed.'
    : `The page stopped: ${error instanceof Error ? error.message : String(error)}`;
});
