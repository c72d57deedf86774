import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { brandsQuery, overviewQuery } from '../../api/queries.ts';
import { ruleSetQuery } from '../../api/refining.ts';
import type { RuleSets } from '../../api/types/refining.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';

interface Target {
  value: string;
  label: string;
  body: Record<string, string>;
}

/** Writes a new version: for whom, and the rules as JSON, beginning with those of the newest version there is. */
export function RuleEditor({ sets, onClose }: { sets: RuleSets; onClose: () => void }) {
  const brands = useQuery(brandsQuery).data ?? [];
  const connections = useQuery(overviewQuery).data?.connections.filter(({ kind }) => kind === 'marketplace') ?? [];
  const targets: Target[] = [
    { value: 'installation', label: 'All brands', body: { scope: 'installation' } },
    ...brands.map(({ id, name }) => ({ value: id, label: `Brand ${name}`, body: { scope: 'brand', brandId: id } })),
    ...connections.map(({ id, name }) => ({
      value: id,
      label: `Listings on ${name}`,
      body: { scope: 'marketplace', connectionId: id },
    })),
  ];
  const [chosen, setChosen] = useState('installation');
  const head = sets.sets.find(({ scope, brandId, connectionId }) => (brandId ?? connectionId ?? scope) === chosen);
  const known = useQuery({ ...ruleSetQuery(head?.id ?? ''), enabled: head !== undefined, refetchInterval: false });
  const newest = head
    ? known.data?.versions[0]
    : chosen === 'installation'
      ? sets.standard
      : { rules: [], vocabularies: {} };
  const [fault, setFault] = useState<string | null>(null);
  const ask = useAsk<{ number: number }>(({ number }) => `Version ${number} is there; try it, then activate it.`);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const content = contentOf(String(form.get('content')));
    if (typeof content === 'string') return setFault(content);
    setFault(null);
    const note = String(form.get('note') ?? '').trim();
    const body = { ...targets.find(({ value }) => value === chosen)?.body, ...content, ...(note ? { note } : {}) };
    ask.mutate({ path: '/api/rules', body }, { onSuccess: onClose, onError: (error) => setFault(error.message) });
  };
  return (
    <Dialog title="New version of rules" shape="sheet" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label className="choice">
          <span>For</span>
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {targets.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <TextField name="note" label="What is new in it" value="" />
        {newest ? (
          <TextField
            key={`${chosen} ${head?.versions ?? 0}`}
            name="content"
            label="Rules and vocabularies (JSON)"
            rows={24}
            required
            value={JSON.stringify({ rules: newest.rules, vocabularies: newest.vocabularies }, null, 2)}
            problems={fault ? [fault] : []}
            hint="A rule: id, field, do (the operation). They apply in this order."
          />
        ) : null}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={ask.isPending || !newest}>
            Save as a new version
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function contentOf(text: string): Record<string, unknown> | string {
  try {
    const { rules = [], vocabularies = {} } = JSON.parse(text);
    return { rules, vocabularies };
  } catch (error) {
    return error instanceof Error ? `This is no JSON: ${error.message}` : 'This is no JSON.';
  }
}
