import { describeConformance } from '../conformance/vitest.ts';
import { adminSubject, cartSubject, subject } from './conformance.ts';

describeConformance(subject);
describeConformance(adminSubject, ['credentials', 'full read']);
describeConformance(cartSubject, ['repeated write', 'lost answer', 'money and time', 'quantities']);
