import { trackingTags } from '../contract/carrier.ts';
import type { ConnectorDescription } from '../contract/describe.ts';
import { remedies } from './errors.ts';
import { scanCodes, scanTagsWithoutNative } from './tags.ts';

/** DHL Express' tables, for its page. */
export const description: ConnectorDescription = {
  states: [
    {
      title: 'Checkpoints',
      field: 'typeCode',
      rows: scanCodes.map((row) => ({
        ...row,
        meaning: row.warn ? `${row.meaning} (a person should look)` : row.meaning,
      })),
      tags: trackingTags,
      without: scanTagsWithoutNative,
      other: 'kept as a raw event with a warning',
    },
  ],
  facts: [
    {
      title: 'Numbers of refusals',
      intro: 'They stand in front of `detail`; published, or seen in live answers.',
      columns: ['number', 'remedy'],
      rows: Object.entries(remedies),
    },
  ],
  unconfirmedCapabilities: [],
};
