import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useAsk } from '../../api/commands.ts';
import { listingRulesQuery, reasonsQuery } from '../../api/listing-rules.ts';
import type { LearnedRule, UnmappedReason } from '../../api/types/listing-rules.ts';
import { TextField } from '../../ui/fields.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';

/** Reasons of rejections that belong to no field yet; said once, it is remembered for the account. */
export function UnmappedReasons({ connection }: { connection: string | undefined }) {
  const query = useQuery(reasonsQuery(connection));
  return (
    <QueryView query={query} what="the reasons">
      {({ rows }) =>
        rows.length === 0 ? null : (
          <Section title="Reasons of rejections that belong to no field" count={rows.length}>
            <ul className="plain-list">
              {rows.map((row) => (
                <li key={`${row.connectionId} ${row.raw}`}>
                  <Reason reason={row} />
                </li>
              ))}
            </ul>
          </Section>
        )
      }
    </QueryView>
  );
}

function Reason({ reason }: { reason: UnmappedReason }) {
  const { connectionId, connection, raw, listings, samples } = reason;
  const ask = useAsk<{ mapped: number }>(({ mapped }) => `${mapped} listings have it at that field now.`);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const said = { pattern: String(form.get('pattern')).trim(), field: String(form.get('field')).trim() };
    ask.mutate({ path: '/api/listing-reasons', body: { connectionId, ...said } });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>
        {raw}{' '}
        <span className="muted">
          {connection?.name ?? 'a removed connection'}, {listings} listings, such as{' '}
        </span>
        {samples[0] ? (
          <RowLink to="/listings/$id" id={samples[0].id}>
            {samples[0].title}
          </RowLink>
        ) : null}
      </p>
      <TextField name="pattern" label="Part of the text to know it again by" value={raw} required />
      <TextField name="field" label="Field: title, images, attributes.Material …" value="" required />
      <div className="dialog-actions">
        <button type="submit" className="small" disabled={ask.isPending}>
          Remember
        </button>
      </div>
    </form>
  );
}

/** What rejections of this account taught; a rule that is wrong is taken out with a reason. */
export function LearnedRules({ connection }: { connection: string }) {
  const query = useQuery(listingRulesQuery(connection));
  return (
    <QueryView query={query} what="the learned rules">
      {({ learned }) => (
        <Section title="Learned from rejections" count={learned.length}>
          <ul className="plain-list">
            {learned.map((rule) => (
              <Learned key={rule.id} rule={rule} />
            ))}
          </ul>
        </Section>
      )}
    </QueryView>
  );
}

function Learned({ rule }: { rule: LearnedRule }) {
  const { id, field, asks, categoryId, onlyThisListing, listing, reason, learnedAt, times } = rule;
  const ask = useAsk<{ waiting: number }>(({ waiting }) => `${waiting} listings are looked at again.`);
  const where = onlyThisListing ? listing.title : categoryId === null ? 'every category' : `category ${categoryId}`;
  return (
    <li>
      <span>
        <code>{field}</code> {asks} <span className="muted">in {where}</span>
        <em> “{reason}”</em>
      </span>
      <span className="muted">
        <Time at={learnedAt} />, {times} times{' '}
        <button
          type="button"
          className="small"
          disabled={ask.isPending}
          onClick={() =>
            ask.mutate({ path: `/api/listing-rules/learned/${id}/remove`, body: { why: 'taken out by hand' } })
          }
        >
          Take out
        </button>
      </span>
    </li>
  );
}
