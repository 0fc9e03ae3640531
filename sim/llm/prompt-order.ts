/**
 * The order in which requests of a tick leave: those needed first go first; among them equal beginnings follow one another.
 *
 * A server that keeps the computed state of prompts saves what two neighbours share, from the first character on. So prompts are laid out static part
 * first, then persona, then the tick, and are sent in the order of their texts: neighbours then share as much as can be shared with one
 * neighbour. The order changes when an answer comes, never which: outcomes are handed out by place.
 * Source: KVFlow (Pan et al. 2025) for steps to execution as priority. Oracle of the comparison: joined texts.
 */
import { estimateTokens } from './tokens.ts';
import type { Message } from './request.ts';

/** A prompt as its place in the queue sees it. */
export interface QueuedPrompt {
  readonly messages: readonly Message[];
  readonly stepsToExecution: number;
  /** Order of arrival: decides between equal prompts. */
  readonly arrival: number;
}

/** Which of two requests leaves first. */
export function compareQueued(a: QueuedPrompt, b: QueuedPrompt): number {
  return a.stepsToExecution - b.stepsToExecution || comparePrompts(a.messages, b.messages) || a.arrival - b.arrival;
}

/** Order of the texts of two prompts, message by message. */
export function comparePrompts(a: readonly Message[], b: readonly Message[]): number {
  const count = Math.min(a.length, b.length);
  for (let i = 0; i < count; i++) {
    if (a[i] === b[i]) continue;
    if (a[i].role !== b[i].role) return a[i].role < b[i].role ? -1 : 1;
    if (a[i].text !== b[i].text) return a[i].text < b[i].text ? -1 : 1;
  }
  return a.length - b.length;
}

/** Estimated tokens of the beginning that two prompts share. */
export function sharedPrefixTokens(a: readonly Message[], b: readonly Message[]): number {
  let tokens = 0;
  for (let i = 0; i < Math.min(a.length, b.length) && a[i].role === b[i].role; i++) {
    if (a[i].text === b[i].text) {
      tokens += estimateTokens(a[i].text);
      continue;
    }
    return tokens + estimateTokens(a[i].text.slice(0, sharedLength(a[i].text, b[i].text)));
  }
  return tokens;
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** Tokens that each prompt shares with the one before it, added up over prompts in the order in which they leave. */
export function sharedInOrder(prompts: readonly (readonly Message[])[]): number {
  let tokens = 0;
  for (let i = 1; i < prompts.length; i++) tokens += sharedPrefixTokens(prompts[i - 1], prompts[i]);
  return tokens;
}

/** A queue whose first element is the least; a binary heap. */
export interface PromptQueue<Item extends QueuedPrompt> {
  readonly length: number;
  push(item: Item): void;
  peek(): Item | undefined;
  pop(): Item | undefined;
}

/** An empty queue. */
export function createPromptQueue<Item extends QueuedPrompt>(): PromptQueue<Item> {
  const heap: Item[] = [];
  const isBefore = (a: number, b: number): boolean => compareQueued(heap[a], heap[b]) < 0;
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b], heap[a]];
  };
  const sink = (from: number): void => {
    for (let at = from; ;) {
      const left = 2 * at + 1;
      let least = left < heap.length && isBefore(left, at) ? left : at;
      if (left + 1 < heap.length && isBefore(left + 1, least)) least = left + 1;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  return {
    get length() {
      return heap.length;
    },
    push(item) {
      let at = heap.push(item) - 1;
      while (at > 0 && isBefore(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    peek: () => heap[0],
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        sink(0);
      }
      return first;
    },
  };
}
