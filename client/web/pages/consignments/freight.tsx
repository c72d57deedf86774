import type { Static } from '@sinclair/typebox';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { FreightChanged } from '../../../api/schemas/freight.ts';
import { command } from '../../api/http.ts';
import { listQuery } from '../../api/queries.ts';
import type { ConsignmentDetail, ConsignmentRow } from '../../api/types/operations.ts';
import { Amount } from '../../ui/amount.tsx';
import { Nothing } from '../../ui/badge.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { formatMinor } from '../../ui/format.ts';
import { useNotices } from '../../ui/notices.tsx';
import { Facts, Section } from '../../ui/section.tsx';

type Changed = Static<typeof FreightChanged>;
interface Wanted {
  action: 'lock' | 'unlock' | 'move' | 'alone' | 'ship-now';
  label: string;
  /** The question before it, without its mark. */
  asks: string;
  /** What is said once it is done. */
  done: string;
  orderId?: string;
  toConsignmentId?: string;
}

const methods: Record<string, string> = {
  alone: 'nothing could be joined',
  exact: 'proven cheapest',
  pool: 'best of many plans',
  search: 'best of a search',
};

/** What the consignment costs, how that came about, and what people may change, each with its cost first. */
export function FreightSection({ consignment, isStaff }: { consignment: ConsignmentDetail; isStaff: boolean }) {
  const { freight } = consignment;
  const { currency, plan } = freight;
  const money = (amountMinor: number | null) =>
    currency ? <Amount amountMinor={amountMinor} currency={currency} /> : <Nothing />;
  const facts = [
    { label: 'Costs by the card', value: money(freight.costMinor) },
    { label: 'Its orders alone', value: money(freight.aloneMinor) },
    { label: 'Saved', value: money(freight.savingMinor) },
    ...(plan
      ? [
          { label: 'Planned', value: `${methods[plan.method] ?? plan.method}, by ${plan.card}` },
          { label: `All ${plan.clusterOrders} orders of the lane`, value: money(plan.clusterCostMinor) },
          { label: 'No plan costs less than', value: money(plan.clusterLowerBoundMinor) },
        ]
      : []),
    { label: 'Locked', value: freight.lockedBy ? `by ${freight.lockedBy}` : 'no, it may be planned anew' },
  ];
  return (
    <Section title="Freight">
      <Facts facts={facts} />
      {plan && plan.explain.length > 0 ? (
        <details>
          <summary>How the price came about</summary>
          <ol>
            {plan.explain.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      ) : null}
      {isStaff && consignment.state === 'OPEN' ? <FreightActions consignment={consignment} /> : null}
    </Section>
  );
}

/** Asks what an action costs, shows it, and does it once the person agrees. */
function useFreight({ id, version, number }: ConsignmentDetail) {
  const confirm = useConfirm();
  const notices = useNotices();
  const queries = useQueryClient();
  const send = ({ action, orderId, toConsignmentId }: Wanted, dryRun: boolean, why = '') =>
    command<Changed>('POST', `/api/consignments/${encodeURIComponent(id)}/freight`, {
      action,
      ...(orderId ? { orderId } : {}),
      ...(toConsignmentId ? { toConsignmentId } : {}),
      version,
      dryRun,
      ...(why ? { why } : {}),
    });
  return useMutation({
    mutationFn: async (wanted: Wanted) => {
      const preview = await send(wanted, true);
      const answer = await confirm({
        title: `${wanted.asks}?`,
        consequences: sentencesOf(preview),
        confirmLabel: wanted.label,
        reason: 'optional',
      });
      if (!answer) return null;
      return send(wanted, false, answer.why);
    },
    onSuccess: (answer, { done }) => (answer ? notices.say('good', `${done}.`) : undefined),
    onError: (error, { label }) => notices.fail(`${number}: “${label}” was not possible.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
}

function sentencesOf({ changeMinor, currency, after, action }: Changed): string[] {
  const price = (minor: number | null) =>
    minor === null || !currency ? 'no price' : `${currency} ${formatMinor(minor, currency)}`;
  const change =
    changeMinor === null || !currency
      ? 'The rate card has no price for it.'
      : changeMinor === 0
        ? 'The cost stays the same.'
        : `It costs ${price(Math.abs(changeMinor))} ${changeMinor > 0 ? 'more' : 'less'}.`;
  const fixed = ['move', 'alone', 'lock'].includes(action)
    ? ['What you decide here is left as it is when the rest is planned at the cut-off.']
    : [];
  return [
    change,
    ...after.map(
      ({ number, orderNumbers, costMinor }) =>
        `${number ?? 'A new consignment'} with ${orderNumbers.join(', ')}: ${price(costMinor)}.`,
    ),
    ...(action === 'ship-now' ? ['No order can join any more; labels are booked with the carrier now.'] : []),
    ...fixed,
  ];
}

function FreightActions({ consignment }: { consignment: ConsignmentDetail }) {
  const act = useFreight(consignment);
  const query = useInfiniteQuery(
    listQuery<ConsignmentRow>('consignments', { state: 'OPEN', brand: consignment.brand.id }),
  );
  const others = (query.data?.pages ?? [])
    .flatMap(({ rows }) => rows)
    .filter((row) => row.id !== consignment.id && row.destinationCountryCode === consignment.destinationCountryCode);
  const isLocked = consignment.freight.lockedBy !== null;
  const name = consignment.number;
  const lock: Wanted = isLocked
    ? { action: 'unlock', label: 'Unlock', asks: `Unlock ${name}`, done: `${name} may be planned anew` }
    : { action: 'lock', label: 'Lock', asks: `Lock ${name} as it is`, done: `${name} is locked` };
  const shipNow: Wanted = {
    action: 'ship-now',
    label: 'Ship now',
    asks: `Ship ${name} now`,
    done: `${name} is closed; its labels are being booked`,
  };
  return (
    <div className="stack freight-actions">
      <div className="row-actions">
        <button type="button" disabled={act.isPending} onClick={() => act.mutate(lock)}>
          {lock.label}
        </button>
        <button type="button" disabled={act.isPending} onClick={() => act.mutate(shipNow)}>
          {shipNow.label}
        </button>
      </div>
      {consignment.orders.map(({ id, number }) => (
        <div className="row-actions" key={id}>
          <span>{number}</span>
          <button
            type="button"
            className="small"
            disabled={act.isPending}
            onClick={() =>
              act.mutate({
                action: 'alone',
                label: 'Ship alone',
                orderId: id,
                asks: `Ship ${number} alone`,
                done: `${number} ships alone`,
              })
            }
          >
            Ship alone<span className="visually-hidden"> {number}</span>
          </button>
          {others.length > 0 ? (
            <label>
              <span className="visually-hidden">Move {number} to</span>
              <select
                value=""
                disabled={act.isPending}
                onChange={({ target }) => {
                  const to = others.find((row) => row.id === target.value)?.number ?? 'the other consignment';
                  act.mutate({
                    action: 'move',
                    label: 'Move',
                    orderId: id,
                    toConsignmentId: target.value,
                    asks: `Move ${number} to ${to}`,
                    done: `${number} is in ${to} now`,
                  });
                }}
              >
                <option value="">Move to …</option>
                {others.map((row) => (
                  <option key={row.id} value={row.id}>
                    {row.number} ({row.orders.length})
                  </option>
                ))}
              </select>
            </label>
          ) : null}
        </div>
      ))}
    </div>
  );
}
