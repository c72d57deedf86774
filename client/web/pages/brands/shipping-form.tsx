import type { BrandDetail, BrandPatch } from '../../api/types/brands.ts';
import { TextField } from '../../ui/fields.tsx';
import { SettingsDialog, textOf } from './form-parts.tsx';

const linesOf = (form: FormData): string[] =>
  textOf(form, 'lines')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function read(form: FormData): Omit<BrandPatch, 'version'> {
  const maybe = (name: string): string | null => textOf(form, name) || null;
  return {
    shipFrom: {
      name: textOf(form, 'name'),
      company: maybe('company'),
      lines: linesOf(form),
      city: textOf(form, 'city'),
      region: maybe('region'),
      postcode: maybe('postcode'),
      countryCode: textOf(form, 'countryCode').toUpperCase(),
      phone: maybe('phone'),
      email: maybe('email'),
    },
    safetyStock: Number(textOf(form, 'safetyStock')),
    quotaThreshold: Number(textOf(form, 'quotaThreshold')),
  };
}

const single = [
  ['name', 'Name', true],
  ['company', 'Company', false],
] as const;
const rest = [
  ['postcode', 'Postcode', false],
  ['city', 'City', true],
  ['region', 'Region', false],
  ['countryCode', 'Country (two letters)', true],
  ['phone', 'Phone', false],
  ['email', 'E-mail', false],
] as const;

/** Where parcels are picked up, and how much stock is kept back. */
export function ShippingForm({ brand, onClose }: { brand: BrandDetail; onClose: () => void }) {
  const from = (brand.shipFrom ?? {}) as Record<string, unknown>;
  const lines = Array.isArray(from.lines) ? from.lines.join('\n') : '';
  const field = ([name, label, required]: readonly [string, string, boolean]) => (
    <TextField key={name} name={name} label={label} value={String(from[name] ?? '')} required={required} />
  );
  return (
    <SettingsDialog brand={brand} title={`Ship-from and stock of ${brand.name}`} onClose={onClose} read={read}>
      <fieldset className="stack">
        <legend>Ships from</legend>
        {single.map(field)}
        <TextField name="lines" label="Street and number" value={lines} rows={3} required />
        {rest.map(field)}
      </fieldset>
      <TextField
        name="safetyStock"
        label="Safety stock"
        type="number"
        value={String(brand.safetyStock)}
        hint="Units of each SKU that no marketplace is offered, where the SKU has no number of its own."
        required
      />
      <TextField
        name="quotaThreshold"
        label="Quota threshold"
        type="number"
        value={String(brand.quotaThreshold)}
        hint="At or below this many available units a SKU is shared out by quota, so that the sum offered never exceeds them."
        required
      />
    </SettingsDialog>
  );
}
