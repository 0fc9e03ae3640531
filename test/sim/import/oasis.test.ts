/** Populations of OASIS: both shapes of the X file, the Reddit file, lists as Python writes them, and what is refused. */
import { describe, expect, test } from 'vitest';
import { gatherOasis } from '../../../sim/import/oasis.ts';
import { parsePythonList } from '../../../sim/import/python-list.ts';
import { filesFolder, problemsOf } from './folder.ts';

const write = filesFolder();

describe('parsePythonList', () => {
  // Values printed by ast.literal_eval of Python 3.11 and json.dumps.
  const read: [string, (string | number)[]][] = [
    ['[]', []],
    ['[32]', [32]],
    ['[1, 2 ,3,]', [1, 2, 3]],
    ['[ -1, +5 ]', [-1, 5]],
    [
      String.raw`['it\'s', "it's", 'a\nb', 'tab\t', '\\', '\u00e9\x41\U0001F600']`,
      ["it's", "it's", 'a\nb', 'tab\t', '\\', 'éA😀'],
    ],
    ["['a, b', '[c]']", ['a, b', '[c]']],
    [String.raw`['\q']`, ['\\q']],
    ['', []],
    ['nan', []],
  ];
  test.each(read)('%s', (text, list) => {
    expect(parsePythonList(text)).toEqual(list);
  });

  test.each(['1, 2', '[1 2]', '[a]', "['open]", '[[1]]', '[__import__("os")]', '[1, , 2]', '{1}'])(
    '%s is no list',
    (text) => {
      expect(parsePythonList(text)).toBeUndefined();
    },
  );
});

const short = `,user_id,name,username,following_agentid_list,previous_tweets,user_char,description
0,282859010,user_0,user0,[],"['First post', ""It's me""]",Cook.Ride.Explore.,Cook.Ride.Explore.
1,282859011,user_1,user1,"[0, 2]",[],"A <script>alert(1)</script> fan",=cmd
2,282859012,user_2,user2,[0],[],x,x
`;

const hours = (first: number): string => `"[${[first, ...new Array<number>(23).fill(1)].join(', ')}]"`;
const full = `user_id,name,username,description,created_at,followers_count,following_count,following_list,following_agentid_list,previous_tweets,tweets_id,activity_level_frequency,activity_level,user_char
10,a,a,d,2010-01-01,5,1,"['x']",[1],[],[],${hours(9)},"['busy']",c
11,b,b,d,2010-01-01,5,1,[],"[0, 0, 1, 7]",[],[],${hours(0)},"['busy']",c
`;

test('X, the short shape: agents are rows, follows their numbers, texts are kept as they are', () => {
  const { ids, ties, tables, hourActs } = gatherOasis(write('197_0.csv', short));
  expect(ids).toEqual(['0', '1', '2']);
  expect(Array.from(ties.from, (from, i) => [from, ties.to[i]])).toEqual([
    [1, 0],
    [1, 2],
    [2, 0],
  ]);
  expect(tables[0].columns['user_char']).toEqual(['Cook.Ride.Explore.', 'A <script>alert(1)</script> fan', 'x']);
  expect(tables[0].columns['description']).toEqual(['Cook.Ride.Explore.', '=cmd', 'x']);
  expect(hourActs).toBeUndefined();
});

test('X, the full shape: hours are read; follows of nobody, of oneself and twice are left out and counted', () => {
  const { ties, hourActs, dropped } = gatherOasis(write('False_Business_0.csv', full));
  expect(Array.from(ties.from, (from, i) => [from, ties.to[i]])).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect([hourActs?.[0], hourActs?.[24], hourActs?.[47]]).toEqual([9, 0, 1]);
  expect(dropped.map(({ reason, count, first }) => [reason, count, first.line])).toEqual([
    ['follow that stands twice', 1, 3],
    ['follow of oneself', 1, 3],
    ['follow of an agent that is not there', 1, 3],
  ]);
});

test('Reddit: profiles without ties', () => {
  const profiles = [
    {
      realname: 'J',
      username: 'millerhospitality',
      bio: 'b',
      persona: 'p',
      age: 40,
      gender: 'male',
      mbti: 'ESTJ',
      country: 'UK',
    },
    { realname: '', username: '=1+1', bio: '', persona: '\u202E', gender: null },
  ];
  const { ids, ties, tables } = gatherOasis(write('reddit.json', JSON.stringify(profiles)));
  expect(ids).toEqual(['0', '1']);
  expect(ties.from).toHaveLength(0);
  expect(tables[0].columns['username']).toEqual(['millerhospitality', '=1+1']);
  expect(Array.from(tables[0].columns['age'] as Int32Array)).toEqual([40, -1]);
});

describe('what is refused', () => {
  const cases: [string, string, string, number | undefined][] = [
    ['no-list.csv', short.replace('"[0, 2]"', 'nobody'), 'INPUT_TYPE', 3],
    ['no-username.csv', 'user_id,name\n1,a\n', 'INPUT_HEADER', 1],
    ['few-hours.csv', full.replace(hours(9), '"[1, 2]"'), 'INPUT_FIELD_RANGE', 2],
    ['no-tweets.csv', short.replace('[0],[]', '[0],[oops'), 'INPUT_TYPE', 4],
    ['no-json.json', '[{"username": "a"},\n{"username": }]', 'INPUT_SYNTAX', 2],
    ['no-profile.json', '[]', 'INPUT_EMPTY', undefined],
    ['age.json', '[{"username": "a", "age": "forty"}]', 'INPUT_TYPE', undefined],
    ['nameless.json', '[{"age": 3}]', 'INPUT_REQUIRED', undefined],
  ];
  test.each(cases)('%s', (name, content, code, line) => {
    const [first] = problemsOf(() => gatherOasis(write(name, content)));
    expect([first.code, first.place?.line]).toEqual([code, line]);
  });
});
