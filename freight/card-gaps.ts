import type { Break, RateCard } from './card.ts';
import type { CardFault, Column } from './card-rows.ts';

/** Line of the file from which a part of the card comes; 0 where it comes from no line of its own. */
export type LineOf = (part: object) => number;

/**
 * Where a card does not cover what it should, or says two things at once: breaks, steps, zones, postcodes, fuel dates.
 * A card with a gap would price some consignments and not others, so it is refused as a whole.
 */
export function gapsOf(card: RateCard, lineOf: LineOf): CardFault[] {
  return [...breakGaps(card, lineOf), ...stepGaps(card, lineOf), ...zoneGaps(card, lineOf), ...dateGaps(card, lineOf)];
}

const fault = (line: number, column: Column, value: string, reason: string, remedy: string): CardFault => ({
  line,
  column,
  value,
  reason,
  remedy,
});

const byStart = (a: Break, b: Break): number => a.fromGrams - b.fromGrams;
const zonesOf = (card: RateCard): string[] => [...new Set(card.breaks.map(({ zone }) => zone))].sort();

function breakGaps(card: RateCard, lineOf: LineOf): CardFault[] {
  const faults: CardFault[] = [];
  for (const zone of zonesOf(card)) {
    let covered = 0;
    for (const item of card.breaks.filter((other) => other.zone === zone).sort(byStart)) {
      const { fromGrams, upToGrams } = item;
      const line = lineOf(item);
      if (upToGrams <= fromGrams) {
        const remedy = 'Let the break end above its start.';
        faults.push(fault(line, 'up_to_g', String(upToGrams), `Zone ${zone}: the break is empty.`, remedy));
        continue;
      }
      if (fromGrams > covered) {
        const reason = `Zone ${zone} has a gap: no price above ${covered} g up to ${fromGrams} g.`;
        faults.push(fault(line, 'from_g', String(fromGrams), reason, `Let the break begin at ${covered}, or add one.`));
      } else if (fromGrams < covered) {
        const reason = `Zone ${zone} has two prices from ${fromGrams} g to ${Math.min(covered, upToGrams)} g.`;
        faults.push(fault(line, 'from_g', String(fromGrams), reason, `Let the break begin at ${covered}.`));
      }
      covered = Math.max(covered, upToGrams);
    }
  }
  return faults;
}

function stepGaps(card: RateCard, lineOf: LineOf): CardFault[] {
  const faults: CardFault[] = [];
  let before = 0;
  for (const step of card.steps) {
    if (step.upToGrams <= before) {
      const reason = `The steps do not ascend: ${step.upToGrams} g comes after ${before} g.`;
      const remedy = 'Sort the steps by weight, each weight once.';
      faults.push(fault(lineOf(step), 'up_to_g', String(step.upToGrams), reason, remedy));
    }
    before = step.upToGrams;
  }
  const priced = Math.max(0, ...card.breaks.map(({ upToGrams }) => upToGrams));
  const last = card.steps.at(-1);
  if (!last) {
    faults.push(fault(0, 'record', '', 'The card has no step to which weights are rounded.', 'Add a line `step`.'));
  } else if (last.upToGrams < priced) {
    const reason = `Steps have a gap: they end at ${last.upToGrams} g, prices go on to ${priced} g.`;
    faults.push(fault(lineOf(last), 'up_to_g', String(last.upToGrams), reason, `Add a step up to ${priced} g.`));
  }
  return faults;
}

function zoneGaps(card: RateCard, lineOf: LineOf): CardFault[] {
  const faults: CardFault[] = [];
  if (card.zones.length === 0) {
    faults.push(fault(0, 'record', '', 'The card has no lane.', 'Add a line `zone` for each pair of countries.'));
  }
  const priced = new Set(zonesOf(card));
  for (const lane of card.zones) {
    if (priced.has(lane.zone)) continue;
    const reason = `Zone ${lane.zone} (${lane.from} to ${lane.to}) has no price.`;
    faults.push(
      fault(lineOf(lane), 'zone', lane.zone, reason, 'Add a line `break` for the zone, or correct its name.'),
    );
  }
  const used = new Set(card.zones.map(({ zone }) => zone));
  for (const item of card.breaks) {
    if (used.has(item.zone)) continue;
    const reason = `No lane leads to zone ${item.zone}.`;
    faults.push(fault(lineOf(item), 'zone', item.zone, reason, 'Add a line `zone` for it, or remove its prices.'));
  }
  const pairs = new Set(card.zones.map(({ from, to }) => `${from} to ${to}`));
  for (const pair of pairs) faults.push(...laneGaps(card, pair, lineOf));
  return faults;
}

function laneGaps(card: RateCard, pair: string, lineOf: LineOf): CardFault[] {
  const faults: CardFault[] = [];
  const lanes = card.zones.filter(({ from, to }) => `${from} to ${to}` === pair);
  const whole = lanes.filter(({ postcodes }) => postcodes === null);
  for (const lane of whole.slice(1)) {
    const reason = `${pair} has two zones for the whole country.`;
    faults.push(fault(lineOf(lane), 'zone', lane.zone, reason, 'Give postcodes, or remove one of them.'));
  }
  const narrow = lanes.flatMap(({ postcodes, ...lane }, index) =>
    postcodes === null ? [] : [{ ...lane, postcodes, line: lineOf(lanes[index] ?? lane) }],
  );
  for (const [index, lane] of narrow.entries()) {
    const clash = narrow
      .slice(0, index)
      .find(
        ({ postcodes: [first, last] }) =>
          first.length === lane.postcodes[0].length && first <= lane.postcodes[1] && lane.postcodes[0] <= last,
      );
    if (!clash) continue;
    const value = lane.postcodes.join('-');
    const reason = `${pair}: the postcodes lie in two ranges, ${clash.postcodes.join('-')} as well.`;
    faults.push(fault(lane.line, 'postcode_from', value, reason, 'Let each postcode lie in one range.'));
  }
  if (whole.length === 0 && narrow.length > 0) {
    const last = narrow.at(-1);
    const reason = `${pair} has a gap: postcodes outside the ranges have no zone.`;
    const remedy = `Add a line \`zone\` for ${pair} without postcodes.`;
    faults.push(fault(last?.line ?? 0, 'postcode_to', last?.postcodes[1] ?? '', reason, remedy));
  }
  return faults;
}

function dateGaps(card: RateCard, lineOf: LineOf): CardFault[] {
  const faults: CardFault[] = [];
  const [first] = card.fuel;
  if (first && first.from > card.validFrom) {
    const reason = `Fuel has a gap: no percentage from ${card.validFrom} until ${first.from}.`;
    faults.push(fault(lineOf(first), 'date', first.from, reason, `Add a line \`fuel\` from ${card.validFrom}.`));
  }
  for (const [index, rate] of card.fuel.entries()) {
    if (index === 0 || rate.from > (card.fuel[index - 1]?.from ?? '')) continue;
    const reason = `Fuel is not in order: ${rate.from} comes after ${card.fuel[index - 1]?.from}.`;
    faults.push(fault(lineOf(rate), 'date', rate.from, reason, 'Sort the fuel lines by date, each date once.'));
  }
  if (card.validTo !== null && card.validTo < card.validFrom) {
    const reason = `The card ends on ${card.validTo}, before it begins on ${card.validFrom}.`;
    faults.push(fault(0, 'value', card.validTo, reason, 'Correct valid_from or valid_to.'));
  }
  return faults;
}
