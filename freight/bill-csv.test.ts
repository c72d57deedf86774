import { describe, expect, it } from 'vitest';
import { billColumns, readBillCsv } from './bill-csv.ts';

const file = (...lines: string[]) => [billColumns.join(','), ...lines].join('\n');

describe('readBillCsv', () => {
  it('gathers the charges of a shipment, with credits', () => {
    const reading = readBillCsv(
      file(
        '1234567890,BASE,EXPRESS WORLDWIDE,43.00,AUD,2.5',
        '1234567890,FF,FUEL SURCHARGE,8.6,AUD,',
        '9876543210,BASE,EXPRESS,120000,IDR,',
        '1234567890,XX,CREDIT,-3.10,AUD,',
      ),
    );
    expect(reading).toMatchObject({
      ok: true,
      rows: 4,
      bills: [
        {
          waybill: '1234567890',
          statement: {
            totalMinor: 4_850,
            currency: 'AUD',
            billedGrams: 2_500,
            lines: [{ part: 'base' }, { part: 'fuel' }, { part: 'surcharge', amountMinor: -310 }],
          },
        },
        { waybill: '9876543210', statement: { totalMinor: 120_000, billedGrams: null } },
      ],
    });
  });

  it.each([
    ['', 'Columns are missing: waybill, code, name, amount, currency, billed_kg.', 1],
    ['a"b', 'It is no CSV', 1],
    [file(), 'It has no lines.', 1],
    [file('?,BASE,x,1,AUD,'), 'It is no waybill number.', 2],
    [file('1234567890,,,1,AUD,'), 'Neither code nor name is given.', 2],
    [file('1234567890,BASE,x,1.005,AUD,'), 'It is no amount of this currency.', 2],
    [file('1234567890,BASE,x,1.5,IDR,'), 'It is no amount of this currency.', 2],
    [file('1234567890,BASE,x,1,aud,'), 'It is no currency.', 2],
    [file('1234567890,BASE,x,1,AUD,0'), 'It is no weight in kilograms.', 2],
    [file('1234567890,BASE,x,1,AUD,', '1234567890,FF,x,1,USD,'), 'Waybill 1234567890 is billed in AUD above.', 3],
  ])('refuses %j', (text, reason, line) => {
    expect(readBillCsv(text)).toMatchObject({ ok: false, faults: [{ line, reason: expect.stringContaining(reason) }] });
  });
});
