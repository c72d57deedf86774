import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useState } from 'react';
import { Dialog } from './dialog.tsx';

export interface Question {
  title: string;
  /** What will happen, as sentences. */
  consequences: string[];
  confirmLabel: string;
  danger?: boolean;
  /** Whether a reason is asked for; it is kept in the history. */
  reason?: 'none' | 'optional' | 'required';
}

export interface Confirmation {
  why: string;
}

type Ask = (question: Question) => Promise<Confirmation | null>;
const ConfirmContext = createContext<Ask | null>(null);

interface Pending {
  question: Question;
  answer: (confirmation: Confirmation | null) => void;
}

/** Lets any page ask before something that cannot be taken back. Resolves to null when the person keeps things as they are. */
export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [pending, setPending] = useState<Pending | null>(null);
  const ask = useCallback<Ask>((question) => new Promise((answer) => setPending({ question, answer })), []);
  const close = (confirmation: Confirmation | null) => {
    pending?.answer(confirmation);
    setPending(null);
  };
  return (
    <ConfirmContext value={ask}>
      {children}
      {pending ? <ConfirmDialog question={pending.question} onAnswer={close} /> : null}
    </ConfirmContext>
  );
}

function ConfirmDialog({ question, onAnswer }: { question: Question; onAnswer: Pending['answer'] }) {
  const reason = question.reason ?? 'none';
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onAnswer({ why: String(new FormData(event.currentTarget).get('why') ?? '').trim() });
  };
  return (
    <Dialog title={question.title} onClose={() => onAnswer(null)}>
      <form onSubmit={submit} className="stack">
        <ul className="consequences">
          {question.consequences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {reason === 'none' ? null : (
          <label className="field">
            <span>Reason {reason === 'required' ? '(kept in the history)' : '(optional, kept in the history)'}</span>
            <textarea name="why" rows={2} required={reason === 'required'} maxLength={500} />
          </label>
        )}
        <div className="dialog-actions">
          <button type="button" onClick={() => onAnswer(null)}>
            Keep as it is
          </button>
          <button type="submit" className={question.danger ? 'danger' : 'primary'}>
            {question.confirmLabel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function useConfirm(): Ask {
  const ask = useContext(ConfirmContext);
  if (!ask) throw new Error('useConfirm needs a ConfirmProvider around it');
  return ask;
}
