import { type ConnectorDescription, confirmedRows, storeOrderStatuses } from '../contract/describe.ts';
import { KIND_BY_CODE, REMEDIES } from './errors.ts';
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
  facts: [
    {
      title: 'Codes of errors',
      intro: 'Those whose meaning is not that of their status, or that a person can do something about.',
      columns: ['code', 'becomes', 'remedy'],
      rows: [...new Set([...Object.keys(KIND_BY_CODE), ...Object.keys(REMEDIES)])].map((code) => [
        `\`${code}\``,
        KIND_BY_CODE[code] ?? 'as its status says',
        REMEDIES[code] ?? '',
      ]),
    },
  ],
  unconfirmedCapabilities: [],
};
