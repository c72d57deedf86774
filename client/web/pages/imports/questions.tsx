import { type FormEvent, useId } from 'react';
import type { ImportDetail, ImportQuestion } from '../../api/types/imports.ts';
import { number } from './words.ts';

interface QuestionsProps {
  detail: ImportDetail;
  busy: boolean;
  onAnswer: (answers: Record<string, string>) => void;
}

/** What the file leaves open: one answer settles every row that asks the same. */
export function Questions({ detail, busy, onAnswer }: QuestionsProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].map(([id, answer]) => [id, String(answer).trim()] as const);
    onAnswer(Object.fromEntries(given.filter(([, answer]) => answer !== '')));
  };
  return (
    <form onSubmit={submit} className="stack">
      {detail.questions.map((question) => (
        <OneQuestion key={question.id} question={question} disabled={!detail.can.correct} />
      ))}
      {detail.can.correct ? (
        <button type="submit" disabled={busy}>
          Read the file with these answers
        </button>
      ) : null}
    </form>
  );
}

function OneQuestion({ question, disabled }: { question: ImportQuestion; disabled: boolean }) {
  const id = useId();
  const { text, rows, examples, options, takesCurrency } = question;
  return (
    <fieldset className="import-question" disabled={disabled}>
      <legend>
        {text} <small className="muted">{number(rows)} rows wait</small>
      </legend>
      <p className="muted">
        {examples.map(({ line, value }) => (
          <span key={line}>
            line {number(line)}: <code>{value}</code>{' '}
          </span>
        ))}
      </p>
      {takesCurrency ? (
        <label htmlFor={id} className="field">
          <span>Currency code, or “refuse”</span>
          <input id={id} name={question.id} pattern="[A-Z]{3}|refuse" placeholder="AUD" autoComplete="off" />
        </label>
      ) : (
        options.map(({ answer, label }) => (
          <label key={answer} className="choice">
            <input type="radio" name={question.id} value={answer} /> {label}
          </label>
        ))
      )}
    </fieldset>
  );
}
