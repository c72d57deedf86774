import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** For finding processes in Temporal's own UI; product questions are answered by the database. No personal data. */
export const brandAttribute = defineSearchAttributeKey('TradelaneBrand', SearchAttributeType.KEYWORD);
export const connectionAttribute = defineSearchAttributeKey('TradelaneConnection', SearchAttributeType.KEYWORD);
export const kindAttribute = defineSearchAttributeKey('TradelaneKind', SearchAttributeType.KEYWORD);
export const stateAttribute = defineSearchAttributeKey('TradelaneState', SearchAttributeType.KEYWORD);

/** For `temporal server start-dev --search-attribute` and for servers where an admin adds them. */
export const searchAttributeTypes = {
  TradelaneBrand: 'Keyword',
  TradelaneConnection: 'Keyword',
  TradelaneKind: 'Keyword',
  TradelaneState: 'Keyword',
} as const;
