import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useAsk } from '../../api/commands.ts';
import { translationSettingsQuery } from '../../api/refining.ts';
import type { TranslationSettings } from '../../api/types/refining.ts';
import { TextField } from '../../ui/fields.tsx';
import { formatCount } from '../../ui/format.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { Section } from '../../ui/section.tsx';

/** How each brand is translated, and what a machine translated for it this month. */
export function SettingsSection() {
  const query = useQuery({ ...translationSettingsQuery, refetchInterval: false });
  return (
    <QueryView query={query} what="the settings">
      {({ rows, month }) => (
        <Section title="Settings">
          <ul className="plain-list">
            {rows.map((row) => (
              <li key={row.brand.id}>
                <BrandSettings row={row} month={month} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </QueryView>
  );
}

function BrandSettings({ row, month }: { row: TranslationSettings['rows'][number]; month: string }) {
  const { brand, sourceLanguage, unapproved, monthlyCharacters, usedCharacters, waiting } = row;
  const ask = useAsk(() => `${brand.name}: saved.`);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = {
      brandId: brand.id,
      sourceLanguage: String(form.get('sourceLanguage')),
      unapproved: String(form.get('unapproved')),
      monthlyCharacters: Number(form.get('monthlyCharacters')),
    };
    ask.mutate({ path: '/api/translation-settings', body });
  };
  return (
    <details>
      <summary>
        {brand.name}: {waiting} wait; {formatCount(usedCharacters)} of {formatCount(monthlyCharacters)} characters in{' '}
        {month}
      </summary>
      <form className="inline-form glossary-form" onSubmit={submit}>
        <TextField name="sourceLanguage" label="It writes in" value={sourceLanguage} pattern="[a-z]{2}" required />
        <label className="choice">
          <span>What nobody approved</span>
          <select name="unapproved" defaultValue={unapproved}>
            <option value="warn">is used, with a warning</option>
            <option value="block">blocks the listing</option>
          </select>
        </label>
        <TextField
          name="monthlyCharacters"
          type="number"
          label="Characters a month"
          value={String(monthlyCharacters)}
          required
        />
        <button type="submit" disabled={ask.isPending}>
          Save
        </button>
      </form>
    </details>
  );
}
