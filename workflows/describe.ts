import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { brandAttribute, connectionAttribute, stateAttribute } from '../client/temporal/search-attributes.ts';

/** What an admin sees of a process in Temporal's own UI: a sentence, and values to search by. No personal data. */
export function describe(input: { text: string; brand?: string; connection?: string; state?: string }): void {
  setCurrentDetails(input.text);
  const attributes = [
    ...(input.brand ? [{ key: brandAttribute, value: input.brand }] : []),
    ...(input.connection ? [{ key: connectionAttribute, value: input.connection }] : []),
    ...(input.state ? [{ key: stateAttribute, value: input.state }] : []),
  ];
  // An empty change is refused, and the refusal would hold up the process.
  if (attributes.length > 0) upsertSearchAttributes(attributes);
}
