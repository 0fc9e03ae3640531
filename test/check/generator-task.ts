/**
 * One measurement for line 5.4: draws a graph of some 20 million ties and prints how many it has and the CPU time of this whole process.
 *
 * Run: node test/check/generator-task.ts NAME AGENTS
 */
import { barabasiAlbertGraph } from '../../sim/social-graph/generators/barabasi-albert.ts';
import { configurationGraph } from '../../sim/social-graph/generators/configuration.ts';
import { degreeCorrectedGraph, fitDegreeCorrected } from '../../sim/social-graph/generators/degree-corrected.ts';
import { erdosRenyiGraph } from '../../sim/social-graph/generators/erdos-renyi.ts';
import { forestFireGraph } from '../../sim/social-graph/generators/forest-fire.ts';
import { starAndTopicGraph, starTopics } from '../../sim/social-graph/generators/star-and-topic.ts';
import { homophilyDensity, stochasticBlockGraph } from '../../sim/social-graph/generators/stochastic-block.ts';
import { wattsStrogatzGraph } from '../../sim/social-graph/generators/watts-strogatz.ts';
import type { FollowRows } from '../../sim/social-graph/prominent.ts';

const powerLaws = { followsMean: 20, outExponent: 2.5, outMost: 1000, inExponent: 2.1, inMost: 100_000 };

/** Generators by name, with parameters for some twenty ties an agent. */
const makers: Readonly<Record<string, (seed: number, count: number) => FollowRows>> = {
  'barabasi-albert': (seed, count) =>
    barabasiAlbertGraph(seed, count, { followsPerNewcomer: 20, reciprocatedShare: 0 }),
  'erdos-renyi': (seed, count) => erdosRenyiGraph(seed, count, { followsMean: 20 }),
  'watts-strogatz': (seed, count) =>
    wattsStrogatzGraph(seed, count, { neighbourCount: 20, rewiredShare: 0.1, reciprocatedShare: 1 }),
  configuration: (seed, count) => configurationGraph(seed, count, powerLaws),
  'stochastic-block': (seed, count) => {
    const blockOf = Uint8Array.from({ length: count }, (_, agent) => (agent * 7) % 16);
    const density = homophilyDensity(blockOf, 16, { followsMean: 20, homophilyShare: 0.5 });
    return stochasticBlockGraph(seed, blockOf, { density });
  },
  'star-topic': (seed, count) =>
    starAndTopicGraph(seed, starTopics(seed, { count, coreCount: 400, topicCount: 8 }), { followShare: 0.2 }),
  'degree-corrected': (seed, count) => {
    const observed = configurationGraph(3, 20_000, { ...powerLaws, inExponent: 2.3, inMost: 5000 });
    const blockOf = Int32Array.from({ length: 20_000 }, (_, agent) => agent % 7);
    return degreeCorrectedGraph(seed, count, fitDegreeCorrected(observed, blockOf), { exchangeTriesMost: 200 });
  },
  'forest-fire': (seed, count) =>
    forestFireGraph(seed, count, { forwardShare: 0.37, backwardRatio: 0.32, ambassadorCount: 6, followsMost: 1000 }),
};

const [name, agents] = process.argv.slice(2);
const ties = makers[name](1, Number(agents)).followee.length;
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ ties, cpuMs: (user + system) / 1000 }) + '\n');
