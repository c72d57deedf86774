import { describeConformance } from '../conformance/vitest.ts';
import { expiringSubject, subject } from './conformance.ts';

describeConformance(subject);
// Another way to a token; what comes after is the same code.
describeConformance(expiringSubject, ['credentials', 'full read', 'throttling', 'lost answer']);
