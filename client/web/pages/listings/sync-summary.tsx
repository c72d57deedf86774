import type { ListingSku } from '../../api/types/catalogue.ts';
import { priceOf, standOf, stockOf } from '../../ui/sync.ts';

/** Price and stock of all SKUs of a listing in one word. */
export function SyncSummary({ skus, remote }: { skus: ListingSku[]; remote: string }) {
  if (remote === 'ABSENT') return <span className="muted">not there yet</span>;
  const stands = skus.flatMap((sku) => [standOf(priceOf(sku), remote), standOf(stockOf(sku), remote)]);
  const drifts = stands.filter((stand) => stand === 'drift').length;
  const sending = stands.filter((stand) => stand === 'sending').length;
  const failed = skus.filter(({ lastError }) => lastError !== null).length;
  if (failed > 0) return <Mark mark="overdue" text={`${failed} refused`} />;
  if (drifts > 0) return <Mark mark="overdue" text={`${drifts} differ there`} />;
  if (sending > 0) return <Mark mark="soon" text={`${sending} on the way`} />;
  return <span className="in-sync">in sync</span>;
}

function Mark({ mark, text }: { mark: string; text: string }) {
  return (
    <span className="mark" data-mark={mark}>
      {text}
    </span>
  );
}
