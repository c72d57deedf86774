import { button, htmlPage, paragraph, section, table, warning } from './html.ts';
import { csvCell, oneLine } from './safe-text.ts';

/** A mail's content, not yet MIME. The same input gives the same content. */
export interface ComposedMail {
  subject: string;
  text: string;
  html: string;
}

/** An ordered line as a mail shows it. */
export interface MailLine {
  sku: string;
  title: string;
  quantity: number;
}

/** A consignment as the label mail shows it. Neither street nor phone: those stand on the label only. */
export interface MailConsignment {
  number: string;
  orderNumbers: string[];
  /** The marketplaces' own numbers of these orders. */
  channelOrderNumbers: string[];
  lines: MailLine[];
  consigneeName: string;
  /** Town and country, e.g. `Jakarta, ID`. */
  destination: string;
  pieces: number;
  weightGrams: number;
  carrier: string;
  trackingNumber: string;
}

/** What stands in the label mail of one brand and slot. */
export interface LabelMailInput {
  brandName: string;
  /** IANA name of the zone that `slotDate` and `slotTime` are in. */
  timeZone: string;
  /** `YYYY-MM-DD`. */
  slotDate: string;
  /** `HH:MM`. */
  slotTime: string;
  /** From 1; rises with every further mail of the same slot. */
  revision: number;
  batchId: string;
  /** Where people reach this installation (http or https), or null. */
  publicUrl: string | null;
  consignments: MailConsignment[];
  /** Orders that are not in this mail, and why. */
  heldBack: { orderNumber: string; reason: string }[];
  /** Labels sent earlier that must not be used any more. */
  doNotUse: { consignmentNumber: string; trackingNumber: string; reason: string }[];
  /** Further ones that found no room in the list. */
  heldBackMore?: number;
  /** The documents with the labels, one for each paper that the brand prints on. */
  documents: MailDocument[];
}

/** A document with all labels of a mail, for one paper. */
export interface MailDocument {
  /** Such as `A6`. */
  paper: string;
  pages: number;
  /** What to know when printing it. */
  notes: string[];
  /** Null: it is attached. Else too big for that: an http or https address that expires. */
  link: { url: string; expiresAt: string } | null;
}

/** A mail about one order that must not be shipped although its label is out. */
export interface DoNotShipInput {
  brandName: string;
  orderNumber: string;
  channelOrderNumber: string;
  consignmentNumber: string;
  trackingNumber: string | null;
  reason: string;
  lines: MailLine[];
}

/**
 * Writes the label mail of a batch. Its first line names batch and revision, so that a person who gets a mail twice
 * sees that it is the same one; labels that must not be used any more come next.
 */
export function composeLabelMail(input: LabelMailInput): ComposedMail {
  const name = batchName(input);
  return {
    subject: oneLine(
      `${input.doNotUse.length > 0 ? 'DO NOT USE some labels; ' : ''}${input.brandName}: labels, ${name}`,
    ),
    text: labelText(input, name),
    html: labelHtml(input, name),
  };
}

/** Writes the mail that stops the shipment of one order whose label the brand already has. */
export function composeDoNotShipMail(input: DoNotShipInput): ComposedMail {
  const tracking = oneLine(input.trackingNumber ?? '') || 'none';
  const facts: [string, string][] = [
    ['Order', input.orderNumber],
    ['Marketplace order', input.channelOrderNumber],
    ['Consignment', input.consignmentNumber],
    ['Tracking number', tracking],
    ['Reason', input.reason],
  ];
  const heading = `DO NOT SHIP order ${oneLine(input.orderNumber)} (consignment ${oneLine(input.consignmentNumber)})`;
  const what =
    'Please do not hand this order over to the carrier and destroy its label. If it has already left, reply to this mail.';
  return {
    subject: oneLine(`${heading}: ${input.brandName}`),
    text: lines([
      heading,
      '',
      what,
      '',
      ...facts.map(([label, value]) => `${label}: ${oneLine(value)}`),
      '',
      'Items:',
      ...input.lines.map((line) => `- ${itemText(line)}`),
    ]),
    html: htmlPage(heading, [
      warning(heading, []),
      paragraph(what),
      table(['', ''], facts),
      section('Items'),
      table(
        ['Quantity', 'SKU', 'Title'],
        input.lines.map(({ sku, title, quantity }) => [String(quantity), sku, title]),
      ),
    ]),
  };
}

/**
 * The rows of the label mail as CSV for spreadsheet programs: UTF-8 with a byte order mark, CRLF, one row per
 * consignment, cells that would be formulas neutralised.
 */
