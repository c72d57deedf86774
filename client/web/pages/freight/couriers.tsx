import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Couriers as CourierList } from '../../../api/schemas/carriers.ts';
import { useAsk } from '../../api/commands.ts';
import { call } from '../../api/http.ts';
import { Nothing } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { TextField } from '../../ui/fields.tsx';
import { explain } from '../../ui/notices.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';

type Courier = CourierList['rows'][number];

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

const couriersQuery = queryOptions({
  queryKey: ['couriers'],
  queryFn: async ({ signal }) => (await call<CourierList>('GET', '/api/carriers/couriers', { signal })).rows,
});

/** Couriers that were called; where the carrier's answer was lost, a person says what became of the call. */
export function Couriers() {
  const query = useQuery(couriersQuery);
  const [settlingId, setSettlingId] = useState<string | null>(null);
  const settling = query.data?.find(({ id }) => id === settlingId);
  const columns: Column<Courier>[] = [
    {
      id: 'slot',
      header: 'Label mail',
      role: 'head',
      cell: ({ slotDate, slotTime, brand, connection }) => (
        <span className="two-lines">
          <span className="together">
            {slotDate} {slotTime}
          </span>
          <small>
            {brand}, {connection}
          </small>
        </span>
      ),
    },
    { id: 'state', header: 'Courier', cell: ({ state }) => (state === 'unknown' ? 'nobody knows' : state) },
    { id: 'number', header: 'Number there', cell: ({ number }) => number ?? <Nothing /> },
    { id: 'from', header: 'Comes from', cell: ({ readyAt }) => <Time at={readyAt} /> },
    { id: 'until', header: 'Until', cell: ({ closesAt }) => <Time at={closesAt} /> },
    { id: 'why', header: 'Why', cell: ({ why }) => (why ? <span className="wrap">{why}</span> : <Nothing />) },
    {
      id: 'actions',
      header: 'Actions',
      role: 'actions',
      cell: (courier) =>
        courier.unknownCall ? (
          <button type="button" className="small" onClick={() => setSettlingId(courier.id)}>
            Say what happened
            <span className="visually-hidden">
              {' '}
              at {courier.slotDate} {courier.slotTime}
            </span>
          </button>
        ) : null,
    },
  ];
  return (
    <Section title="Couriers" count={query.data?.length ?? 0}>
      <QueryView query={query} what="the couriers">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="No courier was called">They are called where a brand wants it, after its label mail.</Empty>
          ) : (
            <DataTable
              caption="Couriers"
              columns={columns}
              rows={rows}
              nameOf={({ slotDate, slotTime }) => `${slotDate} ${slotTime}`}
              keys={false}
            />
          )
        }
      </QueryView>
      {settling?.unknownCall ? <Settle courier={settling} onClose={() => setSettlingId(null)} /> : null}
    </Section>
  );
}

function Settle({ courier, onClose }: { courier: Courier; onClose: () => void }) {
  const ask = useAsk<unknown>(() => 'Noted. The courier is called again only where you said that none exists.');
  const { unknownCall } = courier;
  if (!unknownCall) return null;
  const settle = (form: HTMLFormElement, isThere: boolean) => {
    const number = form.elements.namedItem('foundAs');
    if (number instanceof HTMLInputElement) number.required = isThere;
    if (!form.reportValidity()) return;
    const values = new FormData(form);
    const foundAs = textOf(values, 'foundAs');
    const base = { version: unknownCall.version, why: textOf(values, 'why') };
    const body = isThere ? { ...base, type: 'FOUND', foundAs } : { ...base, type: 'NOT_FOUND' };
    if (ask.isPending) return;
    ask.mutate({ path: `/api/effects/${encodeURIComponent(unknownCall.id)}/events`, body }, { onSuccess: onClose });
  };
  return (
    <Dialog title={`The courier of ${courier.slotDate} ${courier.slotTime}`} onClose={onClose}>
      <form className="stack" onSubmit={(event) => event.preventDefault()}>
        <p>
          The answer of {courier.connection} was lost. Look in its portal, or call it, whether a courier comes for{' '}
          {courier.brand}.
        </p>
        <TextField name="why" label="What you saw there" value="" required />
        <TextField
          name="foundAs"
          label="Confirmation number"
          value=""
          hint="Needed where it exists: the courier is called off by this number."
        />
        {ask.error ? (
          <p className="refused" role="alert">
            {explain(ask.error)}
          </p>
        ) : null}
        <div className="dialog-actions">
          <button
            type="button"
            onClick={({ currentTarget: { form } }) => {
              if (form) settle(form, false);
            }}
          >
            It does not exist: call it again
          </button>
          <button
            type="button"
            className="primary"
            onClick={({ currentTarget: { form } }) => {
              if (form) settle(form, true);
            }}
          >
            It exists
          </button>
        </div>
      </form>
    </Dialog>
  );
}
