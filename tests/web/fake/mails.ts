import type { CaughtMailDetail, MailDetail } from '../../../client/web/api/types/operations.ts';
import type { OrderDetail } from '../../../client/web/api/types/orders.ts';
import { ago, idOf } from './ids.ts';
import { brands, labelId, ref } from './refs.ts';

export const mailHtml = `<html><head><style>h1 { color: #1c5d8c; font: 600 18px sans-serif } td { padding: 4px 10px }</style></head>
<body style="font-family: sans-serif; color: #222"><h1>Labels for 12 parcels</h1>
<p>Hello Kirana Batik,<br>the labels of today's 11:00 batch are attached.</p>
<table style="border-collapse: collapse" border="1"><tr><td>TC-00002</td><td>TL-001002</td><td style="text-align:right">640 g</td></tr>
<tr><td>TC-00003</td><td>TL-001003</td><td style="text-align:right">1.2 kg</td></tr></table>
</body></html>`;
const text = "Labels for 12 parcels\n\nHello Kirana Batik,\nthe labels of today's 11:00 batch are attached.\n";

export function makeMails(orders: OrderDetail[]): MailDetail[] {
  const consignments = orders.flatMap((order) => order.consignments).slice(0, 12);
  const mail = (n: number, fields: Partial<MailDetail>): MailDetail => ({
    id: idOf(`mail/${n}`),
    kind: 'labels',
    subject: 'Labels for 12 parcels, 11:00',
    brand: ref(brands[0]),
    recipients: ['warehouse@kirana.example'],
    slotDate: ago(300).slice(0, 10),
    slotTime: '11:00',
    revision: 1,
    documentId: labelId,
    accepted: ['warehouse@kirana.example'],
    rejected: [],
    sentAt: ago(300),
    createdAt: ago(301),
    messageId: `<${idOf(`mail/${n}`)}@tradelane.localhost>`,
    text,
    html: mailHtml,
    consignments: consignments.map(({ id, number }) => ({ id, number, revision: 1 })),
    ...fields,
  });
  return [
    mail(0, {}),
    mail(1, {
      kind: 'do-not-ship',
      subject: 'Do not ship: TL-001007',
      slotDate: null,
      slotTime: null,
      documentId: null,
      consignments: [],
    }),
    mail(2, { subject: 'Labels for 3 parcels, 16:00', slotTime: '16:00', sentAt: null, accepted: [] }),
  ];
}

export function makeCaughtMails(): CaughtMailDetail[] {
  return [
    {
      id: 'caught-1',
      subject: 'Labels for 12 parcels, 11:00',
      from: 'Tradelane <ops@tradelane.localhost>',
      to: ['warehouse@kirana.example'],
      receivedAt: ago(300),
      text,
      html: mailHtml,
      attachments: [{ fileName: 'labels-11-00.pdf', contentType: 'application/pdf', bytes: 48_211 }],
    },
  ];
}
