import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useAsk } from '../../api/commands.ts';
import { call } from '../../api/http.ts';
import type { HandOverBegun, HandOverDetail } from '../../api/types/operations.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { TestReport } from '../../ui/test-report.tsx';

const pollMs = 1_500;
const isOpen = (progress: HandOverDetail['progress'] | undefined) =>
  progress === undefined || progress === 'waiting' || progress === 'received' || progress === 'testing';

interface HandOverProps {
  begun: HandOverBegun;
  /** Begins anew: the old address counts once. */
  onAgain: () => void;
  onClose: () => void;
}

/** Waits until the shop's owner has agreed on the shop's own page, and shows what came of it. */
export function HandOver({ begun, onAgain, onClose }: HandOverProps) {
  const { id } = begun;
  const query = useQuery<HandOverDetail>({
    queryKey: ['hand-overs', id],
    refetchInterval: ({ state }) => (isOpen(state.data?.progress) ? pollMs : false),
    queryFn: ({ signal }) => call<HandOverDetail>('GET', `/api/hand-overs/${id}`, { signal }),
  });
  return (
    <QueryView query={query} what="the hand-over">
      {(detail) => <Progress detail={detail} begun={begun} onAgain={onAgain} onClose={onClose} />}
    </QueryView>
  );
}

function Progress({ detail, begun, onAgain, onClose }: HandOverProps & { detail: HandOverDetail }) {
  const { id, progress, report, refusal, connectionId } = detail;
  const finish = useAsk<HandOverDetail>((after) =>
    after.progress === 'connected' ? 'Connected: the shop handed access over.' : 'Not connected.',
  );
  // The owner's browser may never come back here: what has arrived is tested by whoever waits for it.
  const isFresh = progress === 'received' && report === null;
  const { mutate, isIdle } = finish;
  useEffect(() => {
    if (isFresh && isIdle) mutate({ path: `/api/hand-overs/${id}/finish`, body: {} });
  }, [isFresh, isIdle, mutate, id]);
  const address = detail.authorizeUrl ?? begun.authorizeUrl;
  return (
    <div className="stack" aria-live="polite">
      {progress === 'waiting' && address ? (
        <>
          <p>
            The shop asks on its own page whether it may let us in. Log in there as its owner, and agree. The address
            counts once, and for half an hour.
          </p>
          <p>
            <a className="button primary" href={address} target="_blank" rel="noreferrer">
              Open the shop's page
            </a>
          </p>
          <p className="muted">
            <span className="spinner" aria-hidden="true" /> Waiting for the shop …
          </p>
        </>
      ) : null}
      {progress === 'received' || progress === 'testing' ? <p>Access has arrived and is being tested …</p> : null}
      {progress === 'connected' ? (
        <p className="in-sync">
          The shop is connected.{' '}
          {connectionId ? (
            <Link to="/connections/$id" params={{ id: connectionId }} onClick={onClose}>
              See the connection
            </Link>
          ) : null}
        </p>
      ) : null}
      {progress === 'expired' ? <p className="refused">It took too long: nobody agreed within half an hour.</p> : null}
      {progress === 'refused' ? (
        <div className="alert" role="alert">
          <p>
            <strong>{refusal?.what ?? 'Access was not given.'}</strong> {refusal?.remedy} Nothing was stored.
          </p>
        </div>
      ) : null}
      {report ? <TestReport report={report} /> : null}
      <div className="dialog-actions">
        {progress === 'received' && report ? (
          <button
            type="button"
            className="primary"
            disabled={finish.isPending}
            onClick={() => mutate({ path: `/api/hand-overs/${id}/finish`, body: {} })}
          >
            Test again
          </button>
        ) : null}
        {progress === 'connected' ? null : (
          <button type="button" onClick={onAgain}>
            Begin again
          </button>
        )}
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </div>
  );
}
