import { describeConformance } from '../conformance/vitest.ts';
import { subject } from './conformance.ts';

describeConformance(subject);
