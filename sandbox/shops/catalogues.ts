import type { MagentoSimulatorOptions } from '../../connectors/magento/simulator/index.ts';
import type { ProductSeed } from '../../connectors/shopify/simulator/index.ts';
import type { WooCommerceSimulatorOptions } from '../../connectors/woocommerce/simulator/index.ts';
import type { Good, GoodUnit } from '../goods.ts';

type WooCommerceProducts = NonNullable<WooCommerceSimulatorOptions['products']>;
type MagentoProducts = NonNullable<MagentoSimulatorOptions['products']>;

const sum = (pieces: readonly number[]): number => pieces.reduce((all, one) => all + one, 0);
const kilograms = (grams: number | null): string => (grams === null ? '' : String(grams / 1000));

/** Bodies as for WooCommerce's `POST /products`. The shop has one place: pieces are added up. */
export function asWooCommerce(goods: readonly Good[], imagesUrl: string): WooCommerceProducts {
  const sold = ({ sku, price, weightGrams, pieces }: GoodUnit) => ({
    sku,
    regular_price: price,
    manage_stock: true,
    stock_quantity: sum(pieces),
    weight: kilograms(weightGrams),
    dimensions: { length: '30', width: '25', height: '4' },
  });
  return goods.map((good) => {
    const { option, units } = good;
    const [only] = units;
    const head = {
      name: good.title,
      description: good.descriptionHtml,
      category_names: [good.category],
      images: [{ src: `${imagesUrl}/${good.picture}.png` }],
      meta_data: [
        { key: 'hs_code', value: good.hsCode },
        { key: 'country_of_origin', value: good.origin },
      ],
    };
    if (option === null) return { ...head, type: 'simple', ...(only ? sold(only) : {}) };
    const options = units.map((unit) => unit.option ?? '');
    return {
      ...head,
      type: 'variable',
      sku: good.picture,
      attributes: [{ name: option, variation: true, visible: true, options }],
      variations: units.map((unit) => ({ ...sold(unit), attributes: [{ name: option, option: unit.option }] })),
    };
  });
}

/** Bodies as for the Magento simulator's products; pictures lie under the shop's media address. */
export function asMagento(goods: readonly Good[], sources: readonly string[]): MagentoProducts {
  const sold = (good: Good, { sku, price, weightGrams, pieces }: GoodUnit) => {
    const [own = 0, ...more] = pieces;
    return {
      sku,
      price: Number(price),
      ...(weightGrams === null ? {} : { weight: weightGrams / 1000 }),
      extension_attributes: { stock_item: { qty: own, is_in_stock: own > 0 } },
      source_quantities: Object.fromEntries(more.map((quantity, index) => [sources[index + 1] ?? 'default', quantity])),
      custom_attributes: [
        { attribute_code: 'hs_code', value: good.hsCode },
        { attribute_code: 'country_of_manufacture', value: good.origin },
      ],
    };
  };
  return goods.map((good) => {
    const [only] = good.units;
    const described = { attribute_code: 'description', value: good.descriptionHtml };
    const head = {
      name: good.title,
      category_names: [good.category],
      media_gallery_entries: [
        {
          media_type: 'image',
          label: '',
          position: 1,
          disabled: false,
          types: ['image'],
          file: `/${good.picture}.png`,
        },
      ],
    };
    if (good.option === null) {
      const unit = only ? sold(good, only) : { custom_attributes: [] };
      return { ...head, ...unit, custom_attributes: [described, ...unit.custom_attributes] };
    }
    return {
      ...head,
      sku: good.picture,
      custom_attributes: [described],
      option_name: good.option,
      variants: good.units.map((unit) => ({
        ...sold(good, unit),
        name: `${good.title} ${unit.option}`,
        option: unit.option ?? '',
      })),
    };
  });
}

/** Seeds of the Shopify simulator. */
export function asShopify(goods: readonly Good[], imagesUrl: string, locations: readonly string[]): ProductSeed[] {
  return goods.map((good) => ({
    title: good.title,
    descriptionHtml: good.descriptionHtml,
    productType: good.category,
    collections: [good.category],
    images: [{ url: `${imagesUrl}/${good.picture}.png` }],
    variants: good.units.map(({ sku, option, price, weightGrams, pieces }) => ({
      sku,
      price,
      available: Object.fromEntries(pieces.map((quantity, index) => [locations[index] ?? '', quantity])),
      ...(weightGrams === null ? {} : { weightGrams }),
      harmonizedSystemCode: good.hsCode,
      countryCodeOfOrigin: good.origin,
      ...(good.option === null || option === null ? {} : { options: [{ name: good.option, value: option }] }),
    })),
  }));
}
