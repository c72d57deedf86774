import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import type { ConnectionReport, ConnectionTested, ConnectorRow, HandOverBegun } from '../../api/types/operations.ts';
import { explain } from '../../ui/notices.tsx';
import { TestReport } from '../../ui/test-report.tsx';
import { AccessFields, accessOf } from './access-fields.tsx';
import { HandOver } from './hand-over.tsx';
import { WayChoice } from './way-choice.tsx';

interface AccessFormProps {
  connector: ConnectorRow;
  /** Where credentials are tested and kept, and where a hand-over begins. */
  paths: { connect: string; authorize: string };
  /** Fields above, and what they add to the body. */
  head: ReactNode;
  more: (form: FormData) => Record<string, unknown>;
  known?: Record<string, unknown>;
  onClose: () => void;
}

/** One way of access: what to click over there, its fields, the test, and what the shop offers to choose from. */
export function AccessForm({ connector, paths, head, more, known = {}, onClose }: AccessFormProps) {
  const [wayId, setWayId] = useState(connector.ways[0]?.id);
  const [begun, setBegun] = useState<HandOverBegun | null>(null);
  const [report, setReport] = useState<ConnectionReport | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const connect = useAsk<ConnectionTested>(({ saved, report: found }) =>
    found.ok ? 'Connected: the credentials work.' : saved ? 'Stored, but the test failed.' : 'Not stored.',
  );
  const attempt = useAsk<ConnectionReport>(({ ok }) => (ok ? 'The credentials work.' : 'The test failed.'));
  const authorize = useAsk<HandOverBegun>(() => 'The shop can be asked now.');
  const way = connector.ways.find(({ id }) => id === wayId);
  const isBusy = connect.isPending || attempt.isPending || authorize.isPending;
  const failure = [connect, attempt, authorize].find(({ isError }) => isError)?.error;
  if (begun) return <HandOver begun={begun} onAgain={() => setBegun(null)} onClose={onClose} />;

  const fresh = () => {
    connect.reset();
    attempt.reset();
    authorize.reset();
  };
  const tryIt = () => {
    if (!form.current?.reportValidity()) return;
    fresh();
    const { settings, ...access } = accessOf(new FormData(form.current), connector, way);
    const body = { connector: connector.name, settings: { ...known, ...settings }, ...access };
    attempt.mutate({ path: '/api/connections/test', body }, { onSuccess: setReport });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    fresh();
    const filled = new FormData(event.currentTarget);
    const { settings, ...access } = accessOf(filled, connector, way);
    const body = { ...more(filled), settings: { ...known, ...settings }, ...access };
    if (way?.handOver) return authorize.mutate({ path: paths.authorize, body }, { onSuccess: setBegun });
    connect.mutate(
      { path: paths.connect, body },
      { onSuccess: ({ saved, report: found }) => (saved ? onClose() : setReport(found)) },
    );
  };
  return (
    <form className="stack" ref={form} onSubmit={submit}>
      {head}
      <WayChoice
        connector={connector}
        chosen={way}
        onChoose={(id) => {
          setWayId(id);
          setReport(null);
        }}
      />
      <AccessFields connector={connector} way={way} report={report} known={known} />
      {failure ? (
        <div className="alert" role="alert">
          <p>{explain(failure)}</p>
        </div>
      ) : null}
      {report ? (
        <div aria-live="polite">
          <TestReport report={report} />
        </div>
      ) : null}
      <div className="dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        {way?.handOver ? null : (
          <button type="button" disabled={isBusy} onClick={tryIt}>
            Only test
          </button>
        )}
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? 'Testing …' : way?.handOver ? 'Go on to the shop' : 'Test and connect'}
        </button>
      </div>
    </form>
  );
}
