import type { MailRef, Sighting } from '../../api/types/orders.ts';
import { NativeState } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { stateWords } from '../../ui/states.ts';
import { Time } from '../../ui/time.tsx';

export function OrderMails({ mails, brandId }: { mails: MailRef[]; brandId: string }) {
  if (mails.length === 0) return <Empty title="No mail was sent about it yet" />;
  return (
    <ul className="plain-list">
      {mails.map((mail) => (
        <li key={mail.id}>
          <RowLink to="/mails/$id" id={mail.id}>
            {mail.subject}
          </RowLink>
          <span className="muted">
            {stateWords(mail.kind)}, {mail.sentAt ? <Time at={mail.sentAt} brandId={brandId} /> : 'not sent yet'}
          </span>
        </li>
      ))}
    </ul>
  );
}

const verdicts: Record<string, string> = {
  first: 'first news of it',
  newer: 'newer: taken',
  older: 'older: ignored',
  duplicate: 'seen before',
  tombstone: 'state without content',
  'same-time': 'same time, other content: read again',
};

interface SightingsProps {
  sightings: Sighting[];
  brandId?: string | undefined;
}

/** Every arrival of news, with what became of it. */
export function Sightings({ sightings, brandId }: SightingsProps) {
  if (sightings.length === 0) return <Empty title="Nothing arrived yet" />;
  const columns: Column<Sighting & { id: string }>[] = [
    { id: 'seen', header: 'Arrived', role: 'head', cell: ({ seenAt }) => <Time at={seenAt} brandId={brandId} /> },
    { id: 'there', header: 'Changed there', cell: ({ modifiedAt }) => <Time at={modifiedAt} brandId={brandId} /> },
    { id: 'source', header: 'By', cell: ({ source }) => source },
    { id: 'native', header: 'State there', cell: ({ nativeState }) => <NativeState state={nativeState} /> },
    { id: 'verdict', header: 'Verdict', cell: ({ verdict }) => verdicts[verdict] ?? verdict },
  ];
  const rows = sightings
    .map((sighting, index) => ({ ...sighting, id: String(index) }))
    .sort((a, b) => b.seenAt.localeCompare(a.seenAt) || Number(b.id) - Number(a.id));
  return (
    <DataTable caption="News from the marketplace" columns={columns} rows={rows} nameOf={({ id }) => id} keys={false} />
  );
}
