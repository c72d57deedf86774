import { useNavigate, useSearch } from '@tanstack/react-router';
import type { MailRow } from '../../api/types/operations.ts';
import { isStaff, useUser } from '../../app/session.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { stateWords } from '../../ui/states.ts';
import { Time } from '../../ui/time.tsx';
import { CaughtMails } from './caught-mails.tsx';

const columns: Column<MailRow>[] = [
  {
    id: 'subject',
    header: 'Mail',
    role: 'title',
    cell: ({ id, subject, brand }) => (
      <span className="two-lines">
        <RowLink to="/mails/$id" id={id}>
          {subject}
        </RowLink>
        <small>{brand.name}</small>
      </span>
    ),
  },
  { id: 'kind', header: 'Kind', cell: ({ kind }) => stateWords(kind) },
  {
    id: 'to',
    header: 'To',
    cell: ({ recipients, rejected }) => (
      <span className="badges">
        <span className="clip" title={recipients.join(', ')}>
          {recipients.join(', ')}
        </span>
        {rejected.length > 0 ? (
          <span className="mark" data-mark="overdue" title={rejected.join(', ')}>
            {rejected.length} refused
          </span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'slot',
    header: 'Batch',
    cell: ({ slotDate, slotTime, revision }) =>
      slotDate ? `${slotDate} ${slotTime ?? ''}${revision > 1 ? `, revision ${revision}` : ''}` : 'at once',
  },
  {
    id: 'sent',
    header: 'Sent',
    cell: ({ sentAt, brand }) =>
      sentAt ? (
        <Time at={sentAt} brandId={brand.id} />
      ) : (
        <span className="mark" data-mark="soon">
          waits
        </span>
      ),
  },
];

export function MailsPage() {
  const search = useSearch({ from: '/shell/mails' });
  const navigate = useNavigate();
  const list = useList<MailRow>('mails', { ...search });
  const staff = isStaff(useUser());
  return (
    <>
      <PageHead title="Mails" lead="What the brands were sent: labels twice a day, and warnings at once." />
      <ListFilters
        search={search}
        onSearch={(next) => navigate({ to: '/mails', search: next, replace: true })}
        placeholder="Subject …"
        states={['WAITING', 'SENT']}
        brands
      />
      <ListView
        list={list}
        what="mails"
        empty={<Empty title="No mails here">The first one goes out with the first labels.</Empty>}
      >
        <DataTable
          caption="Mails"
          columns={columns}
          rows={list.rows}
          nameOf={({ subject }) => subject}
          onOpen={({ id }) => navigate({ to: '/mails/$id', params: { id } })}
        />
      </ListView>
      {staff ? (
        <Section title="Caught by the local mail catcher">
          <CaughtMails />
        </Section>
      ) : null}
    </>
  );
}
