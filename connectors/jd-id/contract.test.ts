import { describe } from 'vitest';
import { describeConformance } from '../conformance/vitest.ts';
import { subject, subjectV1 } from './conformance.ts';

describeConformance(subject);

// What the gateways share (odd SKUs, texts, work at a time) is tried on one of them.
describe('gateway v1', () => {
  describeConformance(subjectV1, [
    'credentials',
    'full read',
    'throttling',
    'broken answers',
    'repeated write',
    'lost answer',
    'listing',
    'partial batch',
    'order',
    'label',
  ]);
});
