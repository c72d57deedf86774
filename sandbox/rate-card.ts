import { demoOptions } from '../connectors/dhl-express/simulator/index.ts';
import type { Tx } from '../db/database.ts';
import { importCard } from '../db/freight-cards.ts';
import type { Command } from '../db/steps.ts';
import { noLimits, type RateCard } from '../freight/card.ts';
import { writeCardCsv } from '../freight/card-template.ts';
import { type CarrierKind, carrierKinds } from './channels/kinds.ts';

/** The prices of the simulated carrier, as its contract would list them: one zone for the lanes of the demo brands. */
export const demoRateCard: RateCard = {
  code: 'dhl-express-demo',
  carrier: 'DHL Express',
  service: 'EXPRESS WORLDWIDE',
  account: demoOptions.accountNumber,
  currency: 'AUD',
  validFrom: '2020-01-01',
  validTo: null,
  divisor: 5000,
  sideRounding: 'none',
  compareAt: 'piece',
  steps: [{ upToGrams: 70_000, stepGrams: 500 }],
  zones: ['AU', 'NZ', 'ID', 'TH', 'SG', 'MY', 'PH', 'VN'].flatMap((from) =>
    ['ID', 'TH', 'SG', 'MY', 'PH', 'VN', 'AU', 'NZ']
      .filter((to) => to !== from)
      .map((to) => ({ zone: '1', from, to, postcodes: null })),
  ),
  breaks: [
    { zone: '1', fromGrams: 0, upToGrams: 5_000, baseMinor: 2_500, perKgMinor: 900 },
    { zone: '1', fromGrams: 5_000, upToGrams: 70_000, baseMinor: 4_000, perKgMinor: 600 },
  ],
  remoteAreas: [],
  surcharges: [
    {
      code: 'DD',
      basis: 'shipment',
      amount: 1_800,
      minMinor: 0,
      when: { kind: 'incoterm', is: 'DDP' },
      bearsFuel: false,
    },
  ],
  taxBasisPoints: 0,
  fuel: [{ from: '2020-01-01', basisPoints: 2_000 }],
  limits: { ...noLimits, pieceGrams: 70_000, lengthMm: 1_200, pieces: 999, lines: 999, shipmentGrams: 70_000 },
  goodsRules: [{ category: 'lithium', to: '*', rule: 'service', service: 'HV' }],
  forbiddenPairs: [['food', 'chemical']],
  source: 'made up; equals the simulated carrier',
};

/** The prices of the simulated domestic carrier in Singapore: one zone, by the kilogram. */
const singaporeCard: RateCard = {
  ...demoRateCard,
  code: 'ninja-van-demo',
  carrier: 'Ninja Van',
  service: 'STANDARD',
  account: 'SG',
  currency: 'SGD',
  steps: [{ upToGrams: 30_000, stepGrams: 1_000 }],
  zones: [{ zone: 'SG', from: 'SG', to: 'SG', postcodes: null }],
  breaks: [{ zone: 'SG', fromGrams: 0, upToGrams: 30_000, baseMinor: 380, perKgMinor: 45 }],
  surcharges: [],
  fuel: [{ from: '2020-01-01', basisPoints: 0 }],
  limits: { ...noLimits, pieceGrams: 30_000, pieces: 1 },
  goodsRules: [],
  forbiddenPairs: [],
  source: 'made up; equals the simulated carrier',
};

const cards: Readonly<Record<CarrierKind, RateCard>> = { 'dhl-express': demoRateCard, 'ninja-van': singaporeCard };

/** Imports the cards of the carriers that are there as anybody would; there already, it changes nothing. */
export async function seedRateCards(trx: Tx, command: Command): Promise<void> {
  for (const kind of carrierKinds) {
    const carrier = await trx('connections').where({ kind: 'carrier', code: kind }).first('id');
    if (!carrier) continue;
    const input = { csv: writeCardCsv(cards[kind]), connectionId: carrier.id, brandId: null, dryRun: false };
    const under = { ...command, commandId: `${command.commandId}/${kind}` };
    const answer = await importCard(trx, input, under);
    if (!answer.ok)
      throw new Error(`the card of ${kind} is at fault: ${answer.faults.map(({ reason }) => reason).join(' ')}`);
  }
}
