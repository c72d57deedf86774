import type { CarrierConnector, ShipmentRequest } from '../../contract/carrier.ts';
import type { ConnectorContext } from '../../contract/common.ts';
import type { ListingDraft, ListingRef, MarketplaceConnector } from '../../contract/marketplace.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** What there is of a server that somebody else started: the connector and its credentials, no controls. */
export interface GivenAccess<Connector> {
  readonly connector: Connector;
  /** What the connector was made from, for raw calls of the test-bed. */
  readonly ctx: ConnectorContext<unknown, unknown>;
  /** Stands in everything that is made there. */
  readonly mark: string;
}

/** How test goods come to a marketplace, and go again. */
export interface GivenMarketplace {
  /**
   * A draft of what the server itself offers: its categories, brands and attributes.
   *
   * @throws NotProvoked where it offers too little
   */
  draft(
    access: GivenAccess<MarketplaceConnector>,
    skus: readonly string[],
    more: Partial<ListingDraft>,
  ): Promise<ListingDraft>;
  /** The title that is shown, by raw calls; null where it is not told. */
  titleOf(access: GivenAccess<MarketplaceConnector>, ref: ListingRef): Promise<string | null>;
  /** Removes a test listing. Throws, with the reason, where it stays. */
  remove(access: GivenAccess<MarketplaceConnector>, ref: ListingRef): Promise<void>;
}

/** What is booked with a carrier that somebody else started. */
export interface GivenCarrier {
  request(settings: Settings, reference: string, more: Partial<ShipmentRequest>): ShipmentRequest;
  /** Settings that only a call can tell. */
  learn?(access: GivenAccess<CarrierConnector>, request: ShipmentRequest): Promise<Settings>;
  /** Why an unused booking stays where it cannot be taken back. */
  readonly stays: string;
}

/** How a marketplace or carrier is tested on a server that the kit did not start. */
export interface GivenServer {
  /** Settings to try in this order: the first that connects is used. What the person gave (`more`) goes before guesses. */
  settingsFor(url: string, more: Settings, credentials: unknown): readonly Settings[];
  /** Of the same shape, and refused. */
  wrongCredentials(credentials: unknown): unknown;
  /** Cases that the platform rules out with these settings: id → reason. */
  exceptions?(settings: Settings): Readonly<Record<string, string>>;
  readonly marketplace?: GivenMarketplace;
  readonly carrier?: GivenCarrier;
}
