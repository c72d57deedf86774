import type { ConnectorDescription } from '../contract/describe.ts';
import { channelOrderTags } from '../contract/marketplace.ts';
import { unconfirmedCapabilities } from './connector.ts';
import { businessRules, gatewayRules } from './errors.ts';
import {
  orderStates,
  orderTagsWithoutNative,
  reasonFields,
  remoteTagsWithoutNative,
  reviews,
  wareStates,
} from './tags.ts';

const versions = ['v1', 'v2'] as const;

/** JD.id's tables, for its page. */
export const description: ConnectorDescription = {
  states: [
    {
      title: 'Orders',
      field: 'orderState',
      rows: orderStates,
      tags: channelOrderTags,
      without: orderTagsWithoutNative,
      other: 'kept as it is, shown as a problem',
    },
    ...versions.map((version) => ({
      title: `Listings (${version})`,
      field: 'wareStatus',
      rows: wareStates[version],
      tags: ['ABSENT', 'LIVE', 'DELISTED', 'LOCKED'],
      without: remoteTagsWithoutNative,
      other: 'DELISTED: it exists; kept as it is and logged',
    })),
    ...versions.map((version) => ({
      title: `Reviews (${version})`,
      field: reviews[version].field,
      rows: reviews[version].states,
      tags: ['in_review', 'passed', 'rejected'],
      without: {},
      other: 'in_review: kept as it is; settings may name its meaning',
    })),
  ],
  facts: [
    {
      title: 'Gateway codes',
      intro:
        'Numbers of JD’s mother platform, whose gateway software JD.id ran. That JD.id used the same ones is UNCONFIRMED.',
      columns: ['code', 'meaning', 'becomes', 'remedy'],
      rows: Object.entries(gatewayRules).map(([code, { meaning, kind, remedy }]) => [code, meaning, kind, remedy]),
    },
    {
      title: 'Refusals of services',
      intro:
        'Only “Failure operation!!” was seen literally; the other patterns are UNCONFIRMED. The first match counts; without one it is Rejected.',
      columns: ['text', 'becomes', 'remedy'],
      rows: businessRules.map(({ pattern, kind, remedy = '' }) => [
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
};
