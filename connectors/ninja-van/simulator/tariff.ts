import type { VendorAnswer } from '../../simulator-kit/index.ts';
import type { Account, World } from './model.ts';
import { type Detail, Problem } from './problem.ts';

/** Made up: first kilogram and each further one, in the country's currency. */
const TARIFF: Readonly<Record<string, { first: number; further: number }>> = {
  SG: { first: 4.5, further: 1.5 },
  MY: { first: 6, further: 1.5 },
  TH: { first: 45, further: 15 },
  ID: { first: 12_000, further: 6_200 },
  VN: { first: 25_000, further: 7_000 },
  PH: { first: 85, further: 30 },
  MM: { first: 2_500, further: 800 },
};
const LEVEL_PERCENT: Readonly<Record<string, number>> = { Standard: 100, Express: 130, Nextday: 140, Sameday: 180 };

/** `POST /{cc}/1.0/public/price` → `{data: {total_fee}}`; between other regions one half dearer. Weight in kg. */
export function price(world: World, { country }: Account, body: unknown): VendorAnswer {
  const details: Detail[] = [];
  const sent = fields(body);
  const weight = sent.get('weight');
  const isWeight = typeof weight === 'number' && weight > 0;
  if (!isWeight) details.push({ reason: 'invalid', field: 'weight', message: 'weight must be above 0' });
  const percent = LEVEL_PERCENT[String(sent.get('service_level'))];
  if (percent === undefined) {
    details.push({ reason: 'invalid', field: 'service_level', message: 'service_level is unknown' });
  }
  const tiers = ['from', 'to'].map((side) =>
    ['l1_tier_code', 'l2_tier_code'].map((name) => {
      const code = String(fields(sent.get(side)).get(name) ?? '');
      const field = `${side}.${name}`;
      if (!code.startsWith(`${country}_`)) details.push({ reason: 'invalid', field, message: `${field} is unknown` });
      return code;
    }),
  );
  if (details.length > 0) throw new Problem(400, 'Some fields are invalid', details);
  const { first, further } = TARIFF[country] ?? { first: 10, further: 2 };
  const kilograms = Math.max(1, Math.ceil(Number(weight)));
  const isNear = tiers[0]?.[0] === tiers[1]?.[0];
  const fee = (first + (kilograms - 1) * further) * (isNear ? 1 : 1.5) * ((percent ?? 100) / 100);
  const total = Math.round(fee * world.state.dials.pricePercent) / 100;
  return { status: 200, body: { data: { total_fee: total } } };
}

function fields(value: unknown): Map<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}
