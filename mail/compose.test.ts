import { describe, expect, it } from 'vitest';
import { composeDoNotShipMail, composeLabelMail, type LabelMailInput, labelRowsCsv } from './compose.ts';

const consignment: LabelMailInput['consignments'][number] = {
  number: 'C-1001',
  orderNumbers: ['TL-1', 'TL-2'],
  channelOrderNumbers: ['900001', '900002'],
  lines: [
    { sku: 'KOPI-250', title: 'Kopi Gayo 250 g', quantity: 2 },
    { sku: 'TEH-50', title: 'ชาเขียว 50 ซอง', quantity: 1 },
  ],
  consigneeName: 'Budi Santoso',
  destination: 'Jakarta, ID',
  pieces: 1,
  weightGrams: 1250,
  carrier: 'DHL Express',
  trackingNumber: '1234567890',
};

const input: LabelMailInput = {
  brandName: 'Kopi Kita',
  timeZone: 'Asia/Jakarta',
  slotDate: '2026-11-21',
  slotTime: '11:00',
  revision: 1,
  batchId: 'labels:kopi:2026-11-21:1100:1',
  publicUrl: 'https://tradelane.example',
  consignments: [consignment],
  heldBack: [{ orderNumber: 'TL-9', reason: 'address is incomplete' }],
  doNotUse: [],
  documents: [{ paper: 'A6', pages: 3, notes: ['Page 2 is printed at 93.5 %.'], link: null }],
};

describe('label mail', () => {
  it('names batch and revision in the subject and on top of both parts', () => {
    const mail = composeLabelMail(input);
    expect(mail.subject).toBe('Kopi Kita: labels, batch 2026-11-21 11:00, revision 1');
    expect(mail.text.split('\n')[0]).toBe('batch 2026-11-21 11:00, revision 1 - labels of Kopi Kita');
    expect(mail.html.slice(mail.html.indexOf('<body')).indexOf('batch 2026-11-21 11:00, revision 1')).toBeLessThan(200);
  });

  it('shows every consignment, its orders, items and destination, and what is not in it', () => {
    const mail = composeLabelMail(input);
    expect(mail.text).toMatchInlineSnapshot(`
      "batch 2026-11-21 11:00, revision 1 - labels of Kopi Kita

      1 consignment, 1 piece, 2 orders. The batch's time is in Asia/Jakarta.

      1. Consignment C-1001: DHL Express 1234567890
         1 piece, 1.250 kg, to Budi Santoso, Jakarta, ID
         Orders: TL-1, TL-2; on the marketplace: 900001, 900002
         - 2 × KOPI-250 Kopi Gayo 250 g
         - 1 × TEH-50 ชาเขียว 50 ซอง

      Documents:
      - Labels for A6, 3 pages (attached)
        Page 2 is printed at 93.5 %.

      Not in this mail:
      - TL-9: address is incomplete

      Tradelane: https://tradelane.example
      Batch id: labels:kopi:2026-11-21:1100:1
      "
    `);
    for (const shown of ['C-1001', 'TL-1', 'TL-2', '900002', 'ชาเขียว', '1234567890', 'TL-9', '1.250 kg']) {
      expect(mail.html).toContain(shown);
    }
    expect(mail.html).toContain('<a href="https://tradelane.example">');
  });

  it('links documents that are too big, names a supplement, and counts what found no room in the list', () => {
    const link = { url: 'https://lane.test/files/abc', expiresAt: '2026-12-05 11:00 (Asia/Jakarta)' };
    const documents = [{ paper: 'A6', pages: 90, notes: [], link }];
    const mail = composeLabelMail({ ...input, revision: 2, documents, heldBackMore: 3 });
    expect(mail.text).toContain(
      '- Labels for A6, 90 pages, until 2026-12-05 11:00 (Asia/Jakarta): https://lane.test/files/abc',
    );
    expect(mail.html).toContain('<a href="https://lane.test/files/abc">');
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('A supplement: what was in the earlier mails of this batch is not in it again.');
      expect(part).toContain('… and 3 further orders');
    }
  });

  it('puts labels that must not be used before everything else', () => {
    const doNotUse = [{ consignmentNumber: 'C-0999', trackingNumber: '555', reason: 'voided: order cancelled' }];
    const mail = composeLabelMail({ ...input, doNotUse });
    expect(mail.subject).toMatch(/^DO NOT USE some labels; Kopi Kita/);
    for (const part of [mail.text, mail.html]) {
      expect(part.indexOf('consignment C-0999, tracking number 555: voided')).toBeGreaterThan(0);
      expect(part.indexOf('C-0999')).toBeLessThan(part.indexOf('C-1001'));
    }
  });

  it('lets no text of a brand or buyer become markup, a link of another scheme, a line or a header of its own', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&\r\nBcc: a@b.example\n1. Consignment C-6666\u202E';
    const mail = composeLabelMail({
      ...input,
      brandName: evil,
      publicUrl: 'javascript:alert(1)',
      consignments: [
        { ...consignment, consigneeName: evil, lines: [{ sku: evil, title: evil, quantity: 1 }], orderNumbers: [evil] },
      ],
      heldBack: [{ orderNumber: evil, reason: evil }],
      doNotUse: [{ consignmentNumber: evil, trackingNumber: evil, reason: evil }],
      documents: [
        { paper: evil, pages: 1, notes: [evil], link: { url: `https://x.example/"><script>`, expiresAt: evil } },
      ],
    });
    expect(mail.html).not.toMatch(/<img|<script|href="javascript/);
    expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp; Bcc: a@b.example');
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.text).not.toMatch(/^(Bcc:|1\. Consignment C-6666)/m);
    expect(mail.text + mail.html + mail.subject).not.toContain('\u202E');
  });
});

