import { type ConnectorDescription, confirmedRows, storeOrderStatuses } from '../contract/describe.ts';
import { REMEDIES } from './envelope.ts';
import { statusByFulfilment } from './tags.ts';

/** Shopify's tables, for its page. */
export const description: ConnectorDescription = {
  states: [
    {
      title: 'Orders',
      field: 'displayFulfillmentStatus',
      rows: confirmedRows(statusByFulfilment),
      tags: storeOrderStatuses,
      without: {
        cancelled: '`cancelledAt` is set',
        refunded: 'open, and `displayFinancialStatus` is REFUNDED or VOIDED',
        failed: 'no state says it',
        deleted: 'orders are not deleted while they are read',
        unknown: 'a state that is not here',
      },
      other: 'unknown; the native word keeps all three states of an order',
    },
  ],
  facts: [
    {
      title: 'Codes of errors',
      intro: 'What a person can do about them.',
      columns: ['code', 'remedy'],
      rows: Object.entries(REMEDIES).map(([code, remedy]) => [`\`${code}\``, remedy]),
    },
  ],
  unconfirmedCapabilities: [],
};
