import { type FormEvent, useState } from 'react';
import { useSave } from '../../api/commands.ts';
import type { FieldConflict } from '../../api/types/common.ts';
import type { OrderDetail } from '../../api/types/orders.ts';
import { ConflictList, conflictsOf } from '../../ui/conflicts.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';

interface OrderEditProps {
  order: OrderDetail;
  onClose: () => void;
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

function addressOf(form: FormData): Record<string, unknown> {
  return {
    name: text(form, 'name'),
    company: text(form, 'company') || null,
    lines: text(form, 'lines')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    city: text(form, 'city'),
    region: text(form, 'region') || null,
    postcode: text(form, 'postcode') || null,
    countryCode: text(form, 'countryCode').toUpperCase(),
    phone: text(form, 'phone') || null,
    email: text(form, 'email') || null,
  };
}

/** Note and address; the address is sent only when somebody touched it. */
export function OrderEdit({ order, onClose }: OrderEditProps) {
  const save = useSave();
  const [touched, setTouched] = useState(false);
  const [conflicts, setConflicts] = useState<FieldConflict[]>([]);
  const to = order.consignee?.address;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const note = text(form, 'note');
    save.mutate(
      {
        path: `/api/orders/${order.id}`,
        name: order.number,
        body: {
          version: order.version,
          ...(note === (order.note ?? '') ? {} : { note: note || null }),
          ...(touched ? { shipTo: addressOf(form) } : {}),
        },
      },
      {
        onSuccess: (answer) => (conflictsOf(answer).length === 0 ? onClose() : setConflicts(conflictsOf(answer))),
        onError: (error) => setConflicts(conflictsOf(error)),
      },
    );
  };
  return (
    <Dialog title={`Edit ${order.number}`} shape="sheet" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="muted">A changed order waits for approval again.</p>
        <ConflictList conflicts={conflicts} />
        <TextField name="note" label="Note" value={order.note ?? ''} rows={3} />
        <fieldset className="stack" onChange={() => setTouched(true)}>
          <legend>Ship to</legend>
          <TextField name="name" label="Name" value={to?.name ?? ''} required />
          <TextField name="company" label="Company" value={to?.company ?? ''} />
          <TextField name="lines" label="Street and number" value={(to?.lines ?? []).join('\n')} rows={3} required />
          <TextField name="postcode" label="Postcode" value={to?.postcode ?? ''} />
          <TextField name="city" label="City" value={to?.city ?? ''} required />
          <TextField name="region" label="Region" value={to?.region ?? ''} />
          <TextField
            name="countryCode"
            label="Country (two letters)"
            value={to?.countryCode ?? order.consignee?.countryCode ?? ''}
            pattern="[A-Za-z]{2}"
            required
          />
          <TextField name="phone" label="Phone" value={to?.phone ?? ''} />
          <TextField name="email" label="E-mail" value={to?.email ?? ''} />
        </fieldset>
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={save.isPending}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
