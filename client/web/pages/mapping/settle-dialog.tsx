import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { targetsQuery } from '../../api/refining.ts';
import type { QueueItem } from '../../api/types/refining.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Search } from '../../ui/filters.tsx';
import { QueryView } from '../../ui/query-view.tsx';

interface SettleProps {
  item: QueueItem;
  onClose: () => void;
}

/** Chooses what a word of the brand's is called over there, from the marketplace's own list or by its id. */
export function SettleDialog({ item, onClose }: SettleProps) {
  const { kind, sourceKey, sourceLabel, brands, listings } = item;
  const connection = item.connection?.id ?? '';
  const [q, setQ] = useState('');
  const [onlyBrand, setOnlyBrand] = useState(false);
  const targets = useQuery(targetsQuery({ connection, kind, source: sourceKey, q: q || undefined }));
  const ask = useAsk<{ waiting: number }>(({ waiting }) => `${sourceLabel}: ${waiting} listings are composed again.`);
  const [brand] = brands;
  const settle = (targetId: string | null, targetLabel?: string) =>
    ask.mutate(
      {
        path: '/api/mappings',
        body: {
          ...{ connectionId: connection, kind, sourceKey, sourceLabel, targetId },
          ...(targetLabel ? { targetLabel } : {}),
          ...(onlyBrand && brand ? { brandId: brand.id } : {}),
        },
      },
      { onSuccess: onClose },
    );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    settle(String(new FormData(event.currentTarget).get('targetId')).trim());
  };
  return (
    <Dialog title={`“${sourceLabel}” on ${item.connection?.name ?? 'a marketplace'}`} shape="sheet" onClose={onClose}>
      <div className="stack">
        <p>
          {listings} listings wait for this {kind}.
        </p>
        {brands.length === 1 && brand ? (
          <label className="choice">
            <input type="checkbox" checked={onlyBrand} onChange={(event) => setOnlyBrand(event.target.checked)} />
            <span>Only for {brand.name}</span>
          </label>
        ) : null}
        <Search value={q} placeholder="Search the marketplace’s list …" onChange={setQ} />
        <QueryView query={targets} what="the marketplace’s list">
          {({ rows }) =>
            rows.length === 0 ? (
              <p className="muted">Its list has nothing like it, or was not read yet. Type the id below.</p>
            ) : (
              <ul className="plain-list targets">
                {rows.map(({ id, label }) => (
                  <li key={id}>
                    <button type="button" className="quiet" disabled={ask.isPending} onClick={() => settle(id, label)}>
                      {label} <span className="muted">{id}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </QueryView>
        <form className="inline-form glossary-form" onSubmit={submit}>
          <TextField name="targetId" label="Its id over there" value="" required />
          <button type="submit" disabled={ask.isPending}>
            Use this id
          </button>
        </form>
        <div className="dialog-actions">
          <button type="button" disabled={ask.isPending} onClick={() => settle(null)}>
            {kind === 'category' ? 'Do not sell it there' : 'Do not send it there'}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
