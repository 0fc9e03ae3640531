/** Lists of acts: shapes and kinds, targets that are not agents, what is refused and on which line, and the log that comes of it. */
import { describe, expect, test } from 'vitest';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { readActList } from '../../../sim/import/act-list.ts';
import { gatherActs, unknownOwner } from '../../../sim/import/acts.ts';
import { orderActs } from '../../../sim/import/act-order.ts';
import { filesFolder, problemsOf } from './folder.ts';
import type { ListOptions } from '../../../sim/import/list-shape.ts';

const write = filesFolder();

function read(name: string, content: string, options: ListOptions = {}) {
  const path = write(name, content);
  const rows = readActList(path, options);
  return { rows, gathered: gatherActs(path, rows) };
}

describe('lists of acts', () => {
  const shapes: [string, string, ListOptions?][] = [
    ['commas.csv', 'agent,target,time\n007,7,1700000000\nb,7,1700000060\n'],
    ['others.csv', 'post_id;user_id;created_at\n7;007;2023-11-14T22:13:20Z\n7;b;2023-11-14T22:14:20Z\n'],
    ['tabs.tsv.gz', 'user\titem\ttimestamp\n007\t7\t1700000000000\nb\t7\t1700000060000\n'],
    ['bare.csv', '007,x,7,1700000000\nb,x,7,1700000060\n', { columns: ['agent', '-', 'target', 'time'] }],
  ];
  test.each(shapes)('%s: two agents act on one target, and ids stay as they are written', (name, content, options) => {
    const { rows, gathered } = read(name, content, options);
    expect([rows.agents, rows.targets]).toEqual([['007', 'b'], ['7']]);
    expect([...rows.timeMs]).toEqual([1_700_000_000_000, 1_700_000_060_000]);
    expect(gathered.ids).toEqual(['007', 'b', unknownOwner]);
    expect([...gathered.acts.verb]).toEqual([verbs.post, verbs.like, verbs.like]);
  });

  test('an agent and a target of one name are two things, and an act that stands twice is kept', () => {
    const { gathered } = read('same.csv', 'agent,target,time\n1,1,10\n1,1,20\n');
    expect(gathered.dropped).toEqual([]);
    expect(gathered.acts).toMatchObject({ count: 3, actor: Int32Array.of(1, 0, 0), target: Int32Array.of(-1, 0, 0) });
  });

  test('kinds, words, owners and communities: words make a reply, an unknown kind is noted with its line', () => {
    const head = 'agent,target,time,kind,text,owner,community\n';
    const { gathered } = read('full.csv', `${head}a,p,30,share,,c,x\nb,p,20,nod,,,x\na,q,40,like,so it is,b,y\n`);
    expect(gathered.ids).toEqual(['a', 'c', 'b']);
    expect([...gathered.acts.verb].slice(2)).toEqual([verbs.repost, verbs.like, verbs.reply]);
    expect([...gathered.acts.actor].slice(0, 2)).toEqual([1, 2]);
    expect([...gathered.acts.timeMs].slice(0, 2)).toEqual([20_000, 40_000]);
    expect(gathered.noted).toEqual([
      {
        reason: expect.stringContaining('kind that is not known') as string,
        count: 1,
        first: { file: expect.any(String) as string, line: 3, found: '"nod"' },
      },
    ]);
    const [posts, communities] = gathered.tables;
    expect(posts.columns).toMatchObject({
      id: ['p', 'q', 'row 2', 'row 3', 'row 4'],
      community: Int32Array.of(0, 1, 0, 0, 1),
    });
    expect(communities.columns).toEqual({ name: ['x', 'y'] });
  });

  test('in the log a target stands before the first act on it', () => {
    const { gathered } = read('late.csv', 'agent,target,time\na,p,50\nb,p,20\nc,q,20\n');
    const { rows, movedCount } = orderActs(gathered.acts);
    expect(movedCount).toBe(0);
    const place = (act: number): number => rows.indexOf(act);
    for (let act = 2; act < 5; act++) expect(place(gathered.acts.target[act])).toBeLessThan(place(act));
  });

  const refused: [string, string, string, ListOptions?][] = [
    ['no-time.csv', 'agent,target\na,p\n', 'INPUT_HEADER'],
    ['headless.csv', '1,2,3\n', 'INPUT_HEADER'],
    ['bad-time.csv', 'agent,target,time\na,p,soon\n', 'INPUT_TYPE'],
    ['roles.csv', 'a,p,3\n', 'INPUT_USAGE', { columns: ['agent', 'time', '-'] }],
    ['nothing.csv', '', 'INPUT_EMPTY'],
  ];
  test.each(refused)('%s is refused', (name, content, code, options) => {
    const [problem] = problemsOf(() => read(name, content, options));
    expect(problem.code).toBe(code);
  });
});
