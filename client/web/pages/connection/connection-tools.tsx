import { type FormEvent, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import type { Accepted, ConnectionDetail, ConnectionTested } from '../../api/types/operations.ts';
import { useUser } from '../../app/session.ts';
import { NewAccess } from './new-access.tsx';

/** Synchronise now, fetch one order by its number over there, test the credentials, give new ones. */
export function ConnectionTools({ connection }: { connection: ConnectionDetail }) {
  const path = `/api/connections/${connection.id}`;
  const { role } = useUser();
  const [renewing, setRenewing] = useState(false);
  const sync = useAsk<Accepted>(() => `${connection.name}: synchronisation begun.`);
  const fetchOne = useAsk<Accepted>(() => `${connection.name}: the order is being fetched.`);
  const test = useAsk<ConnectionTested>(({ report }) =>
    report.ok ? `${connection.name}: the credentials work.` : `${connection.name}: the test failed, see below.`,
  );
  const fetchOrder = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const externalId = String(new FormData(form).get('externalId') ?? '').trim();
    fetchOne.mutate({ path: `${path}/fetch`, body: { externalId } }, { onSuccess: () => form.reset() });
  };
  return (
    <div className="tools">
      {connection.kind === 'carrier' ? null : (
        <button type="button" disabled={sync.isPending} onClick={() => sync.mutate({ path: `${path}/sync`, body: {} })}>
          Sync now
        </button>
      )}
      {role !== 'admin' ? null : (
        <button type="button" disabled={test.isPending} onClick={() => test.mutate({ path: `${path}/test`, body: {} })}>
          {test.isPending ? 'Testing …' : 'Test the credentials'}
        </button>
      )}
      {role !== 'admin' ? null : (
        <button type="button" onClick={() => setRenewing(true)}>
          New access
        </button>
      )}
      {renewing ? <NewAccess connection={connection} onClose={() => setRenewing(false)} /> : null}
      {connection.kind === 'marketplace' ? (
        <form className="inline-form" onSubmit={fetchOrder}>
          <label>
            <span className="visually-hidden">Order number on the marketplace</span>
            <input name="externalId" required pattern="[A-Za-z0-9._:\/#\-]{1,100}" placeholder="Order number there" />
          </label>
          <button type="submit" disabled={fetchOne.isPending}>
            Fetch order
          </button>
        </form>
      ) : null}
    </div>
  );
}
