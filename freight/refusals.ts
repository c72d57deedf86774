import { goodsRule, type Limits, pairForbidden, type RateCard, zoneOf } from './card.ts';
import { countedSides, measure, roundUpToStep } from './measure.ts';
import type { FreightConsignment, FreightPiece, FreightRefusal } from './quote.ts';

/** Refusals for which an order must not be booked; for the others it ships alone and without a price. */
export const holding: readonly string[] = [
  'goods-forbidden',
  'goods-pair',
  'over-limit',
  'missing-measure',
  'recipient-day',
];

/** Everything that forbids a consignment on a card; empty when it can be priced. */
export function refusalsOf(card: RateCard, consignment: FreightConsignment): FreightRefusal[] {
  const unmeasured = consignment.pieces.flatMap(measureFaults);
  if (consignment.pieces.length === 0) {
    unmeasured.push(refusal('missing-measure', 'consignment', 'It holds no piece.', 'Put an order into it.'));
  }
  return [
    ...dateAndLane(card, consignment),
    ...unmeasured,
    ...goodsFaults(card, consignment),
    ...(unmeasured.length > 0 ? [] : limitFaults(card, consignment)),
    ...valueFaults(card, consignment),
  ];
}

const refusal = (code: FreightRefusal['code'], place: string, reason: string, remedy: string): FreightRefusal => ({
  code,
  place,
  reason,
  remedy,
});

function measureFaults(piece: FreightPiece): FreightRefusal[] {
  const isWhole = (value: number | null) => value !== null && Number.isSafeInteger(value) && value > 0;
  const missing = [
    isWhole(piece.weightGrams) ? null : 'weight',
    isWhole(piece.lengthMm) ? null : 'length',
    isWhole(piece.widthMm) ? null : 'width',
    isWhole(piece.heightMm) ? null : 'height',
  ].filter((name) => name !== null);
  if (missing.length === 0) return [];
  return [
    refusal(
      'missing-measure',
      `piece ${piece.id}`,
      `Its ${missing.join(', ')} is missing.`,
      'Enter weight and size at the product, or measure the parcel.',
    ),
  ];
}

function dateAndLane(card: RateCard, { shipOn, from, to }: FreightConsignment): FreightRefusal[] {
  const faults: FreightRefusal[] = [];
  if (shipOn < card.validFrom || (card.validTo !== null && shipOn > card.validTo)) {
    faults.push(
      refusal(
        'not-valid',
        `card ${card.code}`,
        `It holds from ${card.validFrom} to ${card.validTo ?? 'its replacement'}, not on ${shipOn}.`,
        'Import the card that holds on that date.',
      ),
    );
  }
  if (zoneOf(card, from.countryCode, to.countryCode, to.postcode) === null) {
    faults.push(
      refusal(
        'no-zone',
        `card ${card.code}`,
        `It has no zone for ${from.countryCode} to ${to.countryCode}${to.postcode ? `, postcode ${to.postcode}` : ''}.`,
        'Import a version of the card with this lane, or use another carrier.',
      ),
    );
  }
  return faults;
}

function goodsFaults(card: RateCard, { pieces, to }: FreightConsignment): FreightRefusal[] {
  const faults: FreightRefusal[] = [];
  for (const piece of pieces) {
    for (const category of piece.goods) {
      if (goodsRule(card, category, to.countryCode).rule !== 'forbid') continue;
      faults.push(
        refusal(
          'goods-forbidden',
          `piece ${piece.id}`,
          `${category} may not be sent to ${to.countryCode} by ${card.carrier}.`,
          'Use a carrier that takes it, or cancel the line.',
        ),
      );
    }
  }
  for (const [index, piece] of pieces.entries()) {
    for (const other of pieces.slice(index + 1)) {
      const pair = pairForbidden(card, piece.goods, other.goods);
      if (pair === null) continue;
      const places = `pieces ${piece.id} and ${other.id}`;
      faults.push(refusal('goods-pair', places, `${pair} may not travel together.`, 'Ship them apart.'));
    }
  }
  return faults;
}

function limitFaults(card: RateCard, { pieces, lines }: FreightConsignment): FreightRefusal[] {
  const { limits } = card;
  const faults: FreightRefusal[] = [];
  const over = (place: string, what: string, value: number, most: number | null, unit: string, remedy: string) => {
    if (most === null || value <= most) return;
    faults.push(refusal('over-limit', place, `${what} is ${value} ${unit}, at most ${most} is taken.`, remedy));
  };
  const repack = 'Pack it into smaller parcels, or use another carrier.';
  const split = 'Ship it as several consignments.';
  for (const piece of pieces) {
    const place = `piece ${piece.id}`;
    const [length, width, height] = countedSides(card, piece);
    over(place, 'Its weight', piece.weightGrams ?? 0, limits.pieceGrams, 'g', repack);
    over(place, 'Its length', length, limits.lengthMm, 'mm', repack);
    over(place, 'Its width', width, limits.widthMm, 'mm', repack);
    over(place, 'Its height', height, limits.heightMm, 'mm', repack);
    over(place, 'Its girth', length + 2 * width + 2 * height, limits.girthMm, 'mm', repack);
  }
  over('consignment', 'The number of pieces', pieces.length, limits.pieces, 'pieces', split);
  over('consignment', 'The number of invoice lines', lines, limits.lines, 'lines', split);
  const measured = pieces.map((piece) => measure(card, piece));
  const actual = measured.reduce((total, { weightGrams }) => total + weightGrams, 0);
  const heavier = measured.reduce(
    (total, { weightGrams, volumetricGrams }) => total + Math.max(weightGrams, volumetricGrams),
    0,
  );
  const counted = card.compareAt === 'piece' ? heavier : Math.max(actual, volumetricTotal(measured));
  over('consignment', 'Its billed weight', roundUpToStep(card, counted), greatestWeight(card), 'g', split);
  return faults;
}

const volumetricTotal = (pieces: readonly { volumetricGrams: number }[]): number =>
  pieces.reduce((total, { volumetricGrams }) => total + volumetricGrams, 0);

/** What the carrier takes, and what the card has a price for; the smaller of both. */
export function greatestWeight(card: { limits: Limits; breaks: RateCard['breaks'] }): number {
  const priced = Math.min(
    ...[...new Set(card.breaks.map(({ zone }) => zone))].map((zone) =>
      Math.max(...card.breaks.filter((item) => item.zone === zone).map(({ upToGrams }) => upToGrams)),
    ),
  );
  return Math.min(priced, card.limits.shipmentGrams ?? priced);
}

function valueFaults(card: RateCard, { valueMinor, insured }: FreightConsignment): FreightRefusal[] {
  const most = card.limits.valueMinor;
  const isAsked = most !== null || (insured && card.surcharges.some(({ basis }) => basis === 'value'));
  if (isAsked && valueMinor === null) {
    return [
      refusal(
        'no-value',
        'consignment',
        `The value of its goods is not known in ${card.currency}.`,
        `Enter an exchange rate to ${card.currency}.`,
      ),
    ];
  }
  if (most === null || valueMinor === null || valueMinor <= most) return [];
  return [
    refusal(
      'over-limit',
      'consignment',
      `Its goods are worth ${valueMinor} minor units ${card.currency}, at most ${most} is taken.`,
      'Ship it as several consignments.',
    ),
  ];
}
