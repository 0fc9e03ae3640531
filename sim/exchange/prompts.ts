/**
 * What is said to a model and what comes back: a prompt in parts, a reply, and why there may be none.
 *
 * The parts of a prompt stand in the order of how long they stay the same, so that servers that keep prefixes can share them: `fixed`
 * for all calls of a kind, `persona` for all calls about one agent or archetype, `now` for one tick.
 * In a tick's tables a prompt is a text (JSON in one order of fields), so that equal prompts are equal texts.
 */

/** What a call is for: it decides who reads the reply. Numbers stand in logs and are never reused. */
export const callPurposes = {
  own: 0,
  agent: 1,
  archetype: 2,
  audit: 3,
  judge: 4,
  reflection: 5,
  embedding: 6,
} as const;
export type CallPurpose = keyof typeof callPurposes;

/** The name of a purpose's number. */
export function purposeName(number: number): CallPurpose {
  return (Object.keys(callPurposes) as CallPurpose[]).find((name) => callPurposes[name] === number) ?? 'own';
}

/** The form that a reply must have: a name for logs, and a JSON Schema. */
export interface ReplyForm {
  readonly name: string;
  readonly schema: unknown;
}

/** What is said to a model. */
export interface Prompt {
  readonly fixed: string;
  readonly persona: string;
  readonly now: string;
  /** What a judge is told beside the situation where an attempt is judged in full; said to nobody else. */
  readonly detail?: string;
  /** Without one any text will do. */
  readonly form?: ReplyForm;
  /** Most tokens of the reply. */
  readonly tokensMax: number;
  /** In [0, 2]; 1 where it is left out. */
  readonly temperature?: number;
  /** Which of several replies to one prompt: prompts that differ in it alone are separate calls. 0 where it is left out. */
  readonly sample?: number;
  /** Class of models that is asked; `default` where it is left out. */
  readonly modelClass?: string;
  /** In how many ticks something first hangs on the reply, as far as is known: what is needed sooner is asked sooner. 0 where it is left out. */
  readonly stepsAhead?: number;
  /** In how many ticks the same prompt may be asked again, as far as is known; only a cache of answers reads it. */
  readonly nextUseTicks?: number;
}

/** Why a call brought nothing. Each is a recorded outcome; numbers stand in logs and are never reused. */
export const callFailures = {
  none: 0,
  /** Nobody is there to ask. */
  ABSENT: 1,
  TIMEOUT: 2,
  RATE_LIMITED: 3,
  REFUSED: 4,
  INVALID: 5,
  BUDGET: 6,
  UNAVAILABLE: 7,
  /** Put off to a later tick. */
  DEFERRED: 8,
} as const;
export type CallFailure = Exclude<keyof typeof callFailures, 'none'>;

/** The name of a failure's number. */
export function failureName(number: number): CallFailure {
  const names = Object.keys(callFailures) as (keyof typeof callFailures)[];
  const found = names.find((name) => callFailures[name] === number);
  return found === undefined || found === 'none' ? 'UNAVAILABLE' : found;
}

/** What came back. */
export type Reply =
  { readonly status: 'answered'; readonly text: string } | { readonly status: 'failed'; readonly failure: CallFailure };

/** A prompt as a text. */
export function encodePrompt(prompt: Prompt): string {
  const { fixed, persona, now, detail, form, tokensMax, temperature, sample, modelClass } = prompt;
  const { stepsAhead, nextUseTicks } = prompt;
  const how = { temperature, sample, modelClass, stepsAhead, nextUseTicks };
  return JSON.stringify({ fixed, persona, now, detail, form, tokensMax, ...how });
}

/** The prompt that a text holds: one that `encodePrompt` made. */
export function decodePrompt(text: string): Prompt {
  return JSON.parse(text) as Prompt;
}

/** Parts of a prompt as messages, the longest-lived first. Two, because some servers want roles to alternate. */
export function messagesOf({
  fixed,
  persona,
  now,
}: Prompt): { readonly role: 'system' | 'user'; readonly text: string }[] {
  return [
    { role: 'system', text: fixed },
    { role: 'user', text: `${persona}\n\n${now}` },
  ];
}

/** All that a model reads of a prompt, in order. */
export function promptText({ fixed, persona, now }: Prompt): string {
  return `${fixed}\n${persona}\n${now}`;
}
