import { type ConnectorDescription, confirmedRows, storeOrderStatuses } from '../contract/describe.ts';
import { statusByNative } from './tags.ts';

/** WooCommerce's tables, for its page. */
export const description: ConnectorDescription = {
  states: [
    {
      title: 'Orders',
      field: 'status',
      rows: confirmedRows(statusByNative),
      tags: storeOrderStatuses,
      without: { unknown: 'a status that is not here and that the settings do not name' },
      other: 'unknown, unless the settings name its meaning',
    },
  ],
  facts: [],
  unconfirmedCapabilities: [],
};
