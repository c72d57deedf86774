import {
  type Brand,
  type BrandChanges,
  lockBrand,
  saveBrandSettings,
  sendNow,
  settingChangesOf,
} from '../../../db/brand-settings.ts';
import type { Tx } from '../../../db/database.ts';
import { isoOf } from '../../../db/queries/paging.ts';
import type { User } from '../../../db/users.ts';
import { type MailSchedule, nextSlot } from '../../../schedule/slots.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { BrandDetail, BrandPatch, BrandSaved, SendNowBody, SentNow } from '../schemas/brands.ts';
import { ById } from '../schemas/common.ts';
import { type Api, everyone, staff } from '../types.ts';

const tags = ['brands'];

/** The table has no wall: names of brands stand on shared things. */
async function brandOf(trx: Tx, user: User, id: string): Promise<Brand> {
  const row: Brand | undefined = await trx('brands').where({ id }).first();
  if (!row || (user.brandId !== null && user.brandId !== id)) throw notFound('brand', id);
  return row;
}

function nextMailAt({ mail_schedule, time_zone }: Brand, at: Date): string | null {
  if (mail_schedule.times.length === 0 || mail_schedule.workingDays.length === 0) return null;
  return isoOf(nextSlot(mail_schedule, time_zone, at).at);
}

async function detailOf(trx: Tx, brand: Brand, at: Date) {
  const shop = await trx('connections').where({ brand_id: brand.id, kind: 'store' }).first('id');
  const changes = await settingChangesOf(trx, brand.id);
  return {
    id: brand.id,
    code: brand.code,
    name: brand.name,
    timeZone: brand.time_zone,
    currency: brand.currency,
    version: brand.settings_version,
    mailTo: brand.mail_to,
    times: [...brand.mail_schedule.times],
    workingDays: [...brand.mail_schedule.workingDays],
    holidays: [...(brand.mail_schedule.holidays ?? [])],
    nextMailAt: nextMailAt(brand, at),
    papers: brand.label_papers,
    packingSlips: brand.packing_slips,
    ownLabels: brand.own_labels,
    labelFormat: brand.label_format,
    incoterm: brand.incoterm,
    patienceMinutes: brand.mail_patience_minutes,
    shipFrom: brand.ship_from,
    safetyStock: brand.safety_stock,
    quotaThreshold: brand.quota_threshold,
    confirmation: brand.confirmation_rule,
    fourEyes: brand.four_eyes,
    hasShop: shop !== undefined,
    changes: changes.map((change) => ({
      version: change.settings_version as number,
      at: isoOf(change.at),
      actor: change.actor as string,
      why: change.why as string | null,
      changed: change.changed as Record<string, [unknown, unknown]>,
    })),
  };
}

/** The named settings as columns; `undefined` = not named. */
function changesOf(brand: Brand, patch: BrandPatch): BrandChanges {
  const { times, workingDays, holidays } = patch;
  const schedule: MailSchedule = {
    ...brand.mail_schedule,
    ...(times && { times: [...times].sort() }),
    ...(workingDays && { workingDays: [...workingDays].sort((a, b) => a - b) }),
    ...(holidays && { holidays: [...holidays].sort() }),
  };
  const shipFrom = patch.shipFrom && {
    company: null,
    region: null,
    postcode: null,
    phone: null,
    email: null,
    ...patch.shipFrom,
  };
  const all = {
    mail_to: patch.mailTo,
    mail_schedule: times || workingDays || holidays ? schedule : undefined,
    label_papers: patch.papers,
    packing_slips: patch.packingSlips,
    own_labels: patch.ownLabels,
    label_format: patch.labelFormat,
    incoterm: patch.incoterm,
    mail_patience_minutes: patch.patienceMinutes,
    ship_from: shipFrom,
    safety_stock: patch.safetyStock,
    quota_threshold: patch.quotaThreshold,
    confirmation_rule: patch.confirmation,
    four_eyes: patch.fourEyes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as BrandChanges;
}

function demandUsable(brand: Brand, changes: BrandChanges, at: Date): void {
  if (!changes.mail_schedule) return;
  try {
    nextSlot(changes.mail_schedule, brand.time_zone, at);
  } catch (cause) {
    const error = new ApiError('InvalidInput', 'With these days and holidays no mail would go for two months.', {
      remedy: 'Name another working day, or fewer holidays.',
    });
    error.cause = cause;
    throw error;
  }
}

/** A brand's settings, and its label mail sent now. */
export function brandRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/brands/:id',
    {
      config: { access: everyone },
      schema: { summary: 'One brand with its settings', tags, params: ById, response: { 200: BrandDetail } },
    },
    async (request) => {
      const at = await deps.clock.now();
      return reading(request, deps, async (trx, user) =>
        detailOf(trx, await brandOf(trx, user, request.params.id), at),
      );
    },
  );

  app.patch(
    '/api/brands/:id',
    {
      config: { access: staff },
      schema: {
        summary: 'Change a brand’s settings: mails, papers, ship-from, stock, confirmation',
        tags,
        params: ById,
        body: BrandPatch,
        response: { 200: BrandSaved },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command, user }) => {
        const { id } = request.params;
        if (request.body.fourEyes !== undefined && user.role !== 'admin') {
          throw new ApiError('Forbidden', 'Only an admin says whether four eyes are wanted.');
        }
        const brand = await lockBrand(trx, id);
        if (!brand) throw notFound('brand', id);
        if (brand.settings_version !== request.body.version) {
          const [last] = await settingChangesOf(trx, id);
          throw new ApiError('VersionConflict', `The settings are at version ${brand.settings_version} by now.`, {
            remedy: 'Look at the present settings and decide again.',
            details: { version: brand.settings_version, by: last?.actor ?? null },
          });
        }
        const changes = changesOf(brand, request.body);
        demandUsable(brand, changes, command.at);
        const saved = await saveBrandSettings(trx, brand, changes, command);
        const version = brand.settings_version + (saved.length > 0 ? 1 : 0);
        return { status: 200, body: { ok: true as const, version, saved } };
      }),
  );

  app.post(
    '/api/brands/:id/label-mails',
    {
      config: { access: staff },
      schema: {
        summary: 'Send the brand’s labels now, as a supplementary batch with its own number',
        tags,
        params: ById,
        body: SendNowBody,
        response: { 200: SentNow },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const brand = await lockBrand(trx, id);
        if (!brand) throw notFound('brand', id);
        const { slot, consignments, waitingLabels } = await sendNow(trx, brand, command);
        const says =
          consignments + waitingLabels === 0
            ? 'There is nothing to send.'
            : `${consignments} consignment(s) are closed within seconds, ${waitingLabels} label(s) wait already; the mail goes when the labels are booked.`;
        const body = { ok: true as const, slotDate: slot.date, slotTime: slot.time, consignments, waitingLabels, says };
        return { status: 200, body };
      }),
  );
}
