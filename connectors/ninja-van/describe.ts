import { trackingTags } from '../contract/carrier.ts';
import type { ConnectorDescription } from '../contract/describe.ts';
import { scanStatuses, scanTagsWithoutNative } from './tags.ts';

/** Ninja Van's tables, for its page. */
export const description: ConnectorDescription = {
  states: [
    {
      title: 'Statuses',
      field: 'status',
      rows: scanStatuses.map((row) => ({
        ...row,
        meaning: row.warn ? `${row.meaning} (a person should look)` : row.meaning,
      })),
      tags: trackingTags,
      without: scanTagsWithoutNative,
      other:
        'kept as a raw event with a warning; on the way back (`is_parcel_on_rts_leg`) delivered means RETURNED, other known states RETURNING',
    },
  ],
  facts: [],
  unconfirmedCapabilities: [],
};
