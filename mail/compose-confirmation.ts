import type { ComposedMail, MailLine } from './compose.ts';
import { button, htmlPage, paragraph, section, table } from './html.ts';
import { linkMarker } from './links.ts';
import { oneLine } from './safe-text.ts';

/** A question to a brand about one order. Of the buyer only the country stands in it. */
export interface ConfirmationMailInput {
  confirmationId: string;
  brandName: string;
  orderNumber: string;
  channelName: string;
  channelOrderNumber: string;
  destinationCountryCode: string;
  /** As people write it. */
  total: string;
  lines: MailLine[];
  because: readonly string[];
  /** Until when the brand may answer, in its own time. */
  dueAt: string;
  onDecline: 'cancel' | 'ops';
  onSilence: 'approve' | 'ops';
  isReminder: boolean;
}

const silence = {
  approve: 'Without an answer until then we take it as confirmed.',
  ops: 'Without an answer until then our operations team decides.',
} as const;
const decline = {
  cancel: 'If you decline, we ask the marketplace to cancel it.',
  ops: 'If you decline, our operations team gets the order back with your reason.',
} as const;

/** Writes the mail that asks a brand to confirm an order, with links that open a page on which it decides. */
export function composeConfirmationMail(input: ConfirmationMailInput): ComposedMail {
  const number = oneLine(input.orderNumber);
  const heading = `${input.isReminder ? 'Reminder: p' : 'P'}lease confirm order ${number}`;
  const what = `Can you deliver this order? Please answer until ${oneLine(input.dueAt)}.`;
  const then = `${silence[input.onSilence]} ${decline[input.onDecline]}`;
  const confirm = linkMarker(`confirm/${input.confirmationId}`);
  const no = linkMarker(`decline/${input.confirmationId}`);
  const facts: [string, string][] = [
    ['Order', input.orderNumber],
    [input.channelName, input.channelOrderNumber],
    ['Goes to', input.destinationCountryCode],
    ['Total', input.total],
    ['Why we ask', input.because.join(' ')],
  ];
  const items = input.lines.map(({ sku, title, quantity }) => [String(quantity), sku, title]);
  return {
    subject: oneLine(`${heading}: ${input.brandName}`),
    text: `${[
      heading,
      '',
      what,
      then,
      '',
      ...facts.map(([label, value]) => `${oneLine(label)}: ${oneLine(value)}`),
      '',
      'Items:',
      ...input.lines.map((line) => `- ${line.quantity} × ${oneLine(line.sku)} ${oneLine(line.title)}`),
      '',
      `Confirm: ${confirm}`,
      `Decline: ${no}`,
      '',
      'The links open a page on which you decide. They work for whoever has this mail: please do not forward it.',
    ].join('\n')}\n`,
    html: htmlPage(heading, [
      section(heading),
      paragraph(what),
      paragraph(then),
      table(['', ''], facts),
      section('Items'),
      table(['Quantity', 'SKU', 'Title'], items),
      button('Confirm this order', confirm, 'main'),
      button('Decline this order', no, 'plain'),
      paragraph(
        'The links open a page on which you decide. They work for whoever has this mail: please do not forward it.',
      ),
    ]),
  };
}
