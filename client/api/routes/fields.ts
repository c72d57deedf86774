import { riseToStaff } from '../../../db/queries/rise.ts';
import { productStory, releaseField } from '../../../db/refining-fields.ts';
import { wakeRefining } from '../../../db/refining-wake.ts';
import { lock } from '../../../db/steps.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import { ProductFields, ReleaseBody, Released } from '../schemas/refining.ts';
import { type Api, everyone } from '../types.ts';

const tags = ['products'];

/** Why a product's fields have their values, and giving one back to its source. */
export function fieldRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/products/:id/fields',
    {
      config: { access: everyone },
      schema: {
        summary: 'Why each field of a product has its value',
        tags,
        params: ById,
        response: { 200: ProductFields },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { id } = request.params;
        const product = await trx('products').where({ id }).first();
        if (!product) throw notFound('product', id);
        const { source, fields } = await productStory(trx, product);
        return {
          source: source ? { ...source, refinedAt: source.refinedAt.toISOString() } : null,
          fields: fields.map((story) => ({ ...story, steps: [...story.steps] })),
        };
      }),
  );

  app.post(
    '/api/products/:id/fields',
    {
      config: { access: everyone },
      schema: {
        summary: 'Give a field back to its source: its value comes from there and the rules again',
        tags,
        params: ById,
        body: ReleaseBody,
        response: { 200: Released },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const product = await lock(trx, 'product', id);
        if (!product) throw notFound('product', id);
        const released = await releaseField(trx, product, request.body.release, command);
        await riseToStaff(trx);
        if (released) await wakeRefining(trx, command);
        return { status: 200, body: { ok: true, released } };
      }),
  );
}
