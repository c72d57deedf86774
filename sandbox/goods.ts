/** One thing that a made-up brand sells, whatever shop it sells it in. */
export interface Good {
  readonly title: string;
  readonly descriptionHtml: string;
  readonly category: string;
  readonly hsCode: string;
  readonly origin: string;
  /** Shown on the picture, and the picture's name. */
  readonly picture: string;
  /** What its units differ in, e.g. `Size`; null = there is one unit. */
  readonly option: string | null;
  readonly units: readonly GoodUnit[];
}

/** One sellable unit of it. */
export interface GoodUnit {
  readonly sku: string;
  readonly option: string | null;
  /** In the shop's currency, with decimals. */
  readonly price: string;
  /** Null = the shop does not know it. */
  readonly weightGrams: number | null;
  /** Pieces by place: the first one is the shop's own, further ones are where it keeps more. */
  readonly pieces: readonly number[];
}

const fabrics = ['Merino', 'Linen', 'Organic cotton', 'Alpaca'];
const things: readonly (readonly [string, string, number, number])[] = [
  ['tee', 'T-Shirts', 39.95, 200],
  ['scarf', 'Accessories', 24.5, 150],
  ['beanie', 'Accessories', 29, 100],
  ['cardigan', 'Knitwear', 119, 450],
  ['socks', 'Accessories', 14.95, 80],
  ['blanket', 'Home', 189, 1400],
  ['throw', 'Home', 79, 900],
  ['gloves', 'Accessories', 34.5, 120],
  ['jumper', 'Knitwear', 139, 550],
];

const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The catalogue of Kauri Wool: 36 simple products. Three of them have a fault that a marketplace finds: no weight, no
 * description, and a title that is too long.
 */
export function kauriGoods(): Good[] {
  return fabrics.flatMap((fabric, f) =>
    things.map(([thing, category, price, weightGrams], t) => {
      const number = f * things.length + t + 1;
      const sku = `KW-${String(number).padStart(3, '0')}`;
      const name = title(`${fabric} ${thing}`);
      const long = 'in our softest and warmest weave, made by hand for long winter evenings '.repeat(2).trim();
      return {
        title: number === 7 ? `${name} ${long}` : name,
        descriptionHtml:
          number === 11
            ? ''
            : `<p>${title(thing)} of ${fabric.toLowerCase()}, made in Tasmania. <b>Care:</b> wash cool.</p>`,
        category,
        hsCode: '611030',
        origin: 'AU',
        picture: sku,
        option: null,
        units: [
          {
            sku,
            option: null,
            price: (price + f * 5).toFixed(2),
            weightGrams: number === 3 ? null : weightGrams,
            pieces: [6 + ((number * 7) % 15)],
          },
        ],
      };
    }),
  );
}

/** So many simple products without anything that a marketplace finds fault with, all with one picture. */
export function manyGoods(count: number): Good[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(4, '0');
    const sku = `KX-${number}`;
    return {
      title: `Wool yarn no. ${number}`,
      descriptionHtml: `<p>Wool yarn, colour ${number}, 100 grams. <b>Care:</b> wash cool.</p>`,
      category: 'Home',
      hsCode: '510910',
      origin: 'AU',
      picture: 'KW-001',
      option: null,
      units: [
        { sku, option: null, price: (12 + (index % 40) / 2).toFixed(2), weightGrams: 110, pieces: [20 + (index % 9)] },
      ],
    };
  });
}

interface Draft {
  readonly name: string;
  readonly category: string;
  readonly hsCode: string;
  readonly price: number;
  readonly weightGrams: number;
  readonly sizes?: readonly string[];
}

function goodsOf(prefix: string, origin: string, what: string, option: string, drafts: readonly Draft[]): Good[] {
  return drafts.map(({ name, category, hsCode, price, weightGrams, sizes }, index) => {
    const number = `${prefix}-${String(index + 1).padStart(3, '0')}`;
    const units = (sizes ?? [null]).map((size, position) => ({
      sku: size === null ? number : `${number}-${size}`,
      option: size,
      price: price.toFixed(2),
      weightGrams,
      // Two places: the sum is what is offered.
      pieces: [5 + ((index * 3 + position) % 6), 3 + ((index + position * 2) % 5)],
    }));
    return {
      title: name,
      descriptionHtml: `<p>${name}. ${what}</p>`,
      category,
      hsCode,
      origin,
      picture: number,
      option: sizes ? option : null,
      units,
    };
  });
}

