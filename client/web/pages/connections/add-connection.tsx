import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { brandsQuery, connectorsQuery } from '../../api/queries.ts';
import { fieldsOf } from '../../api/reading.ts';
import type { ConnectionTested, ConnectorRow } from '../../api/types/operations.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { TestReport } from '../../ui/test-report.tsx';
import { SchemaFields, valuesOf } from './schema-fields.tsx';

interface AddConnectionProps {
  onClose: () => void;
}

export function AddConnection({ onClose }: AddConnectionProps) {
  const query = useQuery(connectorsQuery);
  return (
    <Dialog title="Add a connection" shape="sheet" onClose={onClose}>
      <QueryView query={query} what="the connectors">
        {(connectors) => <AddForm connectors={connectors} onClose={onClose} />}
      </QueryView>
    </Dialog>
  );
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

/** A new connection, tested before it is kept. Credentials go to the server once and never come back. */
function AddForm({ connectors, onClose }: AddConnectionProps & { connectors: ConnectorRow[] }) {
  const [chosen, setChosen] = useState(connectors[0]?.name ?? '');
  const brands = useQuery(brandsQuery).data ?? [];
  const ask = useAsk<ConnectionTested>(({ saved, report }) =>
    report.ok ? 'Connected: the credentials work.' : saved ? 'Stored, but the test failed.' : 'Not stored.',
  );
  const connector = connectors.find(({ name }) => name === chosen);
  if (!connector) return <p>This installation knows no connectors.</p>;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const webhookSecret = text(form, 'webhookSecret');
    const brandId = text(form, 'brandId');
    const body = {
      code: text(form, 'code'),
      name: text(form, 'name'),
      connector: connector.name,
      ...(brandId === '' ? {} : { brandId }),
      ...(webhookSecret === '' ? {} : { webhookSecret }),
      settings: valuesOf(form, 'settings', fieldsOf(connector.settings)),
      credentials: valuesOf(form, 'credentials', fieldsOf(connector.credentials)),
    };
    ask.mutate({ path: '/api/connections', body }, { onSuccess: ({ saved }) => (saved ? onClose() : undefined) });
  };
  return (
    <form className="stack" onSubmit={submit}>
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
      <TextField name="name" label="Name" value="" required />
      <TextField
        name="code"
        label="Code"
        value=""
        pattern="[a-z0-9][a-z0-9\-]{1,40}"
        required
        hint="Lower-case letters, digits and hyphens; part of webhook addresses."
      />
      {connector.kind === 'store' ? (
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
      ) : null}
      <SchemaFields
        key={`c-${chosen}`}
        group="credentials"
        legend="Credentials"
        fields={fieldsOf(connector.credentials)}
      />
      <SchemaFields key={`s-${chosen}`} group="settings" legend="Settings" fields={fieldsOf(connector.settings)} />
      <TextField
        name="webhookSecret"
        label="Webhook secret"
        type="password"
        value=""
        hint="Where the system signs its webhooks."
      />
      {ask.data && !ask.data.saved ? <TestReport report={ask.data.report} /> : null}
      <div className="dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="primary" disabled={ask.isPending}>
          {ask.isPending ? 'Testing …' : 'Test and connect'}
        </button>
      </div>
    </form>
  );
}
