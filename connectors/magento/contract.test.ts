import { describeConformance } from '../conformance/vitest.ts';
import { adminSubject, subject } from './conformance.ts';

describeConformance(subject);
describeConformance(adminSubject, ['credentials', 'full read']);
