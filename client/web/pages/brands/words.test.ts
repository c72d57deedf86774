import { describe, expect, it } from 'vitest';
import { timesText } from './words.ts';

describe('the times of label mails in words', () => {
  it('are listed while they are few', () => {
    expect(timesText([])).toBe('never');
    expect(timesText(['11:00'])).toBe('11:00');
    expect(timesText(['11:00', '16:00'])).toBe('11:00 and 16:00');
    expect(timesText(['09:00', '11:00', '16:00'])).toBe('09:00, 11:00 and 16:00');
  });

  it('are named by their distance where they are many and regular, and listed where they are not', () => {
    const hours = ['08:00', '09:00', '10:00', '11:00', '12:00', '13:00', '14:00'];
    expect(timesText(hours)).toBe('every 60 minutes, 08:00 to 14:00');
    expect(timesText([...hours, '14:30'])).toBe('08:00, 09:00, 10:00, 11:00, 12:00, 13:00, 14:00 and 14:30');
  });
});
