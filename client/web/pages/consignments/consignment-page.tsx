import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { oneQuery } from '../../api/queries.ts';
import type { ConsignmentDetail } from '../../api/types/operations.ts';
import { isStaff, useUser } from '../../app/session.ts';
import { PageActions } from '../../ui/actions.tsx';
import { Amount } from '../../ui/amount.tsx';
import { NativeState, Nothing, StateBadge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { DocumentFrame } from '../../ui/document-frame.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { formatWeight } from '../../ui/format.ts';
import { InnerLink } from '../../ui/inner-link.tsx';
import { PrintAgain } from '../../ui/print-again.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { Facts, PageHead, Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { CarriersSection } from './carriers.tsx';
import { FreightSection } from './freight.tsx';

export function ConsignmentPage() {
  const { id } = useParams({ from: '/shell/consignments/$id' });
  const query = useQuery(oneQuery<ConsignmentDetail>('consignments', id));
  return (
    <QueryView query={query} what="the consignment">
      {(consignment) => <ConsignmentBoard consignment={consignment} />}
    </QueryView>
  );
}

type Parcel = ConsignmentDetail['parcels'][number];
const parcelColumns: Column<Parcel>[] = [
  { id: 'tracking', header: 'Parcel', role: 'head', cell: ({ trackingNumber }) => trackingNumber ?? 'not booked' },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} machine="parcel" /> },
  { id: 'native', header: 'Carrier says', cell: ({ nativeStatus }) => <NativeState state={nativeStatus} /> },
  {
    id: 'weight',
    header: 'Weight',
    align: 'end',
    cell: ({ weightGrams, estimated }) => `${formatWeight(weightGrams)}${estimated ? ' (estimated)' : ''}`,
  },
  {
    id: 'size',
    header: 'Size',
    align: 'end',
    cell: ({ lengthMm, widthMm, heightMm }) => `${[lengthMm, widthMm, heightMm].map((mm) => mm / 10).join(' × ')} cm`,
  },
];

function ConsignmentBoard({ consignment }: { consignment: ConsignmentDetail }) {
  const { number, orders, parcels, labelDocumentId, timeline, temporalUrl } = consignment;
  const user = useUser();
  return (
    <>
      <PageHead
        title={number}
        lead={
          <>
            <StateBadge state={consignment.state} machine="consignment" /> {consignment.brand.name} by{' '}
            {consignment.carrier?.name ?? 'no carrier'}
          </>
        }
      >
        {temporalUrl ? (
          <a className="button" href={temporalUrl} target="_blank" rel="noreferrer">
            Its process in Temporal
          </a>
        ) : null}
      </PageHead>
      <Section title="What can be done">
        <PageActions thing={{ ...consignment, collection: 'consignments', name: number }} />
      </Section>
      <Facts facts={factsOf(consignment)} />
      <FreightSection consignment={consignment} isStaff={isStaff(user)} />
      {isStaff(user) && consignment.state === 'OPEN' ? <CarriersSection consignment={consignment} /> : null}
      <div className="two-columns wide-left">
        <div>
          <Section title="Orders" count={orders.length}>
            {orders.length === 0 ? <Empty title="It holds no order" /> : null}
            <ul className="plain-list">
              {orders.map(({ id, number: name, state }) => (
                <li key={id}>
                  <RowLink to="/orders/$id" id={id}>
                    {name}
                  </RowLink>
                  <StateBadge state={state} machine="order" />
                </li>
              ))}
            </ul>
          </Section>
          <Section title="Parcels" count={parcels.length}>
            <DataTable
              caption="Parcels"
              columns={parcelColumns}
              rows={parcels}
              nameOf={({ trackingNumber }) => trackingNumber ?? 'parcel'}
              keys={false}
            />
          </Section>
          <Section title="Label">
            {labelDocumentId ? (
              <>
                <DocumentFrame documentId={labelDocumentId} title={`label of ${number}`} />
                <PrintAgain path={`/api/consignments/${consignment.id}/labels.pdf`} what="labels and slips" />
              </>
            ) : (
              <Empty title="No label yet">The carrier gives it once the consignment is closed and booked.</Empty>
            )}
          </Section>
        </div>
        <Section title="Timeline" count={timeline.length}>
          <Timeline entries={timeline} brandId={consignment.brand.id} />
        </Section>
      </div>
    </>
  );
}

function factsOf(consignment: ConsignmentDetail) {
  const { trackingNumber, trackingUrl, costMinor, costCurrency, brand } = consignment;
  return [
    { label: 'Goes to', value: `${consignment.destinationCountryCode}, ${consignment.incoterm}` },
    { label: 'Label mail', value: `${consignment.slotDate} ${consignment.slotTime}` },
    {
      label: consignment.closedAt ? 'Closed' : 'Closes',
      value: <Time at={consignment.closedAt ?? consignment.closeDueAt} brandId={brand.id} />,
    },
    {
      label: 'Tracking number',
      value: trackingUrl ? (
        <InnerLink to={trackingUrl}>{trackingNumber ?? 'at the carrier'}</InnerLink>
      ) : (
        (trackingNumber ?? <Nothing />)
      ),
    },
    {
      label: 'Booked at',
      value: costCurrency ? <Amount amountMinor={costMinor} currency={costCurrency} /> : <Nothing />,
    },
    { label: 'Revision', value: consignment.revision },
  ];
}
