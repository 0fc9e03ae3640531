/**
 * The log's writer: frames are appended in groups of at most 64 ticks or 200 ms; a tick is acknowledged once its frame and then
 * `head` are on disk.
 *
 * Writing is asynchronous, so that the thread that hands frames in goes on; when too much waits, `push` asks its caller to wait.
 * Order on disk: events.log, then head (aside, sync, rename).
 */
import { open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf } from '../ground/digest.ts';
import { InputError } from '../ground/errors.ts';
import { diskError, fileNames } from './store.ts';
import type { FileHandle } from 'node:fs/promises';

/** What `head` says: how far the log is acknowledged. */
export interface Head {
  readonly ticks: number;
  readonly bytes: number;
  readonly digest: string;
}

const groupTicksMax = 64;
const groupMsMax = 200;
const waitingBytesMax = 256 * 1024 * 1024;

/** Memory of frames that were written, to be used again: two groups of them at most. */
class FramePool {
  readonly #free: ArrayBuffer[] = [];
  readonly #given = new Set<ArrayBufferLike>();

  /** Memory of a length, which holds whatever it held before. */
  take(length: number): Uint8Array {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= length);
    const buffer = at < 0 ? new ArrayBuffer(Math.max(4096, Math.ceil(length * 1.25))) : this.#free.splice(at, 1)[0];
    this.#given.add(buffer);
    return new Uint8Array(buffer, 0, length);
  }

  /** Takes frames back, of which some may be from elsewhere. */
  giveBack(frames: readonly Uint8Array[]): void {
    for (const { buffer } of frames) {
      if (this.#given.delete(buffer) && this.#free.length < 2 * groupTicksMax) this.#free.push(buffer as ArrayBuffer);
    }
  }
}

/** Appends frames to a run's log. */
export class LogWriter {
  readonly #pool = new FramePool();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #ticks = 0;
  #link: Uint8Array;
  #busy: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: InputError | undefined;
  readonly #directory: string;
  readonly #handle: FileHandle;
  /** Called after each acknowledgement with the number of ticks that are safe. */
  onAcknowledged: ((ticks: number) => void) | undefined;
  /** Ticks that are safe. */
  acknowledgedTicks = 0;

  private constructor(directory: string, handle: FileHandle, link: Uint8Array) {
    this.#directory = directory;
    this.#handle = handle;
    this.#link = link;
  }

  /** Opens a new log. `link` is the chain's link before the first tick. */
  static async create(directory: string, link: Uint8Array): Promise<LogWriter> {
    const file = join(directory, fileNames.events);
    try {
      const writer = new LogWriter(directory, await open(file, 'wx', 0o600), link);
      await writer.#writeHead();
      return writer;
    } catch (cause) {
      throw diskError('open', file, cause);
    }
  }

  /** Opens a log at its head, to go on. What stood behind the head must have been cut off. */
  static async append(directory: string, head: Head): Promise<LogWriter> {
    const file = join(directory, fileNames.events);
    try {
      const writer = new LogWriter(directory, await open(file, 'a', 0o600), Buffer.from(head.digest, 'hex'));
      writer.#bytes = head.bytes;
      writer.#ticks = head.ticks;
      writer.acknowledgedTicks = head.ticks;
      return writer;
    } catch (cause) {
      throw diskError('open', file, cause);
    }
  }

  /** Memory for the next frame to be handed in. It may hold anything; once the frame is on disk it is used again. */
  readonly frameRoom = (length: number): Uint8Array => this.#pool.take(length);

  /** Hands in the frame of the next tick. Resolves at once unless too much waits. */
  async push(frame: Uint8Array, link: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    this.#ticks++;
    this.#link = link;
    if (this.#waiting.length >= groupTicksMax || this.#waitingBytes >= waitingBytesMax) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), groupMsMax);
    while (this.#waitingBytes >= waitingBytesMax && this.#busy !== undefined) await this.#busy;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // After a failure nothing more is written: the log has a hole, and `head` must go on naming what lies before it.
    if (this.#failure !== undefined || this.#busy !== undefined || this.#waiting.length === 0) return;
    this.#busy = this.#write()
      .catch((cause: unknown) => {
        const file = join(this.#directory, fileNames.events);
        this.#failure = cause instanceof InputError ? cause : diskError('write', file, cause);
      })
      .finally(() => {
        this.#busy = undefined;
        if (this.#waiting.length >= groupTicksMax) this.#flush();
        else if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#flush(), groupMsMax);
      });
  }

  async #write(): Promise<void> {
    const frames = this.#waiting;
    const head = { ticks: this.#ticks, link: this.#link };
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (let i = 0; i < frames.length; i += 512) {
      const some = frames.slice(i, i + 512);
      const { bytesWritten } = await this.#handle.writev(some);
      const wanted = some.reduce((sum, frame) => sum + frame.length, 0);
      if (bytesWritten !== wanted) throw diskError('write all of', fileNames.events, { code: 'ENOSPC' });
      this.#bytes += bytesWritten;
    }
    this.#pool.giveBack(frames);
    await this.#handle.datasync();
    await this.#writeHead(head.ticks, head.link);
    this.acknowledgedTicks = head.ticks;
    this.onAcknowledged?.(head.ticks);
  }

  async #writeHead(ticks = this.#ticks, link = this.#link): Promise<void> {
    const head: Head = { ticks, bytes: this.#bytes, digest: hexOf(link) };
    const aside = join(this.#directory, '.head.new');
    await writeFile(aside, JSON.stringify(head) + '\n', { mode: 0o600, flush: true });
    await rename(aside, join(this.#directory, fileNames.head));
  }

  /** Writes what waits. */
  async drain(): Promise<void> {
    this.#flush();
    while (this.#busy !== undefined) {
      await this.#busy;
      this.#flush();
    }
  }

  /** Writes what waits and closes the log. */
  async close(): Promise<void> {
    await this.drain();
    await this.#handle.close();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
