import type { ListingDetail, ProductDetail, ProductSku } from '../../../client/web/api/types/catalogue.ts';
import type { Finding } from '../../../client/web/api/types/common.ts';
import { ago, idOf } from './ids.ts';
import { allowedOf } from './machines.ts';
import { brands, jdId, ref, shop, zilingo } from './refs.ts';
import { lostUploadOf } from './settling.ts';
import type { Facts } from './world.ts';

const names = [
  'Batik shirt “Parang”',
  'Silk scarf “Kawung”',
  'Sarong “Mega Mendung”',
  'Merino jumper, undyed',
  'Tote bag “Truntum”',
];
/** On the shop's own server, which the browser of a test answers for. */
export const pictureUrl = 'https://shop.kirana.example/img/shirt.svg';
const description =
  '<p style="color:#444">Hand-drawn <b>batik tulis</b> on primissima cotton.</p><ul><li>Made in Solo</li><li>Cold wash</li></ul><script>document.title = "no"</script><img src="https://tracker.example/pixel.gif">';

const missingWeight: Finding = {
  field: 'weightGrams',
  value: null,
  reason: 'It has no weight.',
  remedy: 'Enter the weight of each SKU; carriers and marketplaces need it.',
  blocking: true,
};
const shouting: Finding = {
  field: 'title',
  value: 'SALE!!!',
  reason: 'Advertising words were removed.',
  remedy: 'Check the title.',
  blocking: false,
};

function skusOf(n: number, currency: string): ProductSku[] {
  return Array.from({ length: (n % 3) + 1 }, (_, index) => ({
    id: idOf(`sku/${n}/${index}`),
    sku: `KB-${1000 + n}-${['S', 'M', 'L'][index]}`,
    options: [{ name: 'Size', value: ['S', 'M', 'L'][index] }],
    priceMinor: currency === 'IDR' ? 349_000 + index * 20_000 : 12_990,
    salePriceMinor: null,
    currency,
    onHand: 14 - index * 4,
    reserved: index,
    available: 14 - index * 5,
    stockManaged: true,
    stockSeenAt: ago(3),
    weightGrams: n % 9 === 4 ? null : 320,
    lengthMm: 300,
    widthMm: 220,
    heightMm: 40,
    barcode: null,
    hsCode: '6205.20',
    originCountryCode: 'ID',
    customsMissing: n % 9 === 4 ? ['net-weight'] : [],
  }));
}

export function makeProducts(facts: Facts): ProductDetail[] {
  return Array.from({ length: 34 }, (_, n) => {
    const brand = n % 4 === 3 ? brands[1] : brands[0];
    const state = ['NEW', 'APPROVED', 'APPROVED', 'EDITED', 'APPROVED'][n % 5] ?? 'NEW';
    const findings = n % 9 === 4 ? [missingWeight] : n % 7 === 2 ? [shouting] : [];
    const blockingFindings = findings.filter(({ blocking }) => blocking).length;
    const id = idOf(`product/${n}`);
    facts.set(id, { blockingFindings });
    return {
      id,
      title: `${names[n % names.length]} No. ${n + 1}`,
      brand: ref(brand),
      state,
      version: 2,
      category: 'Shirts',
      imageUrl: n % 3 === 0 ? null : pictureUrl,
      published: true,
      blockingFindings,
      findings,
      skus: skusOf(n, brand.currency),
      listings: [jdId, zilingo].map((connection) => ({
        id: idOf(`listing/${n}/${connection.code}`),
        connection,
        state: listingState(n, connection.code),
        version: 2,
        remote: remoteOf(listingState(n, connection.code)),
      })),
      problems: 0,
      lastEditedAt: state === 'EDITED' ? ago(20) : null,
      allowed: allowedOf('product', state, { blockingFindings }),
      descriptionHtml: description,
      attributes: { material: 'Cotton' },
      images: [
        { url: pictureUrl, alt: 'Front' },
        { url: `${pictureUrl}?back`, alt: 'Back' },
      ],
      fieldOwners: {},
      externalId: String(500 + n),
      store: shop,
      createdAt: ago(60 * 24 * 9),
      goneAt: null,
      openProblems: [],
      timeline: [
        {
          at: ago(60 * 24 * 9),
          kind: 'transition',
          title: 'Product: Created',
          detail: null,
          actor: 'kirana-shop',
          machine: 'product',
          from: '',
          to: 'NEW',
        },
        {
          at: ago(60 * 5),
          kind: 'transition',
          title: 'Product: Approve',
          detail: null,
          actor: 'rara@tradelane.example',
          machine: 'product',
          from: 'NEW',
          to: state,
        },
      ],
    };
  });
}