export function labelRowsCsv(input: LabelMailInput): string {
  const head = [
    'batch',
    'consignment',
    'orders',
    'marketplace_orders',
    'items',
    'consignee',
    'destination',
    'pieces',
    'weight_grams',
    'carrier',
    'tracking_number',
  ];
  const rows = input.consignments.map((one) => [
    input.batchId,
    one.number,
    one.orderNumbers.join(', '),
    one.channelOrderNumbers.join(', '),
    one.lines.map(itemText).join('; '),
    one.consigneeName,
    one.destination,
    one.pieces,
    one.weightGrams,
    one.carrier,
    one.trackingNumber,
  ]);
  return `\uFEFF${[head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;
}

function labelText(input: LabelMailInput, name: string): string {
  const blocks = [`${name} - labels of ${oneLine(input.brandName)}`, ''];
  if (input.doNotUse.length > 0) {
    blocks.push('DO NOT USE these labels:', ...input.doNotUse.map((one) => `- ${doNotUseText(one)}`), '');
  }
  blocks.push(summary(input), '');
  input.consignments.forEach((one, index) => {
    const to = [one.consigneeName, one.destination].map(oneLine).filter(Boolean).join(', ');
    blocks.push(
      `${index + 1}. Consignment ${oneLine(one.number)}: ${oneLine(one.carrier)} ${oneLine(one.trackingNumber)}`,
      `   ${count(one.pieces, 'piece')}, ${kilograms(one.weightGrams)}, to ${to}`,
      `   Orders: ${oneLine(one.orderNumbers.join(', '))}; on the marketplace: ${oneLine(one.channelOrderNumbers.join(', '))}`,
      ...one.lines.map((line) => `   - ${itemText(line)}`),
      '',
    );
  });
  if (input.documents.length > 0) {
    blocks.push('Documents:');
    for (const one of input.documents) {
      blocks.push(`- ${documentText(one)}${one.link ? `: ${oneLine(one.link.url)}` : ''}`);
      blocks.push(...one.notes.map((note) => `  ${oneLine(note)}`));
    }
    blocks.push('');
  }
  if (input.heldBack.length > 0) {
    blocks.push('Not in this mail:');
    blocks.push(...input.heldBack.map(({ orderNumber, reason }) => `- ${oneLine(orderNumber)}: ${oneLine(reason)}`));
    blocks.push(...moreText(input), '');
  }
  if (input.publicUrl !== null) blocks.push(`Tradelane: ${oneLine(input.publicUrl)}`);
  return lines([...blocks, `Batch id: ${oneLine(input.batchId)}`]);
}

function labelHtml(input: LabelMailInput, name: string): string {
  const parts = [section(`${name} - labels of ${input.brandName}`)];
  if (input.doNotUse.length > 0) parts.push(warning('DO NOT USE these labels', input.doNotUse.map(doNotUseText)));
  parts.push(paragraph(summary(input)));
  if (input.consignments.length > 0) {
    parts.push(
      table(
        ['Consignment', 'Orders', 'Items', 'To', 'Pieces', 'Weight', 'Carrier and tracking number'],
        input.consignments.map((one) => [
          one.number,
          [...one.orderNumbers, ...one.channelOrderNumbers.map((number) => `(${number})`)],
          one.lines.map(itemText),
          [one.consigneeName, one.destination].filter(Boolean),
          String(one.pieces),
          kilograms(one.weightGrams),
          [one.carrier, one.trackingNumber],
        ]),
      ),
    );
  }
  if (input.documents.length > 0) parts.push(section('Documents'));
  for (const one of input.documents) {
    parts.push(one.link ? button(documentText(one), one.link.url) : paragraph(documentText(one)));
    for (const note of one.notes) parts.push(paragraph(note));
  }
  if (input.heldBack.length > 0) {
    parts.push(section('Not in this mail'));
    parts.push(
      table(
        ['Order', 'Reason'],
        input.heldBack.map(({ orderNumber, reason }) => [orderNumber, reason]),
      ),
      ...moreText(input).map(paragraph),
    );
  }
  if (input.publicUrl !== null) parts.push(button('Open Tradelane', input.publicUrl));
  parts.push(paragraph(`Batch id: ${input.batchId}`));
  return htmlPage(name, parts);
}

const batchName = ({ slotDate, slotTime, revision }: LabelMailInput): string =>
  `batch ${oneLine(slotDate)} ${oneLine(slotTime)}, revision ${revision}`;

const moreText = ({ heldBackMore = 0 }: LabelMailInput): string[] =>
  heldBackMore === 0
    ? []
    : [`… and ${count(heldBackMore, 'further order')}: the list of orders in Tradelane has them.`];

const documentText = ({ paper, pages, link }: MailDocument): string =>
  `Labels for ${oneLine(paper)}, ${count(pages, 'page')}${link ? `, until ${oneLine(link.expiresAt)}` : ' (attached)'}`;

function summary({ consignments, timeZone, revision }: LabelMailInput): string {
  const pieces = consignments.reduce((sum, one) => sum + one.pieces, 0);
  const orders = consignments.reduce((sum, one) => sum + one.orderNumbers.length, 0);
  const totals = [count(consignments.length, 'consignment'), count(pieces, 'piece'), count(orders, 'order')].join(', ');
  const supplement =
    revision === 1 ? '' : ' A supplement: what was in the earlier mails of this batch is not in it again.';
  return `${totals}. The batch's time is in ${oneLine(timeZone)}.${supplement}`;
}

const doNotUseText = (one: LabelMailInput['doNotUse'][number]): string =>
  `consignment ${oneLine(one.consignmentNumber)}, tracking number ${oneLine(one.trackingNumber)}: ${oneLine(one.reason)}`;

const itemText = ({ sku, title, quantity }: MailLine): string => `${quantity} × ${oneLine(sku)} ${oneLine(title)}`;

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const kilograms = (grams: number): string => `${(grams / 1000).toFixed(3)} kg`;

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
