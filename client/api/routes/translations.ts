import type { Tx } from '../../../db/database.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { wakeRefining } from '../../../db/refining-wake.ts';
import type { Command } from '../../../db/steps.ts';
import { markTranslated, monthOf } from '../../../db/translation.ts';
import { glossaryTerms, setTerm } from '../../../db/translation-glossary.ts';
import {
  type Approval,
  approveTranslation,
  listTranslations,
  writeTranslation,
} from '../../../db/translation-review.ts';
import { saveSettings, settingsOf } from '../../../db/translation-settings.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { brandRefsById } from '../refs.ts';
import {
  Approvals,
  ApproveBody,
  Glossary,
  GlossaryQuery,
  Ok,
  ReviewQuery,
  TermBody,
  TermSet,
  TranslationSettingsBody,
  TranslationSettingsList,
  Translations,
  WriteBody,
} from '../schemas/refining.ts';
import { type Api, everyone, staff } from '../types.ts';

const tags = ['translations'];

const answerOf = (approval: Approval | undefined): Approvals['results'] => {
  if (!approval) return [];
  if (!approval.ok) return [approval];
  return [{ id: approval.id, ok: true, revision: approval.revision }];
};

/** The listings that show what was approved are composed again. They and their accounts may lie behind the caller's wall. */
async function compose(trx: Tx, approvals: readonly Approval[], command: Command): Promise<void> {
  await riseToStaff(trx);
  const shown = approvals.flatMap((approval) => (approval.ok ? [approval.shown] : []));
  for (const [language, same] of Map.groupBy(shown, (one) => one.language)) {
    await markTranslated(trx, { productIds: same.map(({ productId }) => productId), language }, command);
  }
  if (shown.length > 0) await wakeRefining(trx, command);
}

function reviewRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/translations',
    {
      config: { access: everyone },
      schema: {
        summary: 'Translations; by default those that wait for a person',
        tags,
        querystring: ReviewQuery,
        response: { 200: Translations },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { rows, next, total } = await listTranslations(trx, request.query);
        const brandOf = await brandRefsById(
          trx,
          rows.map(({ brandId }) => brandId),
        );
        return {
          rows: rows.map(({ productId, productTitle, brandId, updatedAt, ...row }) => ({
            ...row,
            product: { id: productId, title: productTitle },
            brand: brandOf(brandId),
            updatedAt: updatedAt.toISOString(),
          })),
          next,
          total,
        };
      }),
  );

  app.post(
    '/api/translations/approve',
    {
      config: { access: everyone },
      schema: {
        summary: 'Approve translations, each as it stands or with another text',
        tags,
        body: ApproveBody,
        response: { 200: Approvals },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        // Behind the caller's wall: what is not theirs is not there. One order for everybody who locks several.
        const items = [...request.body.items].sort((a, b) => (a.id < b.id ? -1 : 1));
        const results = new Map<string, Approval>();
        for (const item of items) results.set(item.id, await approveTranslation(trx, item, command));
        await compose(trx, [...results.values()], command);
        return { status: 200, body: { results: request.body.items.flatMap(({ id }) => answerOf(results.get(id))) } };
      }),
  );

  app.post(
    '/api/translations',
    {
      config: { access: everyone },
      schema: { summary: 'Translate a field by hand', tags, body: WriteBody, response: { 200: Approvals } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const written = await writeTranslation(trx, request.body, command);
        if (!written) throw notFound('product', request.body.productId);
        await compose(trx, [written], command);
        return { status: 200, body: { results: answerOf(written) } };
      }),
  );
}

function glossaryRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/glossary',
    {
      config: { access: staff },
      schema: {
        summary: 'Words with a fixed translation, and words that stay as they are',
        tags,
        querystring: GlossaryQuery,
        response: { 200: Glossary },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const rows = await glossaryTerms(trx, request.query.brand);
        const brandOf = await brandRefsById(
          trx,
          rows.flatMap(({ brandId }) => brandId ?? []),
        );
        return {
          rows: rows.map(({ brandId, setAt, ...row }) => ({
            ...row,
            brand: brandOf(brandId),
            setAt: setAt.toISOString(),
          })),
        };
      }),
  );

  app.post(
    '/api/glossary',
    {
      config: { access: staff },
      schema: {
        summary: 'Set a word of the glossary, or take it out',
        tags,
        body: TermBody,
        response: { 200: TermSet },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { brandId = null, language = null, term, translation } = request.body;
        if (brandId !== null && !(await trx('brands').where({ id: brandId }).first('id')))
          throw notFound('brand', brandId);
        if (typeof translation === 'string' && language === null) {
          throw new ApiError('InvalidInput', 'A fixed translation needs its language.', {
            remedy: 'Name the language, or let the word stay as it is.',
          });
        }
        return {
          status: 200,
          body: { ok: true, replaced: await setTerm(trx, { brandId, language, term, translation }, command) },
        };
      }),
  );
}

function settingsRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/translation-settings',
    {
      config: { access: staff },
      schema: {
        summary: 'How each brand is translated, and its characters of this month',
        tags,
        response: { 200: TranslationSettingsList },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const month = monthOf(await deps.clock.now());
        const brands: { id: string; code: string; name: string; used: number | null; waiting: number }[] = await trx(
          'brands as b',
        )
          .leftJoin('translation_usage as u', (on) => on.on('u.brand_id', 'b.id').andOnVal('u.month', month))
          .orderBy('b.name')
          .select(
            'b.id',
            'b.code',
            'b.name',
            'u.characters as used',
            trx.raw(
              `(select count(*)::int from translations t where t.brand_id = b.id and t.status = 'needs-person') as waiting`,
            ),
          );
        const settings = await settingsOf(
          trx,
          brands.map(({ id }) => id),
        );
        return {
          month,
          rows: brands.map(({ used, waiting, ...brand }) => ({
            brand,
            ...settings(brand.id),
            usedCharacters: used ?? 0,
            waiting,
          })),
        };
      }),
  );

  app.post(
    '/api/translation-settings',
    {
      config: { access: staff },
      schema: { summary: 'Set how a brand is translated', tags, body: TranslationSettingsBody, response: { 200: Ok } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { brandId, why: _, ...settings } = request.body;
        if (!(await trx('brands').where({ id: brandId }).first('id'))) throw notFound('brand', brandId);
        await saveSettings(trx, brandId, settings, command);
        await trx('listings').where({ brand_id: brandId }).update({ stale_since: command.at });
        await wakeRefining(trx, command);
        return { status: 200, body: { ok: true } };
      }),
  );
}

/** Translations, the glossary, and how each brand is translated. */
export function translationRoutes(app: Api, deps: ApiDeps): void {
  reviewRoutes(app, deps);
  glossaryRoutes(app, deps);
  settingsRoutes(app, deps);
}
