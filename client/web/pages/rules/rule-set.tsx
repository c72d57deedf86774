import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { ruleSetQuery } from '../../api/refining.ts';
import type { DryRunAnswer, RuleSetHead, RuleVersion } from '../../api/types/refining.ts';
import { useConfirm } from '../../ui/confirm.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Time } from '../../ui/time.tsx';
import { DryRunView } from './dry-run.tsx';
import { RuleList } from './rule-list.tsx';

/** The versions of one set, newest first; each can be tried and activated. */
export function RuleSetBoard({ head }: { head: RuleSetHead }) {
  const query = useQuery(ruleSetQuery(head.id));
  return (
    <QueryView query={query} what="the versions">
      {({ set, versions, activations }) => (
        <div className="stack">
          <ul className="plain-list">
            {versions.map((version) => (
              <Version key={version.number} head={set} version={version} />
            ))}
          </ul>
          {activations.length > 0 ? (
            <details>
              <summary>Activated {activations.length === 1 ? 'once' : `${activations.length} times`}</summary>
              <ul>
                {activations.map(({ number, by, at, why }) => (
                  <li key={`${number} ${at}`}>
                    Version {number} by {by} <Time at={at} />
                    {why ? `: ${why}` : ''}
                  </li>
                ))}
              </ul>
            </details>
          ) : null}
        </div>
      )}
    </QueryView>
  );
}

function Version({ head, version }: { head: RuleSetHead; version: RuleVersion }) {
  const { number, note, createdBy, createdAt, rules } = version;
  const [run, setRun] = useState<DryRunAnswer | null>(null);
  const dryRun = useAsk<DryRunAnswer>(({ differ, looked, what }) => `${differ} of ${looked} ${what} would differ.`);
  const activate = useAsk<{ waiting: number }>(
    ({ waiting }) => `Version ${number} holds; ${waiting} are refined again.`,
  );
  const confirm = useConfirm();
  const active = head.activeVersion === number;
  const onActivate = async () => {
    const answer = await confirm({
      title: `Activate version ${number} of ${head.name}?`,
      consequences: [
        run
          ? `${run.differ} of ${run.looked} ${run.what} that were looked at would differ.`
          : 'Nobody has tried yet what it would change.',
        'What differs is edited: approved products and live listings wait for approval again.',
        'What people set by hand stays. Activating the earlier version undoes it.',
      ],
      confirmLabel: 'Activate',
      reason: 'optional',
    });
    if (answer)
      activate.mutate({
        path: `/api/rules/${head.id}/activate`,
        body: { number, ...(answer.why ? { why: answer.why } : {}) },
      });
  };
  return (
    <li className="version stack">
      <div className="version-head">
        <span>
          <strong>Version {number}</strong> {active ? <span className="mark">in force</span> : null} {note}{' '}
          <span className="muted">
            by {createdBy} <Time at={createdAt} />
          </span>
        </span>
        <span className="badges">
          <button
            type="button"
            className="small"
            disabled={dryRun.isPending}
            onClick={() =>
              dryRun.mutate({ path: `/api/rules/${head.id}/dry-run`, body: { number } }, { onSuccess: setRun })
            }
          >
            {dryRun.isPending ? 'Trying …' : 'What would change?'}
          </button>
          {active ? null : (
            <button type="button" className="small primary" disabled={activate.isPending} onClick={onActivate}>
              Activate
            </button>
          )}
        </span>
      </div>
      <RuleList rules={rules} />
      {run ? <DryRunView run={run} /> : null}
    </li>
  );
}
