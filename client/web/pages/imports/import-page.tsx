import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { command } from '../../api/http.ts';
import { oneQuery } from '../../api/queries.ts';
import type { ImportDetail } from '../../api/types/imports.ts';
import { useConfirm } from '../../ui/confirm.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Facts, PageHead, Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';
import { CountsBar } from './counts-bar.tsx';
import { Detection, MappingForm } from './detection.tsx';
import { Questions } from './questions.tsx';
import { Effects, Findings } from './rows.tsx';
import { busyPhases, number, phaseWords } from './words.ts';

const busyRefreshMs = 700;

interface Change {
  method: 'POST' | 'PATCH';
  what: string;
  body: object;
  done: string;
}

/** One file: what it is, what it would change, what it leaves open, and the buttons that decide. */
export function ImportPage() {
  const { id } = useParams({ from: '/shell/imports/$id' });
  const query = useQuery({
    ...oneQuery<ImportDetail>('imports', id),
    refetchInterval: ({ state }) => (state.data && busyPhases.includes(state.data.phase) ? busyRefreshMs : 5_000),
  });
  return (
    <QueryView query={query} what="the import">
      {(detail) => <Loaded detail={detail} />}
    </QueryView>
  );
}

function Loaded({ detail }: { detail: ImportDetail }) {
  const queries = useQueryClient();
  const notices = useNotices();
  const navigate = useNavigate();
  const change = useMutation({
    mutationFn: ({ method, what, body }: Change) =>
      command<{ id: string; phase: string }>(method, `/api/imports/${encodeURIComponent(detail.id)}${what}`, body),
    onSuccess: (answer, { done }) => {
      notices.say('good', done);
      if (answer.id !== detail.id) void navigate({ to: '/imports/$id', params: { id: answer.id } });
    },
    onError: (error) => notices.fail('Nothing was changed.', error),
    onSettled: () => queries.invalidateQueries({ queryKey: ['imports'] }),
  });
  const correct = (body: object) => change.mutate({ method: 'PATCH', what: '', body, done: 'The file is read again.' });
  const isUndo = detail.kind === 'undo';
  return (
    <>
      <PageHead
        title={isUndo ? `Undo of ${detail.fileName}` : detail.fileName}
        lead={`${detail.brand.name}: ${phaseWords[detail.phase]}`}
      >
        <Buttons detail={detail} onChange={change.mutate} busy={change.isPending} />
      </PageHead>
      <Progress detail={detail} />
      {detail.error ? <p className="refused">{detail.error}</p> : null}
      {detail.counts ? <CountsBar counts={detail.counts} /> : null}
      {detail.counts && !isUndo ? (
        <p>
          <a href={`/api/imports/${encodeURIComponent(detail.id)}/errors.csv`} download>
            Download what was not taken over
          </a>
        </p>
      ) : null}
      {detail.questions.length > 0 ? (
        <Section title="Questions" count={detail.questions.length}>
          <Questions detail={detail} busy={change.isPending} onAnswer={(answers) => correct({ answers })} />
        </Section>
      ) : null}
      {isUndo ? null : (
        <Section title="Columns">
          <MappingForm detail={detail} busy={change.isPending} onSave={(mapping) => correct({ mapping })} />
        </Section>
      )}
      {detail.counts ? (
        <Section title="First effects">
          <Effects detail={detail} />
        </Section>
      ) : null}
      {detail.counts ? (
        <Section title="Findings">
          <Findings detail={detail} />
        </Section>
      ) : null}
      <Section title="The file">
        {isUndo ? null : <Detection detail={detail} />}
        <Facts
          facts={[
            { label: 'Sent', value: <Time at={detail.uploadedAt} /> },
            { label: 'By', value: detail.uploadedBy },
            { label: 'Confirmed by', value: detail.confirmedBy ?? '–' },
            { label: 'Finished', value: detail.finishedAt ? <Time at={detail.finishedAt} /> : '–' },
          ]}
        />
      </Section>
    </>
  );
}

function Progress({ detail: { phase, progress, bytes } }: { detail: ImportDetail }) {
  const { bytesRead, rowsRead, rowsApplied, rowsToApply, productsListed } = progress;
  if (phase === 'reading') {
    return (
      <p role="status">
        <progress max={Math.max(1, bytes)} value={bytesRead} aria-label="Reading" /> {number(rowsRead)} rows read
      </p>
    );
  }
  if (phase === 'applying') {
    return (
      <p role="status">
        <progress max={Math.max(1, rowsToApply)} value={rowsApplied} aria-label="Applying" /> {number(rowsApplied)} of{' '}
        {number(rowsToApply)} rows applied
      </p>
    );
  }
  if (phase === 'listing') return <p role="status">Listings of {number(productsListed)} products followed.</p>;
  return null;
}

interface ButtonsProps {
  detail: ImportDetail;
  busy: boolean;
  onChange: (change: Change) => void;
}

function Buttons({ detail, busy, onChange }: ButtonsProps) {
  const ask = useConfirm();
  const { can, counts } = detail;
  const confirm = async () => {
    const left = (counts?.held ?? 0) + (counts?.refused ?? 0) + (counts?.duplicate ?? 0);
    const answer = await ask({
      title: 'Apply this import?',
      consequences: [
        `New SKUs: ${number(counts?.new ?? 0)}, changed: ${number(counts?.changed ?? 0)}.`,
        ...(left > 0 ? [left === 1 ? '1 row is not taken over.' : `${number(left)} rows are not taken over.`] : []),
        'It can be undone afterwards as a plan of its own.',
      ],
      confirmLabel: 'Apply',
    });
    if (answer) onChange({ method: 'POST', what: '/confirm', body: {}, done: 'It is being applied.' });
  };
  const discard = async () => {
    const answer = await ask({
      title: 'Give this preview up?',
      consequences: ['Nothing of it was written.', 'The file and its rows are forgotten.'],
      confirmLabel: 'Discard',
      danger: true,
    });
    if (answer) onChange({ method: 'POST', what: '/discard', body: {}, done: 'The preview was given up.' });
  };
  return (
    <>
      {can.undo ? (
        <button
          type="button"
          disabled={busy}
          onClick={() => onChange({ method: 'POST', what: '/undo', body: {}, done: 'This is the plan of the undo.' })}
        >
          Plan its undo
        </button>
      ) : null}
      {can.discard ? (
        <button type="button" disabled={busy} onClick={discard}>
          Discard
        </button>
      ) : null}
      {can.confirm ? (
        <button type="button" className="primary" disabled={busy} onClick={confirm}>
          Confirm …
        </button>
      ) : null}
    </>
  );
}
