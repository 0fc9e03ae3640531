"""
The kernel's task (`../kernel-task.ts`) as a Mesa model: agents are objects, each tick is AgentSet.do('step') and do('advance').

To have Mesa: `pip install mesa` (3.1 or later; numpy comes with it). Users of mesocosm need neither: this file is for
comparing speed, and `npm run bench -- --only peers` leaves it out and says so where Mesa cannot be imported.

    python3 feed_model.py GRAPH TICKS [keyed]

GRAPH holds int32 words, little-endian: agents N, ties E, N + 1 offsets, E targets. Draws come from the model's own generator, as a
user of Mesa would take them; times are measured so. With `keyed` they are the kernel's, slower in Python, so that the digest
must be the kernel's too: the check that this is the same model. Prints one line of JSON.
"""
import json
import math
import resource
import sys
import time
from operator import mul

import mesa
import numpy

SEED = 7
TENTH = 429496730 / 2**32
FEED_LENGTH = 10
RECENT_LENGTH = 4
TOPICS = 8
SCALE = 127
WARM_TICKS = 5
PURPOSES = {"wake": 1, "adopt": 2, "post": 6, "feed": 12}
WORD = 0xFFFFFFFF


class Post:
    __slots__ = ("id", "topic", "shares")

    def __init__(self, identity, topic):
        self.id = identity
        self.topic = topic
        self.shares = 0


class Reader(mesa.Agent):
    def __init__(self, model, number, interest):
        super().__init__(model)
        self.number = number
        self.interest = interest
        self.followees = []
        self.recent = []
        self.wanted = []

    def step(self):
        draw = self.model.draws_of(self)
        if draw() >= TENTH:
            return
        feed = self.read(draw())
        self.model.active += 1
        posts = draw() < TENTH
        for post in feed:
            match = sum(map(mul, self.interest, post.topic)) / (SCALE * SCALE)
            if draw() < 1 / (1 + math.exp(4.5 - 2 * match)):
                self.wanted.append(post)
        if posts:
            self.wanted.append(None)

    def read(self, start):
        """The newest of each followee in turn, then the second of each, and so on, from a drawn start."""
        first = int(start * len(self.followees))
        turn = self.followees[first:] + self.followees[:first]
        feed = []
        for age in range(RECENT_LENGTH):
            for other in turn:
                recent = other.recent
                if age < len(recent):
                    feed.append(recent[age])
                    if len(feed) == FEED_LENGTH:
                        return feed
        return feed

    def advance(self):
        if not self.wanted:
            return
        for post in self.wanted:
            if post is None:
                post = self.model.write(self)
            else:
                post.shares += 1
                self.model.reshares += 1
            self.recent = [post, *self.recent[: RECENT_LENGTH - 1]]
        self.wanted = []


class FeedModel(mesa.Model):
    def __init__(self, offsets, targets, keyed):
        super().__init__(seed=SEED)
        self.keyed = keyed
        self.tick = 0
        self.active = 0
        self.reshares = 0
        self.posts = []
        count = len(offsets) - 1
        interests = components(numpy.arange(count * TOPICS)).reshape(count, TOPICS).tolist()
        readers = [Reader(self, number, interest) for number, interest in enumerate(interests)]
        for reader in readers:
            reader.recent = [self.write(reader)]
        for number, reader in enumerate(readers):
            reader.followees = [readers[other] for other in targets[offsets[number] : offsets[number + 1]]]
        numbers = numpy.arange(count)
        self.key_lo = mix(numbers + 0x1234567).tolist()
        self.key_hi = mix(numbers ^ 0x6A09E667).tolist()

    def step(self):
        if self.keyed:
            self.seed_a, self.seed_b = tick_seeds(self.tick)
        self.agents.do("step")
        self.agents.do("advance")
        self.tick += 1

    def draws_of(self, reader):
        return keyed_draws(self, reader) if self.keyed else self.random.random

    def write(self, author):
        identity = len(self.posts) + 1
        if self.keyed:
            own = [component(~(identity * TOPICS + k)) for k in range(TOPICS)]
        else:
            own = [self.random.uniform(-SCALE, SCALE) for _ in range(TOPICS)]
        post = Post(identity, [math.floor((x + y) / 2 + 0.5) for x, y in zip(author.interest, own)])
        self.posts.append(post)
        return post


def mix(word):
    """The kernel's mixer, for one integer or an array of them."""
    word = word & WORD
    word = ((word ^ (word >> 16)) * 0x7FEB352D) & WORD
    word = ((word ^ (word >> 15)) * 0x846CA68B) & WORD
    return word ^ (word >> 16)


def components(counters):
    words = mix(mix(counters.astype(numpy.uint64)) + 0x9E3779B1)
    return numpy.floor((words * 2.0**-32 * 2 - 1) * SCALE + 0.5).astype(int)


def component(counter):
    return math.floor((mix(mix(counter) + 0x9E3779B1) * 2.0**-32 * 2 - 1) * SCALE + 0.5)


def tick_seeds(tick):
    a = mix(mix(mix(SEED ^ 0x2545F491)) + tick * 0x9E3779B1)
    b = mix(mix(mix(0x6A09E667) ^ (tick * 0xC2B2AE35 & WORD)) + SEED * 0x27D4EB2F)
    return a, b


def keyed_draws(model, reader):
    """The kernel's draws in the order in which `step` asks for them: wake, feed, post, then one an item."""
    a = mix(model.seed_a + model.key_lo[reader.number])
    b = mix(model.key_hi[reader.number] ^ model.seed_b)
    first = [(PURPOSES[name], 0) for name in ("wake", "feed", "post")]
    places = iter(first + [(PURPOSES["adopt"], k) for k in range(FEED_LENGTH)])

    def draw():
        purpose, index = next(places)
        return mix((a + ((purpose << 16) | index) * 0x85EBCA77) ^ b) / 2**32

    return draw


def checksum(model):
    total = 0
    for post, shares in enumerate([0] + [post.shares for post in model.posts]):
        total = (total + shares * mix(post)) & WORD
    for reader in sorted(model.agents, key=lambda one: one.number):
        recent = [post.id for post in reader.recent]
        for identity in recent + [0] * (RECENT_LENGTH - len(recent)):
            total = (total * 31 + identity) & WORD
    return format(total, "x")


def cpu_milliseconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def main():
    graph, ticks = sys.argv[1], int(sys.argv[2])
    words = numpy.fromfile(graph, dtype="<i4")
    count = int(words[0])
    offsets, targets = words[2 : 3 + count].tolist(), words[3 + count :].tolist()
    model = FeedModel(offsets, targets, sys.argv[3:] == ["keyed"])
    for tick in range(ticks):
        if tick == WARM_TICKS:
            cpu, wall = cpu_milliseconds(), time.perf_counter()
        model.step()
    measured = ticks - WARM_TICKS
    print(
        json.dumps(
            {
                "mesa": mesa.__version__,
                "python": sys.version.split()[0],
                "cpuMs": (cpu_milliseconds() - cpu) / measured,
                "wallMs": (time.perf_counter() - wall) * 1000 / measured,
                "digest": checksum(model),
                "active": model.active / ticks,
                "reshares": model.reshares,
                "posts": len(model.posts),
            }
        )
    )


main()
