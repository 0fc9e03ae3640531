/** Tests of the dashboard's server without a browser: who is let in, what is told, and that it is what the log holds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { makesPost, verbs } from '../../sim/exchange/verbs.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { noControl } from '../../viz/dashboard/run-control.ts';
import { serveDashboard } from '../../viz/dashboard/server.ts';
import { chooseShown } from '../../viz/dashboard/shown.ts';
import { smallRun } from '../sim/record/small-run.ts';
import type { Records } from '../../sim/record/reader.ts';
import type {
  CascadeMessage,
  GraphMessage,
  RunFacts,
  RunState,
  StoryMessage,
  TickMessage,
} from '../../viz/dashboard/messages.ts';
import type { Dashboard } from '../../viz/dashboard/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-dashboard-'));
const agentCount = 200;
const tickCount = 30;
let records: Records;
let dashboard: Dashboard;
const asked: string[] = [];

beforeAll(async () => {
  await smallRun(join(folder, 'run'), { agents: agentCount, ticks: tickCount, seed: 6 });
  records = openRecords(join(folder, 'run'));
  const control = { ...noControl, state: () => 'running' as const, ask: (act: string) => void asked.push(act) };
  dashboard = await serveDashboard({ directory: join(folder, 'run'), port: 0, control });
  while ((await get<{ state: RunState }>('run')).state.ticks < tickCount) continue;
});
afterAll(async () => {
  await dashboard.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** By node:http, which sends whatever host and origin it is told to. */
function send(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: dashboard.port, path, method, headers, setHost: false, agent: false };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const own = (): Record<string, string> => ({
  host: `127.0.0.1:${dashboard.port}`,
  authorization: `Bearer ${dashboard.token}`,
});

async function get<Value>(path: string): Promise<Value> {
  const { status, body } = await send(`/api/${path}`, own());
  expect([path, status]).toEqual([path, 200]);
  return JSON.parse(body) as Value;
}