/** Rimu Outdoor, New Zealand: among it garments in sizes, kept in two places. */
export function rimuGoods(): Good[] {
  return goodsOf('RO', 'NZ', 'Made for wet weather in Canterbury.', 'Size', [
    {
      name: 'Rain jacket',
      category: 'Jackets',
      hsCode: '620193',
      price: 249,
      weightGrams: 520,
      sizes: ['S', 'M', 'L'],
    },
    { name: 'Trail trousers', category: 'Trousers', hsCode: '620343', price: 139, weightGrams: 410, sizes: ['S', 'M'] },
    {
      name: 'Merino base layer',
      category: 'T-Shirts',
      hsCode: '611090',
      price: 99,
      weightGrams: 210,
      sizes: ['S', 'M'],
    },
    { name: 'Dry bag 20 litres', category: 'Accessories', hsCode: '420292', price: 45.5, weightGrams: 180 },
    { name: 'Head torch', category: 'Accessories', hsCode: '851310', price: 79, weightGrams: 120 },
    { name: 'Enamel mug', category: 'Home', hsCode: '732394', price: 19.9, weightGrams: 160 },
    { name: 'Trekking poles', category: 'Accessories', hsCode: '660200', price: 129, weightGrams: 480 },
  ]);
}

/** Totara Skin, Singapore: among it bottles in sizes, kept in two places. */
export function totaraGoods(): Good[] {
  return goodsOf('TS', 'SG', 'Without perfume, tested on nobody.', 'Size', [
    { name: 'Face oil', category: 'Skin care', hsCode: '330499', price: 38, weightGrams: 90, sizes: ['S', 'L'] },
    { name: 'Day cream', category: 'Skin care', hsCode: '330499', price: 42.5, weightGrams: 130 },
    { name: 'Night cream', category: 'Skin care', hsCode: '330499', price: 54, weightGrams: 130 },
    { name: 'Clay mask', category: 'Skin care', hsCode: '330499', price: 29.9, weightGrams: 240 },
    { name: 'Hand balm', category: 'Skin care', hsCode: '330499', price: 18, weightGrams: 85, sizes: ['S', 'M'] },
    { name: 'Bamboo towel', category: 'Home', hsCode: '630291', price: 24, weightGrams: 300 },
  ]);
}

const people: readonly (readonly [string, string, string, string])[] = [
  ['Dewi Putri', 'Jl. Melati 8', 'Bandung', '40111'],
  ['Budi Santoso', 'Jl. Sudirman 12', 'Jakarta', '10220'],
  ['Sari Wijaya', 'Jl. Diponegoro 45', 'Surabaya', '60241'],
  ['Agus Pratama', 'Jl. Gajah Mada 3', 'Semarang', '50134'],
  ['Rina Kusuma', 'Jl. Veteran 21', 'Malang', '65145'],
  ['Joko Susilo', 'Jl. Malioboro 60', 'Yogyakarta', '55213'],
];

const islanders: readonly (readonly [string, string, string])[] = [
  ['Tan Mei Hua', '18 Bukit Batok Street', '659578'],
  ['Nurul Aisyah', '45 Bedok North Avenue', '460045'],
  ['Arjun Menon', '7 Serangoon Road', '218229'],
  ['Lim Jun Kai', '120 Toa Payoh Lorong', '310120'],
];

/** A made-up buyer in Singapore, the same one for the same number. */
export function demoIslander(number: number): Record<string, string> {
  const [customerName, address, postCode] = islanders[number % islanders.length] ?? [
    'Tan Mei Hua',
    '18 Bukit Batok Street',
    '659578',
  ];
  return {
    customerName,
    mobile: '+6581550100',
    email: `islander${number}@example.com`,
    address,
    area: `#0${1 + (number % 8)}-11`,
    city: 'Singapore',
    state: 'Singapore',
    postCode,
    country: 'SG',
  };
}

/** A made-up buyer, the same one for the same number. */
export function demoBuyer(number: number): Record<string, string> {
  const [customerName, address, city, postCode] = people[number % people.length] ?? [
    'Dewi Putri',
    'Jl. Melati 8',
    'Bandung',
    '40111',
  ];
  return {
    customerName,
    phone: '+62215550100',
    mobile: '+628125550100',
    email: `buyer${number}@example.com`,
    address,
    // The marketplace would make up what is not given, and two orders of one buyer would go to two places.
    deliveryAddr: `${address}, ${city}, Jawa ${postCode}`,
    area: city,
    city,
    state: 'Jawa',
    postCode,
  };
}
