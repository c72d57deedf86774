import { useQuery } from '@tanstack/react-query';
import { connectorsQuery } from '../../api/queries.ts';
import type { ConnectionDetail } from '../../api/types/operations.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { AccessForm } from '../connections/access-form.tsx';

/** New access for an account that is there: a revoked key, an app that was removed. The old one stays until then. */
export function NewAccess({ connection, onClose }: { connection: ConnectionDetail; onClose: () => void }) {
  const query = useQuery(connectorsQuery);
  const path = `/api/connections/${connection.id}`;
  return (
    <Dialog title={`New access to ${connection.name}`} shape="sheet" onClose={onClose}>
      <QueryView query={query} what="the connectors">
        {(connectors) => {
          const connector = connectors.find(({ name }) => name === connection.connector);
          if (!connector) return <p>This installation does not know {connection.connector}.</p>;
          return (
            <AccessForm
              connector={connector}
              paths={{ connect: `${path}/test`, authorize: `${path}/authorize` }}
              head={<p className="muted">What is stored stays until the new access has proved itself.</p>}
              more={() => ({})}
              known={connection.settings}
              onClose={onClose}
            />
          );
        }}
      </QueryView>
    </Dialog>
  );
}
