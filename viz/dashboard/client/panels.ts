/**
 * The panels beside the picture: figures, cascades, groups, an agent's story. Each is made anew from what the server said.
 */
import { byId, counted, element, linkTo, sparkLine } from './dom.ts';
import type { CascadeMessage, RunFacts, StoryMessage, TickMessage } from '../messages.ts';

/** Figures of a tick beside their course. */
export function showMetrics(facts: RunFacts, series: readonly (readonly number[])[], tick: number): void {
  const rows = facts.metrics.map((name, metric) => {
    const values = series[metric] ?? [];
    const most = values.reduce((largest, value) => Math.max(largest, value), 0);
    const label = `${name}: ${counted(values[tick] ?? 0)} in tick ${tick}, at most ${counted(most)}`;
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      element('td', { class: 'number' }, counted(values[tick] ?? 0)),
      element('td', {}, sparkLine(values, tick, 170, 22, label)),
    );
  });
  bodyOf('metrics').replaceChildren(...rows);
}

/** The largest cascades of a tick; the focus stays on the one that has it. */
export function showCascades({ cascades }: TickMessage, open: (root: number) => void): void {
  const focused = document.activeElement?.getAttribute('data-root');
  const rows = cascades.map(({ root, author, tick, size, gained }) => {
    const link = linkTo(author, `cascade begun by ${author} in tick ${tick}, size ${size}`, () => open(root));
    link.dataset['root'] = String(root);
    return element(
      'tr',
      {},
      element('td', {}, link),
      element('td', { class: 'number' }, counted(tick)),
      element('td', { class: 'number' }, counted(size)),
      element('td', { class: 'number' }, gained === 0 ? '' : `+${counted(gained)}`),
    );
  });
  const none = element('tr', {}, element('td', { colspan: 4, class: 'note' }, 'Nothing was shared or answered yet.'));
  bodyOf('cascades').replaceChildren(...(rows.length === 0 ? [none] : rows));
  if (focused !== null && focused !== undefined) {
    document.querySelector<HTMLElement>(`#cascades [data-root="${Number(focused)}"]`)?.focus();
  }
}

/** One cascade in full. */
export function showCascade(cascade: CascadeMessage, choose: (id: string) => void, close: () => void): void {
  const { author, tick, size, depth, breadth, growth, text, members, nodes } = cascade;
  const label = `growth: ${counted(size)} members ${growth.length - 1} ticks after its start`;
  const list = members.map(({ agent, tick: when, verb, of }) =>
    element(
      'li',
      {},
      `${when}: `,
      linkTo(agent, `agent ${agent}`, () => choose(agent)),
      ` (${verb} of ${of})`,
    ),
  );
  const panel = byId('cascade');
  panel.hidden = false;
  if (size === 0) {
    const words = `The cascade that ${author} begins in tick ${tick} had not begun.`;
    panel.replaceChildren(
      element('p', { class: 'note' }, words),
      element('button', { type: 'button', click: close }, 'Close'),
    );
    return;
  }
  panel.replaceChildren(
    element('h3', {}, `Begun by ${author} in tick ${tick}`),
    element('p', { class: 'said' }, text === '' ? '(no text is recorded)' : text),
    element(
      'p',
      {},
      `${counted(size)} posts · ${depth} deep · ${counted(breadth)} wide · ${counted(nodes.length)} agents marked in the picture`,
    ),
    sparkLine(growth, growth.length - 1, 380, 60, label),
    element('p', { class: 'note' }, `Members, tick by tick from ${tick} on.`),
    element('ol', { class: 'story', tabindex: 0, 'aria-label': 'members' }, ...list),
    element('button', { type: 'button', click: close }, 'Close'),
  );
}

/** What an agent is, did and was shown. */
export function showStory(story: StoryMessage, choose: (id: string) => void): void {
  const { id, tick, facts, acts, feed, feedNote, granted, refused, node } = story;
  byId('agent-title').textContent = `Agent ${id}`;
  const terms = facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  const rulings = acts.map(({ tick: when, verb, target, outcome, reason, valid, rule, text }) =>
    element(
      'li',
      {},
      element('span', { class: 'when' }, `tick ${when} `),
      `${verb} ${target} `,
      element('span', { class: `outcome ${outcome}` }, outcome),
      outcome === 'granted' ? '' : ` ${reason}${valid === '' ? '' : `: ${valid}`}`,
      rule === 'none' ? '' : element('span', { class: 'when' }, ` by ${rule}`),
      ...(text === '' ? [] : [element('p', { class: 'said' }, text)]),
    ),
  );
  const items = feed.map(({ tick: when, position, author, source, text }) =>
    element(
      'li',
      {},
      element('span', { class: 'when' }, `tick ${when}, place ${position}, ${source} · `),
      linkTo(author, `agent ${author}`, () => choose(author)),
      element('p', { class: 'said' }, text === '' ? '(no text is recorded)' : text),
    ),
  );
  byId('agent').replaceChildren(
    element('p', { class: 'note' }, node < 0 ? 'Not among the agents that are drawn.' : 'Ringed in the picture.'),
    element('dl', {}, ...terms),
    element('h3', {}, `What it did up to tick ${tick}: ${counted(granted)} granted, ${counted(refused)} refused`),
    element(
      'ol',
      { class: 'story', id: 'acts' },
      ...(rulings.length === 0 ? [element('li', {}, 'Nothing yet.')] : rulings),
    ),
    element('h3', {}, 'What it was shown'),
    ...(feedNote === '' ? [] : [element('p', { class: 'note' }, feedNote)]),
    element('ol', { class: 'story', id: 'feed' }, ...items),
  );
}

/** Groups of everybody: sizes, acts, and who acts on whose posts. */
export function showGroups(facts: RunFacts, { groupActs, groupFlows, tick }: TickMessage): void {
  const { groups, groupSizes, groupKind } = facts;
  byId('groups-note').textContent =
    `All ${counted(facts.agents)} agents by ${groupKind}: acts in tick ${tick}, and replies, reposts and quotes so far, from the row’s group on posts of the column’s.`;
  const most = groupFlows.reduce((largest, value) => Math.max(largest, value), 1);
  const head = ['group', 'agents', 'acts', ...groups.map((name) => `→ ${name}`)];
  byId('groups')
    .querySelector('thead')
    ?.replaceChildren(
      element(
        'tr',
        {},
        ...head.map((name, column) => element('th', { scope: 'col', class: column === 0 ? '' : 'number' }, name)),
      ),
    );
  const rows = groups.map((name, row) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      element('td', { class: 'number' }, counted(groupSizes[row])),
      element('td', { class: 'number' }, counted(groupActs[row])),
      ...groups.map((_, column) => {
        const value = groupFlows[row * groups.length + column];
        const cell = element('td', { class: 'number' }, counted(value));
        cell.style.backgroundColor = `rgb(11 92 143 / ${((value / most) * 0.35).toFixed(2)})`;
        return cell;
      }),
    ),
  );
  bodyOf('groups').replaceChildren(...rows);
}

function bodyOf(table: string): Element {
  return byId(table).querySelector('tbody') ?? byId(table);
}
