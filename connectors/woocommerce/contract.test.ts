import { describeConformance } from '../conformance/vitest.ts';
import { httpsSubject, subject } from './conformance.ts';

describeConformance(subject);
// The vendor's package signs and encodes by its own ways; what comes after is the same code.
describeConformance(httpsSubject, ['credentials', 'full read', 'throttling', 'odd SKUs', 'lost answer']);
