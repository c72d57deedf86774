import { describe, expect, it } from 'vitest';
import { admitEcbFile, RateFileRefused, readEcbFile } from './ecb.ts';

const xml = (days: string) => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<Cube>
${days}
	</Cube>
</gesmes:Envelope>`;
const daily = xml(`		<Cube time='2026-11-20'>
			<Cube currency='USD' rate='1.0833'/>
			<Cube currency='IDR' rate='17893.4'/>
		</Cube>`);
const csv = 'Date,USD,CYP,IDR,\n2026-11-20,1.0833,N/A,17893.4,\n2026-11-19,1.08,N/A,17800,\n';

const refusal = (work: () => unknown): RateFileRefused => {
  try {
    work();
  } catch (error) {
    if (error instanceof RateFileRefused) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('the European Central Bank’s file', () => {
  it('is read as daily XML, as history, and as CSV', () => {
    const day = {
      date: '2026-11-20',
      rates: [
        { currency: 'USD', value: '1.0833' },
        { currency: 'IDR', value: '17893.4' },
      ],
    };
    expect(readEcbFile(daily)).toEqual([day]);
    expect(readEcbFile(csv)).toEqual([
      day,
      {
        date: '2026-11-19',
        rates: [
          { currency: 'USD', value: '1.08' },
          { currency: 'IDR', value: '17800' },
        ],
      },
    ]);
    expect(readEcbFile('Date, USD, IDR, \n20 November 2026, 1.0833, 17893.4, \n')).toEqual([day]);
    const twoDays = xml(
      `<Cube time="2026-11-19"><Cube currency="USD" rate="1.08"/></Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1.09"/></Cube>`,
    );
    expect(readEcbFile(twoDays).map(({ date }) => date)).toEqual(['2026-11-20', '2026-11-19']);
  });

  it.each([
    ['', 'line 1', 'empty'],
    ['<html>Service unavailable</html>', 'line 1', 'not a file of euro reference rates'],
    [daily.slice(0, -20), 'line', 'ends in the middle'],
    [daily.replace("'17893.4'", "'17.893,4'"), 'line 7', 'not a number above zero'],
    [daily.replace("'17893.4'", "'0'"), 'line 7', 'not a number above zero'],
    [daily.replace("'17893.4'", "'-1'"), 'line 7', 'not a number above zero'],
    [daily.replace("'IDR'", "'USD'"), 'line 7', 'USD stands in one day twice'],
    [daily.replace("'IDR'", "'rupiah'"), 'line 7', 'not the code of a currency'],
    [daily.replace('2026-11-20', '2026-02-30'), 'line 5', 'not a day'],
    [xml("<Cube currency='USD' rate='1'/>"), 'line 5', 'before its day'],
    [xml("<Cube time='2026-11-20'></Cube>"), 'the day 2026-11-20', 'no rate'],
    [xml(''), 'the file', 'no day'],
    ['Datum;USD\n', 'line 1', 'instead of "Date"'],
    [csv.replace('1.0833', 'n/a'), 'line 2, column USD', 'not a number above zero'],
    [csv.replace('2026-11-19', '2026-11-20'), 'line 3', 'twice'],
    [csv.replace('2026-11-19,1.08,N/A,17800,', '2026-11-19,1.08'), 'line 3', 'cells'],
  ])('is refused with place and remedy: %#', (text, place, why) => {
    const refused = refusal(() => readEcbFile(text));
    expect(refused.place).toContain(place);
    expect(refused.why).toContain(why);
    expect(refused.remedy).not.toBe('');
  });

  it('is not taken over when it is stale, ahead, older than what is known, or a rate jumped', () => {
    const days = readEcbFile(daily);
    const known = (value: string, date: string) => [{ from: 'EUR', to: 'IDR', value, date, source: 'ECB' }];
    expect(() => admitEcbFile(days, known('17800', '2026-11-19'), '2026-11-21')).not.toThrow();
    expect(() => admitEcbFile(days, known('17893.4', '2026-11-20'), '2026-11-27')).not.toThrow();
    expect(refusal(() => admitEcbFile(days, [], '2026-11-28')).why).toContain('8 days old');
    expect(refusal(() => admitEcbFile(days, [], '2026-11-18')).why).toContain('after today');
    expect(refusal(() => admitEcbFile(days, known('17800', '2026-11-21'), '2026-11-21')).why).toContain(
      'the file is older',
    );
    const jumped = refusal(() => admitEcbFile(days, known('1789.34', '2026-11-19'), '2026-11-21'));
    expect([jumped.place, jumped.why]).toEqual([
      'the day 2026-11-20, IDR',
      'The rate is 17893.4; on 2026-11-19 it was 1789.34.',
    ]);
  });
});