describe('do-not-ship mail', () => {
  it('says it in the subject, names order, consignment, reason and items', () => {
    const mail = composeDoNotShipMail({
      brandName: 'Kopi <b>Kita</b>',
      orderNumber: 'TL-1',
      channelOrderNumber: '900001',
      consignmentNumber: 'C-1001',
      trackingNumber: null,
      reason: 'cancelled by the buyer',
      lines: consignment.lines,
    });
    expect(mail.subject).toBe('DO NOT SHIP order TL-1 (consignment C-1001): Kopi <b>Kita</b>');
    expect(mail.text).toContain('Tracking number: none\nReason: cancelled by the buyer\n\nItems:\n- 2 × KOPI-250');
    expect(mail.html).toContain('cancelled by the buyer');
    expect(mail.html).not.toContain('<b>');
  });
});

describe('rows as CSV', () => {
  it('has one row per consignment under a head, for programs that need a byte order mark', () => {
    const [head, row, end] = labelRowsCsv(input).split('\r\n');
    expect(head?.startsWith('\uFEFF"batch","consignment"')).toBe(true);
    expect(row).toBe(
      '"labels:kopi:2026-11-21:1100:1","C-1001","TL-1, TL-2","900001, 900002",' +
        '"2 × KOPI-250 Kopi Gayo 250 g; 1 × TEH-50 ชาเขียว 50 ซอง","Budi Santoso","Jakarta, ID","1","1250","DHL Express","1234567890"',
    );
    expect(end).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r\n=1', '  =1', '＝1', '\u200B=1', '"=1"'])(
    'neutralises the formula %j and keeps it one cell',
    (formula) => {
      const csv = labelRowsCsv({ ...input, consignments: [{ ...consignment, consigneeName: formula }] });
      const cells = (csv.split('\r\n')[1] ?? '').slice(1, -1).split('","');
      expect(cells).toHaveLength(11);
      expect(cells[5]).not.toMatch(/^[\s\u200B]*[=+\-@＝]/);
    },
  );
});