describe('who is let in', () => {
  const hostile: [string, (port: number) => Record<string, string>][] = [
    ['the host of another site', () => ({ host: 'evil.example' })],
    ['that host with this port', (port) => ({ host: `evil.example:${port}` })],
    ['a name that resolves to the loopback address', (port) => ({ host: `127.0.0.1.nip.io:${port}` })],
    ['no host', () => ({ host: '' })],
    ['this address without a port', () => ({ host: '127.0.0.1' })],
    ['this address with another port', (port) => ({ host: `127.0.0.1:${port === 1 ? 2 : port - 1}` })],
    ['the address of every interface', (port) => ({ host: `0.0.0.0:${port}` })],
    ['another site as origin', () => ({ origin: 'https://evil.example' })],
    ['the origin null', () => ({ origin: 'null' })],
    ['this origin over TLS', (port) => ({ origin: `https://127.0.0.1:${port}` })],
    ['another port as origin', (port) => ({ origin: `http://127.0.0.1:${port === 1 ? 2 : port - 1}` })],
    ['a request that another site caused', () => ({ 'sec-fetch-site': 'cross-site' })],
  ];

  it.each(hostile)(
    'serveDashboard: %s is refused, for the page, data, the live connection and control',
    async (_, headers) => {
      const given = { ...own(), ...headers(dashboard.port) };
      for (const path of ['/', '/api/run', '/api/live']) {
        expect([path, (await send(path, given)).status]).toEqual([path, 403]);
      }
      const write = { ...given, 'x-mesocosm': '1', 'content-type': 'application/json' };
      expect((await send('/api/control', write, 'POST', '{"do":"pause"}')).status).toBe(403);
      expect(asked).toEqual([]);
    },
  );

  it('serveDashboard: data needs the whole token, in the header alone; the page needs none and tells nothing', async () => {
    const { host, authorization } = own();
    const wrong = [
      {},
      { authorization: 'Bearer ' },
      { authorization: authorization.slice(0, -1) },
      { cookie: authorization },
    ];
    for (const headers of wrong) {
      expect((await send(`/api/run?token=${dashboard.token}`, { host, ...(headers as object) })).status).toBe(403);
    }
    const page = await send('/', { host });
    expect(page.status).toBe(200);
    expect(page.body).not.toContain(dashboard.token);
    expect(page.body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=|https?:/);
  });

  it('serveDashboard: a write needs POST, its own header and JSON; a step is asked of the run', async () => {
    const write = { ...own(), 'x-mesocosm': '1', 'content-type': 'application/json' };
    const statusOf = async (headers: Record<string, string>, method: string, body: string): Promise<number> =>
      (await send('/api/control', headers, method, body)).status;
    expect(await statusOf(own(), 'POST', '{"do":"pause"}')).toBe(403);
    expect(await statusOf({ ...write, 'content-type': 'text/plain' }, 'POST', '{"do":"pause"}')).toBe(403);
    expect(await statusOf(write, 'PUT', '{"do":"pause"}')).toBe(403);
    expect(await statusOf(write, 'POST', '{"do":"erase"}')).toBe(404);
    expect(await statusOf(write, 'POST', '{')).toBe(404);
    expect(asked).toEqual([]);
    expect(await statusOf(write, 'POST', '{"do":"step"}')).toBe(202);
    expect(asked).toEqual(['step']);
  });

  it('serveDashboard: every answer forbids what is not its own, and no path leads out', async () => {
    const paths = [
      '/',
      '/api/run',
      '/nothing',
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fpackage.json',
      '//etc/passwd',
    ];
    for (const path of [...paths, '/assets/../../../../package.json', '/api/agent?id=../../etc/passwd']) {
      const { status, headers, body } = await send(path, own());
      expect([path, status === 200]).toEqual([path, path === '/' || path === '/api/run']);
      expect(String(headers['content-security-policy'])).toMatch(
        /default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      expect(String(headers['content-security-policy'])).not.toMatch(/unsafe|\*/);
      expect(body).not.toMatch(/root:|"devDependencies"/);
    }
  });
});

describe('what is told', () => {
  it('serveDashboard: figures of each tick are those that counting over the log gives', async () => {
    const { facts } = await get<{ facts: RunFacts }>('run');
    const { series } = await get<{ series: number[][] }>('series');
    for (const { tick, totals, intentCount, verb, outcome } of records.ticks()) {
      const done = (...wanted: number[]): number =>
        Array.from({ length: intentCount }, (_, i) => i).filter(
          (i) => outcome[i] === outcomes.granted && wanted.includes(verb[i]),
        ).length;
      const { awake, granted, refused, exposures } = totals;
      const kinds = [
        done(verbs.post),
        done(verbs.reply),
        done(verbs.repost, verbs.quote),
        done(verbs.like),
        done(verbs.follow),
      ];
      expect(series.map((values) => values[tick])).toEqual([awake, granted, refused, ...kinds, exposures]);
    }
    expect([series.length, facts.agents, facts.nodes]).toEqual([facts.metrics.length, agentCount, agentCount]);
    expect(facts.groupSizes.reduce((sum, size) => sum + size)).toBe(agentCount);
  });

  it('serveDashboard: cascades of a tick of before are those of the posts up to it', async () => {
    for (const at of [5, 17, tickCount - 1]) {
      const rootOf = [0];
      const sizes = new Map<number, number>();
      for (const { tick, intentCount, verb, outcome, result, target } of records.ticks()) {
        for (let i = 0; i < intentCount && tick <= at; i++) {
          if (outcome[i] !== outcomes.granted || !makesPost(verb[i])) continue;
          rootOf[result[i]] = verb[i] === verbs.post ? result[i] : rootOf[target[i]];
          sizes.set(rootOf[result[i]], (sizes.get(rootOf[result[i]]) ?? 0) + 1);
        }
      }
      const wanted = [...sizes].filter(([, size]) => size > 1).sort(([a, m], [b, n]) => n - m || a - b);
      const { cascades } = await get<TickMessage>(`tick?at=${at}`);
      expect(cascades.map(({ root, size }) => [root, size])).toEqual(wanted.slice(0, 12));
      const cascade = await get<CascadeMessage>(`cascade?root=${cascades[0].root}&at=${at}`);
      expect([cascade.size, cascade.growth.at(-1), cascade.growth.length]).toEqual([
        cascades[0].size,
        cascades[0].size,
        at - cascades[0].tick + 1,
      ]);
    }
  });

  it('serveDashboard: an agent’s story holds its acts, its rulings and its feed, newest first', async () => {
    const { ids } = records.population;
    const all = [...records.ticks()];
    const ordinal = all.flatMap(({ actor, outcome }) =>
      Array.from(actor).filter((_, i) => outcome[i] === outcomes.refused),
    )[0];
    const story = await get<StoryMessage>(
      `agent?id=${encodeURIComponent(externalId(ids, ordinal))}&at=${tickCount - 1}`,
    );
    const rows = all.flatMap((record) => Array.from(record.actor.keys()).filter((i) => record.actor[i] === ordinal));
    expect(story.granted + story.refused).toBe(rows.length);
    const refusal = story.acts.find(({ outcome }) => outcome === 'refused');
    expect(refusal).toMatchObject({ reason: /^[A-Z_]+$/.exec(refusal?.reason ?? '')?.[0] });
    expect(refusal?.valid).not.toBe('');
    const seen = all.reverse().flatMap(({ tick, seen: { agent, post } }) =>
      Array.from(agent.keys())
        .filter((k) => agent[k] === ordinal)
        .map((k) => [tick, post[k]]),
    );
    expect(story.feed.length).toBeGreaterThan(0);
    expect(story.feed.map(({ tick, post }) => [tick, post])).toEqual(seen.slice(0, story.feed.length));
    expect(story.feed.every(({ text }) => text.length > 10)).toBe(true);
  });

  it('serveDashboard: a live connection tells all ticks, then what the graph has not', async () => {
    const graph = await get<GraphMessage>('graph');
    const text = await new Promise<string>((resolve, reject) => {
      const path = `/api/live?from=10&ties=${graph.source.length}`;
      const sent = request(
        { host: '127.0.0.1', port: dashboard.port, path, headers: own(), setHost: false },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            body += chunk;
            if (body.includes('event: state') && body.includes('event: tick')) {
              sent.destroy();
              resolve(body);
            }
          });
        },
      );
      sent.on('error', reject);
      sent.end();
    });
    const data = /^event: tick\ndata: (.*)$/m.exec(text)?.[1] ?? '{}';
    const { firstTick, series, tick, ties } = JSON.parse(data) as Record<'firstTick' | 'tick', number> & {
      series: number[][];
      ties: { source: number[] };
    };
    expect([firstTick, tick, series[0].length, ties.source.length]).toEqual([10, tickCount - 1, tickCount - 10, 0]);
  });
});

describe('chooseShown', () => {
  it('chooseShown: of more agents than can be drawn the most followed are there, and the note says how many of how many', () => {
    const shown = chooseShown(records.population, 40);
    expect(shown.agents).toHaveLength(40);
    expect(new Set(shown.agents).size).toBe(40);
    expect(shown.note).toContain('40 of 200 agents');
    const ranked = Array.from(shown.followers).sort((a, b) => b - a);
    const best = Array.from(shown.followers.keys()).filter((agent) => shown.followers[agent] > ranked[3]);
    expect(best.every((agent) => shown.nodeOf[agent] >= 0)).toBe(true);
    expect(chooseShown(records.population).note).toBe('');
  });
});
