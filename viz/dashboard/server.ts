/**
 * `serve`: a dashboard of one run on the loopback address, by node:http alone.
 *
 * Reads the run's log as it is acknowledged (`live-log-reader.ts`), in this process and never in the run's, and writes nothing but to the port of
 * run control. Paths of requests are names of a closed list; ids come in as parameters and are looked up, never made into paths.
 * Order: a request is let in or not (`access.ts`) before anything of it is read. Live connections get one message for all ticks that came
 * since the last, four a second at most, so a page that is slow costs nothing but its own lag: one that does not read is let go.
 * Invariant: only acknowledged ticks are told. Source: WHATWG HTML, server-sent events.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../sim/ground/errors.ts';
import { findAgent } from '../../sim/record/agent-reader.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { LogFollower } from '../../sim/record/live-log-reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { isLetIn, securityHeaders } from './access.ts';
import { pageFiles } from './bundle.ts';
import { startLayout } from './layout.ts';
import { chooseShown, groupsOf } from './shown.ts';
import { tellCascade, tellStory } from './story.ts';
import { metricNames, Watch } from './watch.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PageFiles } from './bundle.ts';
import type { FindMessage, GraphMessage, LayoutMessage, LiveMessage, RunFacts, RunState } from './messages.ts';
import type { Layout } from './layout.ts';
import type { LayoutReport } from './layout-worker.ts';
import type { ControlAct, RunControl } from './run-control.ts';
import type { Groups, Shown } from './shown.ts';

/** What is served, and where. */
export interface DashboardOrder {
  readonly directory: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Agents that are drawn at most. */
  readonly shown?: number;
  readonly control: RunControl;
  /** Whether what is drawn is laid out roughly until the run has ended, so that watching costs little beside a large run. */
  readonly isFrugal?: boolean;
}

/** A dashboard that is being served. */
export interface Dashboard {
  /** With the token, which is behind the #: a browser does not send it, the page reads it. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

/** How often live connections are told at most, and how often head is looked at while a run goes on. */
const tellMs = 250;
/** The same beside a large run. */
const roughTellMs = 500;
/** Time that ticks are read in one go before requests get their turn. */
const sliceMs = 25;
/** What a live connection may leave unread before it is let go. */
const unreadBytesMax = 8_000_000;
const findMax = 20;
const bodyBytesMax = 1000;

/** Serves a run. */
export async function serveDashboard(order: DashboardOrder): Promise<Dashboard> {
  const dashboard = new DashboardServer(order, await pageFiles());
  await dashboard.listen(order.port);
  return dashboard;
}

/** A run, what is known of it, and who watches. */
class DashboardServer implements Dashboard {
  readonly token = randomBytes(16).toString('hex');
  port = 0;
  readonly #order: DashboardOrder;
  readonly #files: PageFiles;
  readonly #server: Server;
  readonly #follower: LogFollower;
  readonly #shown: Shown;
  readonly #groups: Groups;
  readonly #watch: Watch;
  readonly #layout: Layout;
  /** A large run that goes on: the layout rests. */
  #isRough: boolean;
  readonly #listeners = new Map<ServerResponse, { tick: number; tie: number }>();
  #state: RunState;
  #toldState = '';
  readonly #stopper = new AbortController();
  readonly #following: Promise<void>;

