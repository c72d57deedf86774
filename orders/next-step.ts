/** An order as its process sees it: ids, states and yes/no facts, no personal data. */
export interface OrderView {
  readonly number: string;
  readonly brand: string;
  readonly marketplace: string;
  readonly marketplaceConnectionId: string;
  readonly storeConnectionId: string | null;
  readonly state: string;
  readonly version: number;
  readonly inShop: boolean;
  readonly handedOver: boolean;
  readonly marketplaceTold: boolean;
  readonly shopTold: boolean;
  readonly channelOrderState: string;
  readonly parcelStates: readonly string[];
  readonly hasTrackingNumber: boolean;
  /** The brand's shop does not answer (`away`), or is sent what waited in the order of its deadlines (`draining`). */
  readonly storeOutage?: 'away' | 'draining' | null;
  /** Another brand's part of the same basket has still to leave: the marketplace is told when all have. */
  readonly restOfBasketWaits?: boolean;
}

export type OrderStep =
  | 'plan'
  | 'push'
  | 'confirm-shipment'
  | 'fulfil-in-shop'
  | 'complete'
  | 'take-back'
  | 'wait'
  | 'closed';

/**
 * The one next thing that an order's process does, from its row alone: so a process that starts anew, or was woken twice,
 * does the same as one that was never interrupted.
 */
export function nextOrderStep(view: OrderView): OrderStep {
  switch (view.state) {
    case 'APPROVED':
      return 'plan';
    case 'QUEUE':
      if (mustTellMarketplace(view)) return 'confirm-shipment';
      return view.storeConnectionId && !view.inShop && !view.storeOutage ? 'push' : 'wait';
    case 'SYNCED':
      if (mustTellMarketplace(view)) return 'confirm-shipment';
      if (view.handedOver && view.inShop && view.storeConnectionId && !view.shopTold)
        return view.storeOutage ? 'wait' : 'fulfil-in-shop';
      return isDone(view) && !mustStillTell(view) ? 'complete' : 'wait';
    case 'CANCEL_PENDING':
      return 'take-back';
    case 'CANCELLED':
    case 'SUCCESSFULLY_PROCESSED':
      return 'closed';
    default:
      return 'wait';
  }
}

const mustTellMarketplace = (view: OrderView): boolean =>
  view.handedOver && view.hasTrackingNumber && !view.marketplaceTold && view.restOfBasketWaits !== true;

/** Arrived before another part of its basket has left: it stays open, for the marketplace is told by whichever is last. */
const mustStillTell = (view: OrderView): boolean =>
  view.restOfBasketWaits === true && !view.marketplaceTold && view.channelOrderState !== 'COMPLETED';

/** Delivered, or settled over there. Voided parcels do not count. */
function isDone(view: OrderView): boolean {
  if (view.channelOrderState === 'COMPLETED') return true;
  const shipped = view.parcelStates.filter((state) => state !== 'VOIDED');
  return shipped.length > 0 && shipped.every((state) => state === 'DELIVERED');
}
