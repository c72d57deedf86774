import { decide, type MachineDefinition, machines, type Role, statesOf } from './index.ts';
import { initialStateOf } from './kit.ts';

/** What an edit in a table does to a thing in one state and one situation, for one kind of editor. */
export interface EditCell {
  readonly entity: 'product' | 'listing' | 'order';
  readonly state: string;
  /** What besides the state decides; one of the entity's situations. */
  readonly situation: string;
  readonly editor: 'staff' | 'brand';
  /** The state after the edit; null: refused. */
  readonly to: string | null;
  readonly why: string | null;
}

interface Situation {
  readonly name: string;
  /** The facts that the guards read; what is not named is as harmless as can be. */
  readonly context: object;
}

const calmOrder = {
  ownEdit: false,
  linesKnown: true,
  stockReserved: true,
  addressComplete: true,
  pushInFlight: false,
  inShop: false,
  handedOver: false,
  goodsOutside: false,
  declineToOps: false,
  resumeState: null,
};
const calmListing = {
  ownEdit: false,
  remoteExists: false,
  remoteLive: false,
  contentChanged: true,
  priceMended: false,
  locked: false,
  blockingFindings: 0,
  openPrices: 0,
};
const there = { ...calmListing, remoteExists: true };

export const editSituations: Readonly<Record<EditCell['entity'], readonly Situation[]>> = {
  product: [{ name: 'any', context: { ownEdit: false, blockingFindings: 0 } }],
  listing: [
    { name: 'not there', context: calmListing },
    { name: 'live there', context: { ...there, remoteLive: true } },
    { name: 'locked there', context: { ...there, locked: true } },
  ],
  order: [
    { name: 'nothing sent', context: calmOrder },
    { name: 'push under way', context: { ...calmOrder, pushInFlight: true } },
    { name: 'in the shop', context: { ...calmOrder, inShop: true } },
    { name: 'handed over', context: { ...calmOrder, inShop: true, handedOver: true, goodsOutside: true } },
  ],
};

const editors = { staff: 'ops', brand: 'brand' } as const satisfies Record<EditCell['editor'], Role>;

/** Every state × situation × editor, answered by the machines. */
export function editCells(): EditCell[] {
  return (Object.keys(editSituations) as EditCell['entity'][]).flatMap((entity) => {
    const definition = machines[entity] as MachineDefinition;
    return statesOf(definition).flatMap((state) =>
      editSituations[entity].flatMap(({ name: situation, context }) =>
        (Object.keys(editors) as EditCell['editor'][]).map((editor) => {
          const decision = decide(definition, state, context, { type: 'EDIT' }, editors[editor]);
          const answer = decision.ok ? { to: decision.to, why: null } : { to: null, why: decision.why };
          return { entity, state, situation, editor, ...answer };
        }),
      ),
    );
  });
}

/** What a typed price does: to the listing that shows it, and to the proposal that was open or in force before. */
export interface PriceEditCell {
  readonly listingState: string;
  readonly listingTo: string;
  /** State of the price by hand before: none, waiting, in force. */
  readonly before: 'none' | 'PROPOSED' | 'APPROVED';
  /** What becomes of that one; null where there was none. */
  readonly beforeTo: string | null;
  /** The state in which the new one begins. */
  readonly begins: string;
}

export function priceEditCells(): PriceEditCell[] {
  const listing = machines.listing as MachineDefinition;
  const proposal = machines.price_proposal as MachineDefinition;
  const withdrawn = decide(proposal, 'PROPOSED', {}, { type: 'WITHDRAW' }, 'ops');
  const replaced = { none: null, PROPOSED: withdrawn.ok ? withdrawn.to : 'PROPOSED', APPROVED: 'APPROVED' } as const;
  return statesOf(listing).flatMap((listingState) => {
    const shown = decide(listing, listingState, { ...there, openPrices: 1 }, { type: 'PRICE_PROPOSED' }, 'system');
    return (['none', 'PROPOSED', 'APPROVED'] as const).map((before) => ({
      listingState,
      // Where it shows nothing of prices, it waits beside the listing and goes out with it.
      listingTo: shown.ok ? shown.to : listingState,
      before,
      beforeTo: replaced[before],
      begins: initialStateOf(proposal),
    }));
  });
}
