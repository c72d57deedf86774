import { queryOptions, useQuery } from '@tanstack/react-query';
import { type ChangeEvent, type FormEvent, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { call } from '../../api/http.ts';
import type { RateImported, RateList, RateRow, RateSaved } from '../../api/types/prices.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { TextField } from '../../ui/fields.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';

const ratesQuery = queryOptions({
  queryKey: ['exchange-rates'],
  queryFn: ({ signal }) => call<RateList>('GET', '/api/exchange-rates?limit=200', { signal }),
});

type Shown = Omit<RateRow, 'id'> & { id: string };

/** Older than this the default rule blocks prices. */
const oldAfterDays = 7;

const columns: Column<Shown>[] = [
  { id: 'pair', header: 'Pair', role: 'head', cell: ({ from, to }) => `${from} → ${to}` },
  { id: 'rate', header: 'Rate', align: 'end', cell: ({ rate }) => <code>{rate}</code> },
  {
    id: 'date',
    header: 'Of',
    cell: ({ date, ageDays }) => (
      <span className={ageDays > oldAfterDays ? 'mark' : ''} data-mark="overdue">
        {date}, {ageDays === 0 ? 'today' : `${ageDays} d old`}
      </span>
    ),
  },
  {
    id: 'source',
    header: 'Source',
    cell: ({ source, reason }) => <span className="wrap">{reason ? `${source}: ${reason}` : source}</span>,
  },
  {
    id: 'entered',
    header: 'Entered',
    cell: ({ enteredBy, enteredAt }) => (
      <>
        {enteredBy ?? '–'} {enteredAt ? <Time at={enteredAt} /> : null}
      </>
    ),
  },
];

/** The newest rate of each pair, the file of the bank, and rates that are typed in. */
export function Rates() {
  const query = useQuery(ratesQuery);
  const [isTyping, setTyping] = useState(false);
  return (
    <Section
      title="Exchange rates"
      count={query.data?.rows.length}
      aside={
        <div className="page-actions">
          <Upload />
          <button type="button" onClick={() => setTyping(true)}>
            Type a rate in
          </button>
        </div>
      }
    >
      <QueryView query={query} what="the exchange rates">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title="No rate is known">Upload the daily file of the European Central Bank, or type one in.</Empty>
          ) : (
            <DataTable
              caption="Exchange rates"
              rows={rows.map((row) => ({ ...row, id: String(row.id) }))}
              columns={columns}
              nameOf={({ from, to }) => `${from} to ${to}`}
              keys={false}
            />
          )
        }
      </QueryView>
      {isTyping ? <TypeRate onClose={() => setTyping(false)} /> : null}
    </Section>
  );
}

const imported = ({ newestDay, read, new: fresh, unchanged }: RateImported): string =>
  `${read} rates up to ${newestDay}: ${fresh} new, ${unchanged} unchanged.${fresh > 0 ? ' Prices are reckoned anew.' : ''}`;

function Upload() {
  const ask = useAsk<RateImported>(imported);
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.currentTarget.files ?? [];
    const input = event.currentTarget;
    if (!file) return;
    const text = await file.text();
    ask.mutate({ path: '/api/exchange-rates/import', body: { text } }, { onSettled: () => (input.value = '') });
  };
  return (
    <>
      <button
        type="button"
        disabled={ask.isPending}
        onClick={() => ask.mutate({ path: '/api/exchange-rates/import', body: {} })}
      >
        Fetch today’s file
      </button>
      <label className="button">
        {ask.isPending ? 'Reading …' : 'Upload a file of the bank'}
        <input type="file" className="visually-hidden" accept=".xml,.csv" disabled={ask.isPending} onChange={take} />
      </label>
    </>
  );
}

function TypeRate({ onClose }: { onClose: () => void }) {
  const ask = useAsk<RateSaved>(({ date }) => `The rate of ${date} is kept. Prices are reckoned anew.`);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const date = text('date');
    const body = {
      from: text('from').toUpperCase(),
      to: text('to').toUpperCase(),
      rate: text('rate'),
      source: text('source'),
      reason: text('reason'),
      ...(date === '' ? {} : { date }),
      ...(form.get('sure') === 'on' ? { sure: true } : {}),
    };
    ask.mutate({ path: '/api/exchange-rates', body }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Type a rate in" shape="sheet" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField name="from" label="From" value="" pattern="[A-Za-z]{3}" required hint="Such as USD." />
        <TextField name="to" label="To" value="" pattern="[A-Za-z]{3}" required hint="Such as IDR." />
        <TextField
          name="rate"
          label="Rate"
          value=""
          required
          hint="Units of the second for one of the first: 16250.5"
        />
        <TextField
          name="date"
          label="Of the day"
          value=""
          pattern="\d{4}-\d{2}-\d{2}"
          hint="2026-07-01; empty: today."
        />
        <TextField name="source" label="Source" value="" required hint="Where it comes from." />
        <TextField name="reason" label="Reason" value="" required hint="Why it is typed in; kept with it." />
        <label>
          <input type="checkbox" name="sure" /> It differs by a factor of two or more, and that is right
        </label>
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={ask.isPending}>
            {ask.isPending ? 'Keeping …' : 'Keep the rate'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
