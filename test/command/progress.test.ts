/** Tests of `progress.ts`: what is shown of a run at a terminal and elsewhere; at last at a pseudo-terminal, as a user sees it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { progressView } from '../../scenarios/command/progress.ts';
import { temporaryFolder } from './start.ts';
import type { Progress } from '../../sim/exchange/ports.ts';

const folder = temporaryFolder();

/** What a view writes of ticks that take 200 ms each, and the lines that stand at last. */
function shownOf(ticks: number, isTTY: boolean, more: Partial<Progress> = {}, columns = 100): string[] {
  let [written, time] = ['', 0];
  const stream = { isTTY, columns, write: (text: string) => (written += text) };
  const view = progressView('a run', 400, stream, () => time);
  for (let tick = 1; tick <= ticks; tick++) {
    time += 200;
    view.onTick({ tick, ticks: 400, awake: 1000 + tick, intents: 50 * tick, posts: 7 * tick, ...more });
  }
  view.stop();
  return written.split('\n').slice(0, -1);
}

/** The last drawing of a block. */
function lastBlock(lines: readonly string[]): string[] {
  const from = lines.findLastIndex((line) => line.includes('\u001b[0J'));
  return lines.slice(Math.max(0, from)).map((line) => line.replace(/^\u001b\[\d+A\r\u001b\[0J/, ''));
}

describe('progressView', () => {
  it('progressView: a terminal shows ticks, rate, time left and three measures with their course', () => {
    const block = lastBlock(shownOf(100, true));
    expect(block).toHaveLength(4);
    expect(block[0]).toContain('100/400 ticks · 5.0 ticks/s · 60 s left · a run');
    expect(block[1]).toMatch(/^ {2}awake +█+ +1,100 agents$/);
    expect(block[2]).toMatch(/^ {2}acts +▄*▅*▆+▇+█+ +5,000 a tick$/);
    expect(block[3]).toContain('7.0 a tick, 700 in all');
  });

  it('progressView: what models cost stands with what it will be at the end, and audits with chance', () => {
    const spent = { calls: 1200, tokens: 340_000, cost: 0.5, currency: 'EUR' };
    const more = { spent, divergence: { audits: 9, bits: 0.1, chanceBits: 0.05 } };
    const block = lastBlock(shownOf(100, true, more));
    expect(block.slice(4)).toEqual([
      '  models 1,200 calls, 340,000 tokens, 0.5000 EUR (2.00 at the end)',
      '  9 audits diverge by 0.100 bits (chance 0.050)',
    ]);
    expect(shownOf(100, false, more).at(-1)).toContain('1,200 calls, 340,000 tokens, 0.5000 EUR (2.00 at the end)');
  });

  it('progressView: no line is wider than the terminal, and each drawing takes the place of the one before', () => {
    for (const columns of [30, 60, 100, 200]) {
      const lines = shownOf(30, true, {}, columns);
      const widest = Math.max(...lines.map((line) => Array.from(line.replace(/\u001b\[\d+[AJ]|\r/g, '')).length));
      expect(widest).toBeLessThan(columns);
      expect(lines.filter((line) => line.startsWith('\u001b[4A')).length).toBe(29);
    }
  });

  it('progressView: elsewhere there are plain lines, seconds apart, without a control sign', () => {
    const lines = shownOf(100, false);
    expect(lines.length).toBe(4);
    expect(lines.at(-1)).toBe(
      'a run: 100 of 400 ticks (25 %) · 5.0 ticks/s · 1,100 awake · 5,000 acts · 700 posts · 60 s left',
    );
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f]/);
  });

  it('progressView: a name that would drive the terminal is written out', () => {
    let written = '';
    const view = progressView('\u001b]52;c;eA==\u0007', 1, { isTTY: false, write: (text) => (written += text) });
    view.onTick({ tick: 1, ticks: 1, awake: 0, intents: 0, posts: 0 });
    view.stop();
    expect(written).toContain('\\u001b]52;c;eA==\\u0007: 1 of 1 ticks');
  });

  it('progressView: a run that goes on from tick 300 has the rate of its own ticks', () => {
    let [written, time] = ['', 0];
    const view = progressView('again', 400, { isTTY: false, write: (text) => (written += text) }, () => time);
    for (let tick = 300; tick <= 340; tick++) {
      time += 500;
      view.onTick({ tick, ticks: 400, awake: 1, intents: 1, posts: 1 });
    }
    view.stop();
    expect(written.trim().split('\n').at(-1)).toContain('340 of 400 ticks (85 %) · 2.0 ticks/s');
  });
});

const python = '/usr/bin/python3';
const isThere = existsSync(python);
const program = fileURLToPath(new URL('../../scenarios/main.ts', import.meta.url));
/** Runs a command at a pseudo-terminal of 100 columns and prints what came out of it. */
const atTerminal = `
import fcntl, os, pty, struct, sys, termios
pid, end = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 100, 0, 0))
while True:
    try:
        some = os.read(end, 65536)
    except OSError:
        break
    if not some:
        break
    sys.stdout.buffer.write(some)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

describe.skipIf(!isThere)('run at a terminal', () => {
  it(`run: at a pseudo-terminal the block is drawn over and the result stands below it${isThere ? '' : ' (skipped: no python)'}`, () => {
    const size = ['--agents', '2000', '--ticks', '300', '--seed', '7', '--index', 'none', '--checkpoint-ticks', '0'];
    const args = ['run', 'information-spreading', ...size, '--out', 'seen'];
    const { status, stdout } = spawnSync(python, ['-c', atTerminal, process.execPath, program, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain('\u001b[4A');
    const last = stdout.slice(stdout.lastIndexOf('\u001b[0J') + 4).split('\r\n');
    expect(last[0]).toMatch(/^█+ 300\/300 ticks · \S+ ticks\/s · done · information-spreading$/);
    expect(last.slice(1, 4).every((line) => /[▁▂▃▄▅▆▇█]/.test(line))).toBe(true);
    expect(last[4]).toBe('complete: information-spreading, seed 7, 2000 agents, 300 ticks');
  }, 30_000);
});
