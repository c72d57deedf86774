import { type NumberStyle, numberStyles } from './numbers.ts';

/** What rows wait for: one answer settles all rows that ask the same. */
export interface Question {
  readonly id: string;
  readonly text: string;
  readonly rows: number;
  readonly examples: readonly QuestionExample[];
  readonly options: readonly { readonly answer: string; readonly label: string }[];
  /** Any currency code of ISO 4217 is an answer, too. */
  readonly takesCurrency: boolean;
}

export interface QuestionExample {
  readonly row: number;
  readonly line: number;
  readonly value: string;
}

const refuse = { answer: 'refuse', label: 'refuse these rows' };

/** A question in words, with the answers that it takes. */
export function questionOf(id: string, rows: number, examples: readonly QuestionExample[]): Question {
  const [kind, subject = ''] = id.split(/:(.*)/s);
  if (kind === 'number-style' && subject in numberStyles) {
    const { title, answers } = numberStyles[subject as NumberStyle];
    const options = Object.entries(answers).map(([answer, label]) => ({ answer, label }));
    const text = `Prices are written with ${title}. How are they meant?`;
    return { id, text, rows, examples, options: [...options, refuse], takesCurrency: false };
  }
  if (kind === 'currency') {
    const text = `"${subject}" is no currency of ISO 4217. Which one is meant?`;
    return { id, text, rows, examples, options: [refuse], takesCurrency: true };
  }
  const text = 'Prices would be at least ten times what they are, or at most a tenth. Are they right?';
  const options = [{ answer: 'accept', label: 'they are right' }, refuse];
  return { id, text, rows, examples, options, takesCurrency: false };
}

/** True when a question can be answered like this. */
export function takesAnswer(question: Question, answer: string): boolean {
  if (question.options.some((option) => option.answer === answer)) return true;
  return question.takesCurrency && Intl.supportedValuesOf('currency').includes(answer);
}
