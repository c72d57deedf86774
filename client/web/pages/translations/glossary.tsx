import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useAsk } from '../../api/commands.ts';
import { glossaryQuery } from '../../api/refining.ts';
import { TextField } from '../../ui/fields.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Section } from '../../ui/section.tsx';

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** Words with a fixed translation, and words that stay as they are. */
export function GlossarySection() {
  const query = useQuery(glossaryQuery);
  const ask = useAsk<{ replaced: number }>(() => 'The glossary is saved; new translations follow it.');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const language = textOf(form, 'language');
    const body = {
      term: textOf(form, 'term'),
      translation: textOf(form, 'translation') || null,
      ...(language ? { language } : {}),
    };
    ask.mutate({ path: '/api/glossary', body }, { onSuccess: () => undefined });
    event.currentTarget.reset();
  };
  return (
    <QueryView query={query} what="the glossary">
      {({ rows }) => (
        <Section title="Glossary" count={rows.length}>
          <ul className="plain-list">
            {rows.map(({ id, term, translation, language, brand }) => (
              <li key={id}>
                <span>
                  {term} → {translation ?? <em>stays as it is</em>}{' '}
                  <span className="muted">
                    {language ?? 'every language'}, {brand?.name ?? 'every brand'}
                  </span>
                </span>
                <button
                  type="button"
                  className="small"
                  disabled={ask.isPending}
                  aria-label={`Take ${term} out`}
                  onClick={() =>
                    ask.mutate({
                      path: '/api/glossary',
                      body: { term, ...(language ? { language } : {}), ...(brand ? { brandId: brand.id } : {}) },
                    })
                  }
                >
                  Take out
                </button>
              </li>
            ))}
          </ul>
          <form className="inline-form glossary-form" onSubmit={submit}>
            <TextField name="term" label="Word" value="" required />
            <TextField name="translation" label="Translation (empty: stays as it is)" value="" />
            <TextField name="language" label="Language (empty: every one)" value="" pattern="[a-z]{2}" />
            <button type="submit" disabled={ask.isPending}>
              Add
            </button>
          </form>
        </Section>
      )}
    </QueryView>
  );
}