const states = ['LIVE', 'IN_REVIEW', 'REJECTED', 'UPDATE', 'NEW', 'LIVE', 'LIVE', 'EDITED'];
const listingState = (n: number, code: string) => states[(n + (code === 'zilingo' ? 3 : 0)) % states.length] ?? 'NEW';
const remoteOf = (state: string) => (['LIVE', 'UPDATE'].includes(state) ? 'LIVE' : 'ABSENT');

const rejections = [
  { field: 'title', raw: 'Product name contains forbidden word "original"' },
  { field: null, raw: 'QC-4471: please contact category manager' },
];

export function makeListings(products: ProductDetail[], facts: Facts): ListingDetail[] {
  return products.flatMap((product, n) =>
    [jdId, zilingo].map((connection): ListingDetail => {
      const id = idOf(`listing/${n}/${connection.code}`);
      const state = listingState(n, connection.code);
      const remote = remoteOf(state);
      const contentChanged = state !== 'REJECTED';
      const own = { remoteLive: remote === 'LIVE', contentChanged, blockingFindings: product.blockingFindings };
      facts.set(id, own);
      return {
        id,
        title: product.title,
        product: { id: product.id, title: product.title },
        brand: product.brand,
        connection,
        state,
        version: 2,
        remote,
        standing: null,
        externalId: remote === 'LIVE' ? String(70_000 + n) : null,
        nativeStatus: remote === 'LIVE' ? 'on_sale' : null,
        nativeSeenAt: ago(8),
        contentChanged,
        unknownCall: lostUploadOf(n, connection.code),
        blockingFindings: product.blockingFindings,
        findings: product.findings,
        rejectionReasons: state === 'REJECTED' ? rejections : [],
        reviewDueAt: null,
        skus: product.skus.map((sku, index) => ({
          ...sku,
          listingSkuId: idOf(`${id}/${sku.sku}`),
          skuId: sku.id,
          sellerSku: sku.sku,
          externalSkuId: remote === 'LIVE' ? String(900 + index) : null,
          listingCurrency: 'IDR',
          priceDesiredMinor: 389_000,
          priceAcknowledgedMinor: remote === 'LIVE' ? 389_000 : null,
          priceAcknowledgedAt: null,
          priceSeenMinor: remote === 'LIVE' ? 389_000 : null,
          priceSeenAt: null,
          stockDesired: sku.available,
          stockAcknowledged: remote === 'LIVE' ? (n === 5 && index === 0 ? 9 : sku.available) : null,
          stockAcknowledgedAt: null,
          stockSeen: remote === 'LIVE' ? (n === 6 && index === 0 ? 3 : sku.available) : null,
          stockSeenAtMarketplace: null,
          priceTrace: null,
          lastError: null,
        })),
        problems: 0,
        lastEditedAt: null,
        allowed: allowedOf('listing', state, own),
        descriptionHtml: product.descriptionHtml,
        categoryId: '75061',
        attributes: { Material: 'Cotton', Pattern: 'Batik' },
        contentHash: 'a1',
        approvedHash: null,
        approvedBy: null,
        submittedHash: null,
        liveHash: null,
        submittedAt: null,
        createdAt: ago(60 * 24 * 8),
        openProblems: [],
        timeline: product.timeline.map((entry) => ({
          ...entry,
          title: entry.title.replace('Product', 'Listing'),
          machine: 'listing',
        })),
      };
    }),
  );
}