  constructor(order: DashboardOrder, files: PageFiles) {
    this.#order = order;
    this.#files = files;
    this.#follower = new LogFollower(order.directory);
    const { population } = this.#follower.records;
    this.#shown = chooseShown(population, order.shown);
    this.#groups = groupsOf(population);
    this.#watch = new Watch(this.#follower, this.#shown, this.#groups);
    this.#state = this.#stateNow();
    const { agents, source, target } = this.#shown;
    const group = Uint8Array.from(agents, (agent) => this.#groups.of[agent]);
    this.#isRough = order.isFrugal === true && agents.length < population.count;
    const graph = { nodeCount: agents.length, source, target, group, isFrugal: this.#isRough };
    this.#layout = startLayout(graph, (report) => {
      this.#tellLayout(report);
    });
    this.#server = createServer({ requireHostHeader: false }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) send(response, error instanceof InputError ? 400 : 500, { error: messageOf(error) });
        else response.destroy();
      });
    });
    this.#following = this.#follow();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/#${this.token}`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((done, fail) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        fail(error.code === 'EADDRINUSE' ? portTaken(port) : error);
      });
      this.#server.listen(port, '127.0.0.1', done);
    });
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#stopper.abort();
    this.#order.control.close();
    for (const response of this.#listeners.keys()) response.destroy();
    await this.#layout.stop();
    await new Promise((done) => {
      this.#server.close(done);
      this.#server.closeAllConnections();
    });
    await this.#following;
  }

  /** Takes acknowledged ticks as they come, in slices, and tells of them. */
  async #follow(): Promise<void> {
    let toldMs = -Infinity;
    while (!this.#stopper.signal.aborted) {
      let begunMs = performance.now();
      for (const record of this.#follower.advance()) {
        this.#watch.take(record);
        if (performance.now() - begunMs < sliceMs) continue;
        if (performance.now() - toldMs > this.#tellMs) {
          this.#tell();
          toldMs = performance.now();
        }
        await new Promise((done) => setImmediate(done));
        if (this.#stopper.signal.aborted) return;
        begunMs = performance.now();
      }
      this.#state = this.#stateNow();
      this.#finishLayout();
      this.#tell();
      toldMs = performance.now();
      await sleep(this.#tellMs, undefined, { ref: false, signal: this.#stopper.signal }).catch(() => undefined);
    }
  }

  get #tellMs(): number {
    return this.#isRough ? roughTellMs : tellMs;
  }

  #finishLayout(): void {
    if (!this.#isRough || this.#state.outcome === 'running') return;
    this.#isRough = false;
    this.#layout.goOn();
  }

  #stateNow(): RunState {
    const { ticks } = this.#watch;
    const manifest = this.#follower.manifestNow();
    return { ticks, outcome: manifest.outcome, control: this.#order.control.state() };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const needsToken = url.pathname.startsWith('/api/');
    const asked = { method: request.method ?? '', headers: request.headers, needsToken };
    if (!isLetIn(asked, this.port, this.token)) {
      send(response, 403, { error: 'refused' });
      return;
    }
    if (!needsToken) this.#sendFile(url.pathname, response);
    else if (request.method === 'POST') await this.#control(url.pathname, request, response);
    else await this.#tellAbout(url, request, response);
  }

  #sendFile(path: string, response: ServerResponse): void {
    const file = this.#files.get(path === '/' ? 'index.html' : path.slice(1));
    if (file === undefined) {
      send(response, 404, { error: 'no such page' });
      return;
    }
    response.writeHead(200, { ...securityHeaders, 'content-type': file.type });
    response.end(file.bytes);
  }

  async #control(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const acts: readonly ControlAct[] = ['pause', 'go', 'step'];
    const body = await bodyOf(request);
    const act = acts.find((one) => body === JSON.stringify({ do: one }));
    if (path !== '/api/control' || act === undefined) {
      send(response, 404, { error: 'no such act' });
      return;
    }
    this.#order.control.ask(act);
    send(response, 202, {});
  }

  async #tellAbout(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const last = this.#watch.ticks - 1;
    const wantedTick = Number(url.searchParams.get('at') ?? last);
    const tick = Number.isInteger(wantedTick) ? Math.min(last, Math.max(0, wantedTick)) : last;
    const { population } = this.#follower.records;
    if (url.pathname === '/api/live') this.#listen(request, response);
    else if (url.pathname === '/api/run') send(response, 200, { facts: this.#facts(), state: this.#state });
    else if (url.pathname === '/api/graph') send(response, 200, this.#graph());
    else if (url.pathname === '/api/series') send(response, 200, { series: this.#watch.series });
    else if (url.pathname === '/api/find') send(response, 200, this.#find(url.searchParams.get('q') ?? ''));
    else if (last < 0) send(response, 404, { error: 'no tick is recorded yet' });
    else if (url.pathname === '/api/tick') send(response, 200, this.#watch.at(tick));
    else if (url.pathname === '/api/cascade') this.#cascade(Number(url.searchParams.get('root')), tick, response);
    else if (url.pathname === '/api/agent') {
      const ordinal = findAgent(population, url.searchParams.get('id') ?? '');
      if (ordinal === undefined) send(response, 404, { error: 'no agent is called so' });
      else
        send(
          response,
          200,
          await tellStory(this.#follower, ordinal, tick, { shown: this.#shown, groups: this.#groups }),
        );
    } else send(response, 404, { error: 'no such thing' });
  }

  #cascade(root: number, tick: number, response: ServerResponse): void {
    const { posts, records } = this.#follower;
    if (!Number.isInteger(root) || root < 1 || root > posts.count || posts.root[root] !== root) {
      send(response, 404, { error: 'no cascade begins there' });
      return;
    }
    const author = externalId(records.population.ids, posts.author[root]);
    const row = { root, author, tick: posts.tick[root], size: 0, gained: 0 };
    send(response, 200, tellCascade(this.#follower, row, tick, this.#shown));
  }

  #facts(): RunFacts {
    const { manifest, directory } = this.#follower.records;
    const plan = manifest.plan as { readonly ticks?: number; readonly startHour?: number } | undefined;
    const { agents, note, source, tiesAmong } = this.#shown;
    const { kind, names, sizes } = this.#groups;
    const rough = this.#isRough ? ' They are laid out roughly until the run has ended.' : '';
    return {
      ...{ name: basename(resolve(directory)), scenario: manifest.scenario, seed: manifest.seed },
      kind: dataSetOf(manifest) === undefined ? 'run' : 'dataset',
      ...{ agents: manifest.agents, ties: manifest.ties, tickSeconds: manifest.tickSeconds },
      ...{ ticksPlanned: plan?.ticks ?? null, startHour: plan?.startHour ?? 0 },
      exposureSampleShare: manifest.exposureSampleShare,
      ...{ groupKind: kind, groups: names, groupSizes: sizes },
      ...{ nodes: agents.length, sampleNote: `${note}${rough}`, edgesDrawn: source.length, edgesAmong: tiesAmong },
      metrics: metricNames,
    };
  }

  #graph(): GraphMessage {
    const { agents, followers } = this.#shown;
    const { ids } = this.#follower.records.population;
    const { ties } = this.#watch;
    const places = this.#layout.latest();
    return {
      id: Array.from(agents, (agent) => externalId(ids, agent)),
      followers: Array.from(agents, (agent) => followers[agent]),
      group: Array.from(agents, (agent) => this.#groups.of[agent]),
      ...placesOf(places, agents.length),
      ...tieColumns(ties),
    };
  }

  #find(text: string): FindMessage {
    const { population } = this.#follower.records;
    const found: FindMessage['agents'][number][] = [];
    const add = (ordinal: number): void => {
      const id = externalId(population.ids, ordinal);
      if (found.every((one) => one.id !== id)) {
        found.push({ id, node: this.#shown.nodeOf[ordinal], followers: this.#shown.followers[ordinal] });
      }
    };
    const exact = findAgent(population, text);
    if (exact !== undefined) add(exact);
    // The shown first: of a million agents only these are looked through by their beginnings.
    for (const ordinal of this.#shown.agents) {
      if (found.length >= findMax) break;
      if (text !== '' && externalId(population.ids, ordinal).startsWith(text)) add(ordinal);
    }
    return { agents: found };
  }

  #listen(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(': open\n\n');
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const known = (name: string): number => Math.max(0, Math.trunc(Number(searchParams.get(name) ?? 0)) || 0);
    // What the page has already: ticks of the series, and ties of the graph.
    this.#listeners.set(response, { tick: known('from'), tie: known('ties') });
    response.on('close', () => this.#listeners.delete(response));
    const places = this.#layout.latest();
    if (places !== undefined) response.write(eventOf('layout', layoutOf(places)));
    this.#tellOne(response);
    response.write(eventOf('state', this.#state));
  }

  #tell(): void {
    for (const response of this.#listeners.keys()) this.#tellOne(response);
    const state = JSON.stringify(this.#state);
    if (state === this.#toldState) return;
    this.#toldState = state;
    for (const response of this.#listeners.keys()) response.write(eventOf('state', this.#state));
  }

  #tellOne(response: ServerResponse): void {
    const place = this.#listeners.get(response);
    const { ticks, series, ties } = this.#watch;
    if (place === undefined || ticks === 0 || place.tick >= ticks) return;
    if (response.writableLength > unreadBytesMax) {
      response.destroy();
      return;
    }
    const message: LiveMessage = {
      ...this.#watch.at(ticks - 1),
      firstTick: place.tick,
      series: series.map((values) => values.slice(place.tick)),
      state: { ...this.#state, ticks },
      ties: tieColumns(ties.slice(place.tie)),
    };
    [place.tick, place.tie] = [ticks, ties.length];
    response.write(eventOf('tick', message));
  }

  #tellLayout(report: LayoutReport): void {
    const text = eventOf('layout', layoutOf(report));
    for (const response of this.#listeners.keys()) response.write(text);
  }
}

function tieColumns(
  ties: readonly { source: number; target: number; from: number; until: number }[],
): LiveMessage['ties'] {
  return {
    source: ties.map(({ source }) => source),
    target: ties.map(({ target }) => target),
    from: ties.map(({ from }) => from),
    until: ties.map(({ until }) => until),
  };
}

function placesOf(report: LayoutReport | undefined, count: number): { x: number[]; y: number[] } {
  const rounded = (column: Float32Array): number[] => Array.from(column, (value) => Math.round(value * 10) / 10);
  if (report !== undefined) return { x: rounded(report.x), y: rounded(report.y) };
  return {
    x: Array.from({ length: count }, (_, node) => node % 100),
    y: Array.from({ length: count }, (_, node) => node / 100),
  };
}

function layoutOf(report: LayoutReport): LayoutMessage {
  return { ...placesOf(report, 0), doneShare: report.doneShare };
}

/** JSON holds no line end that is not escaped, so one line is one message. */
function eventOf(name: string, value: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > bodyBytesMax) return '';
  }
  return body;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function portTaken(port: number): InputError {
  return new InputError({
    code: 'INPUT_USAGE',
    place: { file: '--port' },
    found: `port ${port} is taken by another program`,
    next: 'Name another one, or leave --port out.',
  });
}
