import type { BrandDetail, BrandPatch, ConfirmationRule } from '../../api/types/brands.ts';
import { TextField } from '../../ui/fields.tsx';
import { CheckField, listOf, SelectField, SettingsDialog, textOf } from './form-parts.tsx';
import { declineNames, digitsOf, silenceNames } from './words.ts';

type Condition = ConfirmationRule['conditions'][number];

function conditionsOf(form: FormData): Condition[] {
  const conditions: Condition[] = [];
  const currency = textOf(form, 'totalCurrency').toUpperCase();
  const total = textOf(form, 'total');
  if (total !== '' && currency !== '') {
    const amountMinor = Math.round(Number(total) * 10 ** digitsOf(currency));
    conditions.push({ kind: 'total-at-least', amountMinor, currency });
  }
  const countryCodes = listOf(form, 'destinations').map((code) => code.toUpperCase());
  if (countryCodes.length > 0) conditions.push({ kind: 'destination', countryCodes });
  const skus = listOf(form, 'skus');
  if (skus.length > 0) conditions.push({ kind: 'sku', skus });
  if (form.has('firstOrder')) conditions.push({ kind: 'first-order' });
  return conditions;
}

function read(form: FormData): Omit<BrandPatch, 'version'> {
  const hours = (name: string) => Number(textOf(form, name));
  return {
    confirmation: {
      ask: textOf(form, 'ask') as ConfirmationRule['ask'],
      conditions: conditionsOf(form),
      onDecline: textOf(form, 'onDecline') as ConfirmationRule['onDecline'],
      onSilence: textOf(form, 'onSilence') as ConfirmationRule['onSilence'],
      answerWithinHours: hours('answerWithinHours'),
      beforeShipByHours: hours('beforeShipByHours'),
      remindBeforeHours: hours('remindBeforeHours'),
    },
  };
}

const none: ConfirmationRule = {
  ask: 'by-hand',
  conditions: [],
  onDecline: 'cancel',
  onSilence: 'ops',
  answerWithinHours: 24,
  beforeShipByHours: 12,
  remindBeforeHours: 4,
};

function Conditions({ rule, currency }: { rule: ConfirmationRule; currency: string }) {
  const of = <Kind extends Condition['kind']>(kind: Kind) =>
    rule.conditions.find((one): one is Extract<Condition, { kind: Kind }> => one.kind === kind);
  const total = of('total-at-least');
  const inMajor = total ? String(total.amountMinor / 10 ** digitsOf(total.currency)) : '';
  return (
    <fieldset className="stack">
      <legend>When one of these holds</legend>
      <TextField name="total" label="Total of at least" value={inMajor} hint="A decimal number, such as 1500000." />
      <TextField
        name="totalCurrency"
        label="Currency of the total"
        value={total?.currency ?? currency}
        pattern="[A-Za-z]{3}"
      />
      <TextField
        name="destinations"
        label="Destinations"
        value={of('destination')?.countryCodes.join(', ') ?? ''}
        hint="Country codes, such as ID, TH."
      />
      <TextField name="skus" label="SKUs" value={of('sku')?.skus.join('\n') ?? ''} rows={3} />
      <CheckField
        name="firstOrder"
        label="The brand’s first order on a marketplace"
        checked={of('first-order') !== undefined}
      />
    </fieldset>
  );
}

/** When the brand is asked before an order is approved, and what its answer and its silence mean. */
export function ConfirmationForm({ brand, onClose }: { brand: BrandDetail; onClose: () => void }) {
  const rule = (brand.confirmation as ConfirmationRule | null) ?? none;
  return (
    <SettingsDialog brand={brand} title={`Confirmation by ${brand.name}`} onClose={onClose} read={read}>
      <SelectField
        name="ask"
        label="The brand is asked"
        value={rule.ask}
        options={{ 'by-hand': 'only by hand', any: 'when a condition holds', always: 'about every order' }}
      />
      <Conditions rule={rule} currency={brand.currency} />
      <TextField
        name="answerWithinHours"
        label="Hours to answer"
        value={String(rule.answerWithinHours)}
        type="number"
        required
      />
      <TextField
        name="beforeShipByHours"
        label="Hours before ship-by when the answer must be there"
        value={String(rule.beforeShipByHours)}
        type="number"
        hint="The earlier of the two is the deadline, but never less than half an hour."
        required
      />
      <TextField
        name="remindBeforeHours"
        label="Hours before the deadline when it is reminded"
        value={String(rule.remindBeforeHours)}
        type="number"
        hint="0: no reminder."
        required
      />
      <SelectField name="onSilence" label="If it does not answer" value={rule.onSilence} options={silenceNames} />
      <SelectField name="onDecline" label="If it declines" value={rule.onDecline} options={declineNames} />
    </SettingsDialog>
  );
}
