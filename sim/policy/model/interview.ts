/**
 * Interviews of agents that think in words: the form of an answer, and the answer out of a reply. Nothing is noted and nothing is done.
 *
 * The question is the scenario's. A typed question has a typed form: one of its options, a number in its range, a text of its length.
 */
import { z } from 'zod';
import { isAnswerTo, questionText, surveyOf } from '../../exchange/surveys.ts';
import { cutToTokens } from './budget.ts';
import { readerOf } from './answer.ts';
import type { ReplyForm } from '../../exchange/prompts.ts';
import type { AnswerReader } from './answer.ts';

function readerFor(question: string, textLengthMax: number): AnswerReader<{ readonly answer: string | number }> {
  const survey = surveyOf(question);
  if (survey?.form === 'choice') {
    return readerOf('choice', z.strictObject({ answer: z.enum(survey.options as [string, ...string[]]) }));
  }
  if (survey?.form === 'number') {
    return readerOf('number', z.strictObject({ answer: z.number().min(survey.least).max(survey.most) }));
  }
  return readerOf(
    'text',
    z.strictObject({
      answer: z
        .string()
        .min(1)
        .max(survey?.lengthMax ?? textLengthMax),
    }),
  );
}

/** The form of an answer. */
export function interviewForm(question: string, textLengthMax: number): ReplyForm {
  return readerFor(question, textLengthMax).form;
}

/** What an agent says by a reply; undefined where it is no answer to the question. */
export function answerOfReply(question: string, text: string, textLengthMax: number): string | undefined {
  const read = readerFor(question, textLengthMax).read(text);
  if (read === undefined) return undefined;
  const answer = String(read.answer);
  return isAnswerTo(question, answer) ? answer : undefined;
}

/** The question as it is asked. */
export function questionBlock(question: string, tokensMax: number): string {
  const survey = surveyOf(question);
  const options = survey?.form === 'choice' ? ` Options: ${survey.options.join(' | ')}.` : '';
  const range = survey?.form === 'number' ? ` A number from ${survey.least} to ${survey.most}.` : '';
  return cutToTokens(`Question: ${questionText(question)}${options}${range}`, tokensMax);
}
