import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { command } from '../../api/http.ts';
import { listingRulesQuery } from '../../api/listing-rules.ts';
import type { ListingRules, RulePreview } from '../../api/types/listing-rules.ts';
import { useUser } from '../../app/session.ts';
import { TextField } from '../../ui/fields.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';

/** What the marketplace asks of listings, and what this account softens or leaves out. */
export function RuleSettings({ connection }: { connection: string }) {
  const query = useQuery(listingRulesQuery(connection));
  return (
    <QueryView query={query} what="the rules">
      {(rules) =>
        rules.rules.length + rules.minimum.length === 0 ? null : (
          <Section title="Rules of the marketplace" count={rules.rules.length + rules.minimum.length}>
            <SettingsForm key={rules.changed?.at ?? ''} connection={connection} rules={rules} />
          </Section>
        )
      }
    </QueryView>
  );
}

interface FormProps {
  connection: string;
  rules: ListingRules;
}

/** What differs from what holds now, as the API takes it. */
function changesIn(form: HTMLFormElement, connectionId: string, { rules, directFromAbroad }: ListingRules) {
  const values = new FormData(form);
  const severities = Object.fromEntries(
    rules.flatMap(({ id, severity }) => {
      const chosen = String(values.get(id) ?? severity);
      return chosen === severity ? [] : [[id, chosen]];
    }),
  );
  const abroad = String(values.get('directFromAbroad') ?? directFromAbroad);
  return {
    ...{ connectionId, severities, why: String(values.get('why') ?? '').trim() },
    ...(abroad === directFromAbroad ? {} : { directFromAbroad: abroad }),
  };
}

function SettingsForm({ connection, rules }: FormProps) {
  const isAdmin = useUser().role === 'admin';
  const [preview, setPreview] = useState<RulePreview | null>(null);
  const save = useAsk<{ waiting: number }>(({ waiting }) => `${waiting} listings are looked at again.`);
  const path = '/api/listing-rules/settings';
  const notices = useNotices();
  const look = useMutation({
    mutationFn: (body: object) => command<{ preview: RulePreview }>('POST', path, { ...body, dryRun: true }),
    onSuccess: (answer) => setPreview(answer.preview),
    onError: (error) => notices.fail('That was not possible.', error),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate({ path, body: changesIn(event.currentTarget, connection, rules) });
  };
  const showPreview = (form: HTMLFormElement | null) => {
    if (!form?.reportValidity()) return;
    look.mutate(changesIn(form, connection, rules));
  };
  return (
    <form className="stack" onSubmit={submit} onChange={() => setPreview(null)}>
      {rules.minimum.length > 0 ? <Abroad rules={rules} disabled={!isAdmin} /> : null}
      <ul className="plain-list">
        {rules.rules.map((rule) => (
          <RuleLine key={rule.id} rule={rule} disabled={!isAdmin} />
        ))}
      </ul>
      {rules.changed ? (
        <p className="muted">
          Changed by {rules.changed.by} <Time at={rules.changed.at} />: {rules.changed.why}
        </p>
      ) : null}
      {isAdmin ? (
        <>
          <TextField name="why" label="Why it is changed (kept)" value="" required />
          {preview ? (
            <p role="status">
              Of {preview.looked === preview.of ? preview.of : `the first ${preview.looked} of ${preview.of}`} unsent
              listings {preview.blockedNow} cannot be sent now; with these settings it would be {preview.blockedThen}.
              Nothing was changed yet.
            </p>
          ) : null}
          <div className="dialog-actions">
            <button
              type="button"
              disabled={look.isPending}
              onClick={({ currentTarget: { form } }) => showPreview(form)}
            >
              Preview
            </button>
            <button type="submit" className="primary" disabled={save.isPending}>
              Save
            </button>
          </div>
        </>
      ) : null}
    </form>
  );
}

function Abroad({ rules, disabled }: { rules: ListingRules; disabled: boolean }) {
  return (
    <label className="field">
      <span>Its goods are sold directly from abroad: minimum values hold then</span>
      <select name="directFromAbroad" defaultValue={rules.directFromAbroad} disabled={disabled}>
        <option value="unknown">nobody has said: warn</option>
        <option value="yes">yes: refuse what is below</option>
        <option value="no">no</option>
      </select>
    </label>
  );
}

function RuleLine({ rule, disabled }: { rule: ListingRules['rules'][number]; disabled: boolean }) {
  const { id, field, asks, severity, usual, source, confirmed } = rule;
  return (
    <li>
      <span>
        <code>{field}</code> {asks} <span className="muted">{source}</span>
        {confirmed ? null : <span className="mark"> unconfirmed</span>}
      </span>
      <select name={id} defaultValue={severity} disabled={disabled} aria-label={`${id}, usually ${usual}`}>
        <option value="error">error</option>
        <option value="warning">warning</option>
        <option value="off">off</option>
      </select>
    </li>
  );
}
