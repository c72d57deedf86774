import { type ConnectorDescription, confirmedRows, storeOrderStatuses } from '../contract/describe.ts';
import { statusByState } from './tags.ts';

/** Magento's tables, for its page. */
export const description: ConnectorDescription = {
  states: [
    {
      title: 'Orders',
      field: 'state',
      rows: confirmedRows(statusByState),
      tags: storeOrderStatuses,
      without: {
        failed: 'no state says it',
        deleted: 'orders are not deleted',
        unknown: 'a state that is not here',
      },
      other: 'unknown; statuses below a state are named by each shop and kept',
    },
  ],
  facts: [],
  unconfirmedCapabilities: [],
};
