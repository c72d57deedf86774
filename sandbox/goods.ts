/** One made-up product, as WooCommerce's REST API takes it. */
export interface DemoProduct {
  readonly [field: string]: unknown;
  readonly name: string;
  readonly sku: string;
}

const fabrics = ['Merino', 'Linen', 'Organic cotton', 'Alpaca'];
const things: readonly (readonly [string, string, number, number])[] = [
  ['tee', 'T-Shirts', 39.95, 0.2],
  ['scarf', 'Accessories', 24.5, 0.15],
  ['beanie', 'Accessories', 29, 0.1],
  ['cardigan', 'Knitwear', 119, 0.45],
  ['socks', 'Accessories', 14.95, 0.08],
  ['blanket', 'Home', 189, 1.4],
  ['throw', 'Home', 79, 0.9],
  ['gloves', 'Accessories', 34.5, 0.12],
  ['jumper', 'Knitwear', 139, 0.55],
];

const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The demo brand's catalogue: 36 simple products. Three of them have a fault that a marketplace finds: no weight, no
 * description, and a title that is too long.
 */
export function demoCatalogue(imageUrl: string): DemoProduct[] {
  return fabrics.flatMap((fabric, f) =>
    things.map(([thing, category, price, weight], t) => {
      const number = f * things.length + t + 1;
      const sku = `KW-${String(number).padStart(3, '0')}`;
      const name = `${fabric} ${thing}`;
      return {
        name:
          number === 7
            ? `${title(name)} ${'in our softest and warmest weave, made by hand for long winter evenings '.repeat(2).trim()}`
            : title(name),
        type: 'simple',
        sku,
        regular_price: (price + f * 5).toFixed(2),
        description:
          number === 11
            ? ''
            : `<p>${title(thing)} of ${fabric.toLowerCase()}, made in Tasmania. <b>Care:</b> wash cool.</p>`,
        manage_stock: true,
        stock_quantity: 6 + ((number * 7) % 15),
        weight: number === 3 ? '' : String(weight),
        dimensions: { length: '30', width: '25', height: '4' },
        category_names: [category],
        images: [{ src: `${imageUrl}/${sku}.png` }],
        meta_data: [
          { key: 'hs_code', value: '611030' },
          { key: 'country_of_origin', value: 'AU' },
        ],
      };
    }),
  );
}

const people: readonly (readonly [string, string, string, string])[] = [
  ['Dewi Putri', 'Jl. Melati 8', 'Bandung', '40111'],
  ['Budi Santoso', 'Jl. Sudirman 12', 'Jakarta', '10220'],
  ['Sari Wijaya', 'Jl. Diponegoro 45', 'Surabaya', '60241'],
  ['Agus Pratama', 'Jl. Gajah Mada 3', 'Semarang', '50134'],
  ['Rina Kusuma', 'Jl. Veteran 21', 'Malang', '65145'],
  ['Joko Susilo', 'Jl. Malioboro 60', 'Yogyakarta', '55213'],
];

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
