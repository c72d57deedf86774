import type { BrandDetail, BrandPatch } from '../../api/types/brands.ts';
import { TextField } from '../../ui/fields.tsx';
import { CheckField, listOf, SelectField, SettingsDialog, textOf } from './form-parts.tsx';
import { dayNames, labelFormatNames, ownLabelNames, paperNames } from './words.ts';

type Papers = NonNullable<BrandPatch['papers']>;
type OwnLabels = NonNullable<BrandPatch['ownLabels']>;

function read(form: FormData): Omit<BrandPatch, 'version'> {
  return {
    mailTo: listOf(form, 'mailTo'),
    times: listOf(form, 'times'),
    workingDays: form.getAll('workingDays').map(Number),
    holidays: listOf(form, 'holidays'),
    papers: form.getAll('papers').map(String) as Papers,
    packingSlips: form.has('packingSlips'),
    ownLabels: textOf(form, 'ownLabels') as OwnLabels,
    labelFormat: textOf(form, 'labelFormat') as NonNullable<BrandPatch['labelFormat']>,
    patienceMinutes: Number(textOf(form, 'patienceMinutes')),
  };
}

/** Who gets the label mails, when, and on which paper. */
export function MailForm({ brand, onClose }: { brand: BrandDetail; onClose: () => void }) {
  return (
    <SettingsDialog brand={brand} title={`Mails and labels of ${brand.name}`} onClose={onClose} read={read}>
      <TextField name="mailTo" label="Recipients" value={brand.mailTo.join('\n')} rows={3} hint="One address a line." />
      <TextField
        name="times"
        label="Times of the label mails"
        value={brand.times.join(', ')}
        hint={`In ${brand.timeZone}, such as 11:00, 16:00. Orders are cut off at these times.`}
        required
      />
      <fieldset>
        <legend>Working days</legend>
        {dayNames.map((name, index) => (
          <CheckField
            key={name}
            name="workingDays"
            value={String(index + 1)}
            label={name}
            checked={brand.workingDays.includes(index + 1)}
          />
        ))}
      </fieldset>
      <TextField
        name="holidays"
        label="Holidays"
        value={brand.holidays.join('\n')}
        rows={3}
        hint="Days without mails, one a line, such as 2026-12-25."
      />
      <fieldset>
        <legend>Paper: one document for each</legend>
        {Object.entries(paperNames).map(([paper, label]) => (
          <CheckField key={paper} name="papers" value={paper} label={label} checked={brand.papers.includes(paper)} />
        ))}
      </fieldset>
      <SelectField
        name="labelFormat"
        label="Carriers’ labels, where they offer both"
        value={brand.labelFormat}
        options={labelFormatNames}
      />
      <CheckField name="packingSlips" label="A packing slip for each order" checked={brand.packingSlips} />
      <SelectField
        name="ownLabels"
        label="Our own label beside the carrier’s"
        value={brand.ownLabels}
        options={ownLabelNames}
      />
      <TextField
        name="patienceMinutes"
        label="Minutes that a mail waits for labels that are still being booked"
        type="number"
        value={String(brand.patienceMinutes)}
        required
      />
    </SettingsDialog>
  );
}
