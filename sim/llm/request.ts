/**
 * What is asked of a model: a request with its canonical place, and the canonical text of it that is recorded, compared and hashed.
 *
 * The canonical text is JSON with fields in one fixed order: model, messages, parameters, form of the answer. Neither endpoint, key, address nor
 * what an endpoint can do enters, so that a run replays whoever served it. Canonical order is (tick, agent, purpose, attempt) by code
 * units: `compareKeys` is the only order in which requests are numbered, given money or recorded.
 * Invariant: two requests have one canonical text exactly when a model would be asked the same.
 */
import { createHash } from 'node:crypto';
import type { AnswerForm } from './answer-form.ts';

/** The canonical place of a decision. `attempt` numbers the questions of one agent for one purpose in one tick, from 0. */
export interface CallKey {
  readonly tick: number;
  /** External id of the agent, or what stands for one: an archetype, the judge. */
  readonly agent: string;
  readonly purpose: string;
  readonly attempt: number;
}

/** Who speaks in a message. */
export type Role = 'system' | 'user' | 'assistant';

/** One message. Lay them out static part first: rules, archetype, persona, then the tick; that is what prefix order lives on. */
export interface Message {
  readonly role: Role;
  readonly text: string;
}

/** Which model embeds, and in how many dimensions, where a number is asked for. */
export interface EmbeddingOrder {
  readonly model: string;
  readonly dimensions?: number;
}

/** One question to a model. */
export interface ModelRequest {
  readonly key: CallKey;
  readonly messages: readonly Message[];
  /** Sent once instead of `messages` if the endpoint says that the prompt is too long. */
  readonly shorterMessages?: readonly Message[];
  /** Most tokens of the answer. */
  readonly maxTokens: number;
  readonly temperature: number;
  /** Which of several answers to one prompt: requests that differ in it are separate calls. It is sent as `seed`. Default 0. */
  readonly sample?: number;
  /** Name of a class of models in the settings; each agent keeps one model of its class for the whole run. */
  readonly modelClass: string;
  /** Form of the answer; free text without it. */
  readonly form?: AnswerForm;
  /** Where vectors are wanted and no answer: the texts are the messages. */
  readonly embedding?: EmbeddingOrder;
  /** How many steps from now the answer is needed; 0 goes first. Changes when a call is made, never what comes of it. */
  readonly stepsToExecution?: number;
  /** In how many ticks the same prompt may be asked again; only the cache of answers reads it. Default 1. */
  readonly nextUseTicks?: number;
}

/** A request whose model is settled. */
export interface PlacedRequest {
  readonly request: ModelRequest;
  readonly model: string;
  readonly canonical: string;
  readonly digest: string;
}

/** Negative, zero or positive as one place stands before, at or after another. */
export function compareKeys(a: CallKey, b: CallKey): number {
  return a.tick - b.tick || compareText(a.agent, b.agent) || compareText(a.purpose, b.purpose) || a.attempt - b.attempt;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A place as one text, for tables: no two places share one. */
export function keyText({ tick, agent, purpose, attempt }: CallKey): string {
  return JSON.stringify([tick, agent, purpose, attempt]);
}

/** A place as people read it. */
export function describeKey({ tick, agent, purpose, attempt }: CallKey): string {
  return `tick=${tick} agent=${agent} purpose=${purpose}${attempt === 0 ? '' : ` attempt=${attempt}`}`;
}

/** The canonical text of a request to a model. */
export function canonicalText(request: ModelRequest, model: string): string {
  const plain = (messages: readonly Message[]): string[][] => messages.map(({ role, text }) => [role, text]);
  return JSON.stringify({
    model,
    messages: plain(request.messages),
    maxTokens: request.maxTokens,
    temperature: request.temperature,
    sample: request.sample ?? 0,
    form: request.form === undefined ? null : { name: request.form.name, schema: request.form.jsonSchema },
    shorter: request.shorterMessages === undefined ? null : plain(request.shorterMessages),
    ...(request.embedding === undefined ? {} : { embedding: request.embedding.dimensions ?? 0 }),
  });
}

/** SHA-256 of a text in UTF-8, as hexadecimal digits. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Settles a request's model and computes its canonical text. */
export function placeRequest(request: ModelRequest, model: string): PlacedRequest {
  const canonical = canonicalText(request, model);
  return { request, model, canonical, digest: digestOf(canonical) };
}
