import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { brandsQuery, connectorsQuery } from '../../api/queries.ts';
import type { ConnectorRow } from '../../api/types/operations.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { AccessForm } from './access-form.tsx';

interface AddConnectionProps {
  onClose: () => void;
}

export function AddConnection({ onClose }: AddConnectionProps) {
  const query = useQuery(connectorsQuery);
  return (
    <Dialog title="Connect a shop" shape="sheet" onClose={onClose}>
      <QueryView query={query} what="the connectors">
        {(connectors) => <AddForm connectors={connectors} onClose={onClose} />}
      </QueryView>
    </Dialog>
  );
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();
const paths = { connect: '/api/connections', authorize: '/api/connections/authorize' };

/** A new connection, tested before it is kept. Credentials go to the server once and never come back. */
function AddForm({ connectors, onClose }: AddConnectionProps & { connectors: ConnectorRow[] }) {
  const [chosen, setChosen] = useState(connectors[0]?.name ?? '');
  const connector = connectors.find(({ name }) => name === chosen);
  if (!connector) return <p>This installation knows no connectors.</p>;
  const more = (form: FormData) => {
    const brandId = text(form, 'brandId');
    const webhookSecret = text(form, 'webhookSecret');
    return {
      code: text(form, 'code'),
      name: text(form, 'name'),
      connector: connector.name,
      ...(brandId === '' ? {} : { brandId }),
      ...(webhookSecret === '' ? {} : { webhookSecret }),
    };
  };
  return (
    <div className="stack">
      <label className="field">
        <span>System</span>
        <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
          {connectors.map(({ name, title, kind }) => (
            <option key={name} value={name}>
              {title} ({kind})
            </option>
          ))}
        </select>
      </label>
      <AccessForm
        key={connector.name}
        connector={connector}
        paths={paths}
        head={<Names connector={connector} />}
        more={more}
        onClose={onClose}
      />
    </div>
  );
}

function Names({ connector: { kind } }: { connector: ConnectorRow }) {
  const brands = useQuery(brandsQuery).data ?? [];
  return (
    <>
      <TextField name="name" label="Name" value="" required />
      <TextField
        name="code"
        label="Code"
        value=""
        pattern="[a-z0-9][a-z0-9\-]{1,40}"
        required
        hint="Lower-case letters, digits and hyphens; part of webhook addresses."
      />
      {kind === 'store' ? (
        <label className="field">
          <span>Brand</span>
          <select name="brandId" required>
            {brands.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        // Shops are told the secret, or sign with their app's; elsewhere a person agrees on it with the other side.
        <TextField
          name="webhookSecret"
          label="Webhook secret"
          type="password"
          value=""
          hint="Where the system signs its webhooks."
        />
      )}
    </>
  );
}
