import { trackingTags } from '../contract/carrier.ts';
import type { ConnectorDescription } from '../contract/describe.ts';
import { fieldRemedies, forbidden } from './errors.ts';
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
  facts: [
    {
      title: 'Refused fields',
      intro: 'A refusal names its field; the first match counts.',
      columns: ['field', 'remedy'],
      rows: fieldRemedies.map(({ pattern, remedy }) => [`\`${pattern.source}\``, remedy]),
    },
    {
      title: 'Why a 403 comes',
      intro:
        'By what its message speaks of; otherwise the credentials are of another country, or the account is not active.',
      columns: ['message', 'remedy'],
      rows: forbidden.map(({ pattern, remedy }) => [`\`${pattern.source}\``, remedy]),
    },
  ],
  unconfirmedCapabilities: [],
};
