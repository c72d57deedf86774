import { useState } from 'react';
import type { OrderConsignment, OrderParcel } from '../../api/types/orders.ts';
import { NativeState, StateBadge } from '../../ui/badge.tsx';
import { DocumentFrame } from '../../ui/document-frame.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { formatWeight } from '../../ui/format.ts';
import { RowLink } from '../../ui/row-link.tsx';
import { TrackingEvents } from '../../ui/tracking-events.tsx';

interface ParcelsProps {
  consignments: OrderConsignment[];
  brandId?: string | undefined;
}

/** The consignments that carry it, their parcels with what the carrier scanned, and the label. */
export function Parcels({ consignments, brandId }: ParcelsProps) {
  if (consignments.length === 0) {
    return <Empty title="Not planned yet">A consignment is made once the order is approved.</Empty>;
  }
  return (
    <ul className="cards">
      {consignments.map((consignment) => (
        <ConsignmentCard key={consignment.id} consignment={consignment} brandId={brandId} />
      ))}
    </ul>
  );
}

function ConsignmentCard({ consignment, brandId }: { consignment: OrderConsignment; brandId?: string | undefined }) {
  const [label, setLabel] = useState(false);
  const { id, number, state, slotDate, slotTime, labelDocumentId, parcels } = consignment;
  return (
    <li className="card">
      <div className="card-head">
        <strong>
          <RowLink to="/consignments/$id" id={id}>
            {number}
          </RowLink>
        </strong>
        <StateBadge state={state} machine="consignment" />
        <span className="muted">
          mail of {slotDate} {slotTime}
        </span>
        {labelDocumentId ? (
          <button type="button" className="small" aria-expanded={label} onClick={() => setLabel(!label)}>
            {label ? 'Hide the label' : 'Show the label'}
          </button>
        ) : (
          <span className="muted">no label yet</span>
        )}
      </div>
      {label && labelDocumentId ? <DocumentFrame documentId={labelDocumentId} title={`label of ${number}`} /> : null}
      {parcels.map((parcel) => (
        <ParcelView key={parcel.id} parcel={parcel} brandId={brandId} />
      ))}
    </li>
  );
}

function ParcelView({ parcel, brandId }: { parcel: OrderParcel; brandId?: string | undefined }) {
  return (
    <div className="parcel">
      <div className="card-head">
        <StateBadge state={parcel.state} machine="parcel" />
        <span>{parcel.trackingNumber ?? 'no tracking number'}</span>
        <span className="muted">{formatWeight(parcel.weightGrams)}</span>
        {parcel.nativeStatus ? <NativeState state={parcel.nativeStatus} /> : null}
      </div>
      <TrackingEvents events={parcel.events} brandId={brandId} />
    </div>
  );
}
