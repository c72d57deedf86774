import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useAsk } from '../../api/commands.ts';
import { oneQuery } from '../../api/queries.ts';
import type { BrandDetail, ConfirmationRule, SentNow } from '../../api/types/brands.ts';
import { isStaff, useUser } from '../../app/session.ts';
import { Nothing } from '../../ui/badge.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Facts, PageHead, Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';
import { ConfirmationForm } from './confirmation-form.tsx';
import { MailForm } from './mail-form.tsx';
import { SettingChanges } from './setting-changes.tsx';
import { ShippingForm } from './shipping-form.tsx';
import {
  dayNames,
  declineNames,
  labelFormatNames,
  ownLabelNames,
  paperNames,
  ruleText,
  silenceNames,
  timesText,
} from './words.ts';

export function BrandPage() {
  const { id } = useParams({ from: '/shell/brands/$id' });
  const query = useQuery(oneQuery<BrandDetail>('brands', id));
  return (
    <QueryView query={query} what="the brand">
      {(brand) => <BrandBoard key={brand.id} brand={brand} />}
    </QueryView>
  );
}

type Form = 'mail' | 'shipping' | 'confirmation';

function BrandBoard({ brand }: { brand: BrandDetail }) {
  const [editing, setEditing] = useState<Form | null>(null);
  const staff = isStaff(useUser());
  const close = () => setEditing(null);
  const change = (form: Form, what: string) =>
    staff ? (
      <button type="button" className="small" aria-label={`Change ${what}`} onClick={() => setEditing(form)}>
        Change
      </button>
    ) : null;
  return (
    <>
      <PageHead title={brand.name} lead={`${brand.code}, ${brand.timeZone}, ${brand.currency}`}>
        {staff ? <SendNow brand={brand} /> : null}
      </PageHead>
      <Section title="Mails and labels" aside={change('mail', 'mails and labels')}>
        <Facts facts={mailFacts(brand)} />
      </Section>
      <Section title="Ship-from and stock" aside={change('shipping', 'ship-from and stock')}>
        <Facts facts={shippingFacts(brand)} />
      </Section>
      <Section title="Confirmation by the brand" aside={change('confirmation', 'the rule for confirmations')}>
        <Facts facts={confirmationFacts(brand)} />
      </Section>
      <Section title="Changes of these settings" count={brand.changes.length}>
        <SettingChanges brand={brand} />
      </Section>
      {editing === 'mail' ? <MailForm brand={brand} onClose={close} /> : null}
      {editing === 'shipping' ? <ShippingForm brand={brand} onClose={close} /> : null}
      {editing === 'confirmation' ? <ConfirmationForm brand={brand} onClose={close} /> : null}
    </>
  );
}

/** A supplementary batch: what is ready goes now instead of at the next slot. */
function SendNow({ brand }: { brand: BrandDetail }) {
  const ask = useAsk<SentNow>(({ says }) => `${brand.name}: ${says}`);
  const confirm = useConfirm();
  const send = async () => {
    const answer = await confirm({
      title: `Send the labels of ${brand.name} now?`,
      consequences: [
        'Open consignments are closed now and no longer joined with orders that come before the next mail.',
        'Their labels are booked and go in a supplementary batch with a number of its own.',
      ],
      confirmLabel: 'Send now',
      reason: 'optional',
    });
    if (answer) {
      ask.mutate({ path: `/api/brands/${brand.id}/label-mails`, body: answer.why ? { why: answer.why } : {} });
    }
  };
  return (
    <button type="button" onClick={send} disabled={ask.isPending}>
      Send labels now
    </button>
  );
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no');

function mailFacts(brand: BrandDetail) {
  return [
    { label: 'Recipients', value: brand.mailTo.join(', ') || <Nothing /> },
    { label: 'Times', value: timesText(brand.times) },
    { label: 'Working days', value: brand.workingDays.map((day) => dayNames[day - 1] ?? day).join(', ') },
    { label: 'Holidays', value: brand.holidays.join(', ') || <Nothing /> },
    { label: 'Next label mail', value: <Time at={brand.nextMailAt} brandId={brand.id} /> },
    { label: 'Paper', value: brand.papers.map((paper) => paperNames[paper] ?? paper).join(', ') },
    { label: 'Carriers’ labels', value: labelFormatNames[brand.labelFormat] ?? brand.labelFormat },
    { label: 'Packing slips', value: yesNo(brand.packingSlips) },
    { label: 'Our own labels', value: ownLabelNames[brand.ownLabels] ?? brand.ownLabels },
    { label: 'Waits for a booking', value: `${brand.patienceMinutes} minutes` },
  ];
}

function shippingFacts(brand: BrandDetail) {
  const from = brand.shipFrom as Record<string, unknown> | null;
  const parts = from
    ? [from.name, from.company, ...(Array.isArray(from.lines) ? from.lines : []), from.city, from.countryCode]
    : [];
  return [
    { label: 'Ships from', value: parts.filter(Boolean).join(', ') || <Nothing /> },
    { label: 'Duty and tax', value: brand.incoterm === 'DDP' ? 'paid by us (DDP)' : 'paid by the recipient (DAP)' },
    { label: 'Shop', value: brand.hasShop ? 'connected' : 'none: the accepted label mail stands for it' },
    { label: 'Safety stock', value: brand.safetyStock },
    { label: 'Quota threshold', value: brand.quotaThreshold },
    { label: 'Nobody approves what they edited last', value: yesNo(brand.fourEyes) },
  ];
}

function confirmationFacts(brand: BrandDetail) {
  const rule = brand.confirmation as ConfirmationRule | null;
  const asked = { label: 'It is asked', value: ruleText(brand) };
  if (!rule) return [asked];
  return [
    asked,
    { label: 'Time to answer', value: `${rule.answerWithinHours} h, and ${rule.beforeShipByHours} h before ship-by` },
    {
      label: 'Reminder',
      value: rule.remindBeforeHours > 0 ? `${rule.remindBeforeHours} h before the deadline` : 'none',
    },
    { label: 'In silence', value: silenceNames[rule.onSilence] },
    { label: 'When it declines', value: declineNames[rule.onDecline] },
  ];
}
