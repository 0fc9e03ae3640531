/**
 * Typed questions of an interview: one of several options, a number in a range, or a text of bounded length.
 *
 * A survey is asked as an interview whose text is JSON, so that the log holds what was asked in full. Whoever answers in another form
 * is refused and may answer again. Pure.
 */

/** A typed question. */
export type Survey =
  | { readonly form: 'choice'; readonly question: string; readonly options: readonly string[] }
  | { readonly form: 'number'; readonly question: string; readonly least: number; readonly most: number }
  | { readonly form: 'text'; readonly question: string; readonly lengthMax: number };

/** A survey as the text of an interview. */
export function encodeSurvey(survey: Survey): string {
  return JSON.stringify({ survey });
}

const forms = new Set<unknown>(['choice', 'number', 'text']);
const opening = '{"survey":';

/** The survey that a question is, or undefined for a question in plain words. */
export function surveyOf(question: string): Survey | undefined {
  // Only a scenario interviews, and what it compiles begins like this.
  if (!question.startsWith(opening)) return undefined;
  try {
    const { survey } = JSON.parse(question) as { readonly survey?: Survey | null };
    return survey !== undefined && survey !== null && forms.has(survey.form) ? survey : undefined;
  } catch {
    return undefined;
  }
}

/** What is asked, in words. */
export function questionText(question: string): string {
  return surveyOf(question)?.question ?? question;
}

/** Whether an answer has the form that was asked for. To a question in plain words any answer has. */
export function isAnswerTo(question: string, answer: string): boolean {
  const survey = surveyOf(question);
  if (survey === undefined) return true;
  if (survey.form === 'choice') return survey.options.includes(answer);
  if (survey.form === 'text') return answer.length <= survey.lengthMax;
  const value = Number(answer);
  return /^-?\d+(?:\.\d+)?$/.test(answer) && value >= survey.least && value <= survey.most;
}
