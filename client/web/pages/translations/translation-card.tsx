import { type FormEvent, useId } from 'react';
import { useAsk } from '../../api/commands.ts';
import type { Approvals, TranslationRow } from '../../api/types/refining.ts';
import { RowLink } from '../../ui/row-link.tsx';
import { Time } from '../../ui/time.tsx';

const origins: Record<string, string> = {
  machine: 'by a machine',
  memory: 'from memory: the same text',
  fuzzy: 'from memory: a similar text',
  person: 'by a person',
};
const languageNames = new Intl.DisplayNames('en', { type: 'language' });
/** As many as one request takes. */
const mostAtOnce = 500;

/** Approves translations as they stand, or one with a text of the person's own. */
export function useApprove() {
  const ask = useAsk<Approvals>(({ results }) => {
    const done = results.filter(({ ok }) => ok).length;
    const refused = results.find(({ ok }) => !ok);
    return `${done} of ${results.length} approved.${refused ? ` ${refused.why}` : ''}`;
  });
  const approve = (rows: readonly TranslationRow[], text?: string) => {
    const items = rows
      .slice(0, mostAtOnce)
      .map(({ id, revision }) => ({ id, revision, ...(text === undefined ? {} : { text }) }));
    ask.mutate({ path: '/api/translations/approve', body: { items } });
  };
  return { approve, isPending: ask.isPending };
}

export function TranslationCard({ row, approve }: { row: TranslationRow; approve: ReturnType<typeof useApprove> }) {
  const { id, product, brand, language, field, source, stale, proposal, status } = row;
  const offered = proposal?.text ?? row.text;
  const note = proposal?.note ?? row.note;
  const textId = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text'));
    approve.approve([row], text === offered ? undefined : text);
  };
  return (
    <li className="card translation" data-id={id} tabIndex={-1}>
      <p className="badges">
        <RowLink to="/products/$id" id={product.id}>
          {product.title}
        </RowLink>
        <span className="muted">
          {brand?.name} · {field} · {languageNames.of(language) ?? language}
        </span>
        {stale ? <span className="mark">the original has changed</span> : null}
        {status === 'needs-person' ? <span className="mark">needs a person</span> : null}
      </p>
      <form className="side-by-side" onSubmit={submit}>
        <div>
          <p className="muted">Original</p>
          <p className="original">{source}</p>
          {proposal ? (
            <p className="muted">
              Approved before: <span lang={language}>{row.text}</span>
            </p>
          ) : null}
        </div>
        <div className="field">
          <label htmlFor={textId}>
            {languageNames.of(language) ?? language}{' '}
            <span className="muted">
              {origins[proposal?.origin ?? row.origin] ?? row.origin}, {row.owner} <Time at={row.updatedAt} />
            </span>
          </label>
          <textarea
            id={textId}
            name="text"
            lang={language}
            rows={field === 'title' ? 2 : 6}
            defaultValue={offered}
            required
          />
          {note ? <p className="refused">{note}</p> : null}
          <div className="dialog-actions">
            <button type="submit" className="primary" disabled={approve.isPending}>
              Approve
            </button>
          </div>
        </div>
      </form>
    </li>
  );
}
