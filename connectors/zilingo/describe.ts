import type { ConnectorDescription } from '../contract/describe.ts';
import { channelOrderTags } from '../contract/marketplace.ts';
import { unconfirmedCapabilities } from './connector.ts';
import { reasonRules } from './errors.ts';
import { orderTagsWithoutNative, productStates, reasonFields, unitStates } from './tags.ts';

/** Zilingo's tables, for its page. */
export const description: ConnectorDescription = {
  states: [
    {
      title: 'Shippable units',
      field: 'status',
      rows: unitStates,
      tags: channelOrderTags,
      without: orderTagsWithoutNative,
      other: 'kept as it is, shown as a problem; an order is as far as its least advanced unit',
    },
    {
      title: 'Reviews of products',
      field: 'status',
      rows: productStates.map(({ review, ...row }) => ({ ...row, tag: review })),
      tags: ['in_review', 'passed', 'rejected'],
      without: { in_review: 'every value that is not here, and an upload without product id' },
      other: 'in_review: kept as it is; the one known client takes it as pending',
    },
    {
      title: 'Products as buyers see them',
      field: 'status',
      rows: productStates.map(({ remote, ...row }) => ({ ...row, tag: remote })),
      tags: ['ABSENT', 'LIVE', 'DELISTED', 'LOCKED'],
      without: { ABSENT: 'no such product: nothing is answered' },
      other: 'DELISTED: not shown to buyers yet',
    },
  ],
  facts: [
    {
      title: 'Texts of `REASON`',
      intro: 'No list is public: all patterns are UNCONFIRMED. The first match counts; without one it is Rejected.',
      columns: ['text', 'becomes', 'remedy'],
      rows: reasonRules.map(({ pattern, kind, remedy = '' }) => [
        `\`${pattern.source}\``,
        kind === 'unclear' ? 'Unavailable, or OutcomeUnknown where it may have been done' : kind,
        remedy,
      ]),
    },
    {
      title: 'Reasons of reviews',
      intro:
        'Words of a reason, and the field of the draft that they are about. UNCONFIRMED; without a match the text alone is shown.',
      columns: ['words', 'field'],
      rows: reasonFields.map(({ pattern, field }) => [`\`${pattern.source}\``, field]),
    },
  ],
  unconfirmedCapabilities,
  // What nobody could confirm is off.
  example: {
    credentials: { sellerId: 'SEL-example', apiKey: 'SAK-example' },
    settings: { baseUrl: 'https://api.example' },
  },
};
