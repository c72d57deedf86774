/** A category of the fixed tree. Goods go into level 3. */
export interface Category {
  id: number;
  level: 1 | 2 | 3;
  name: string;
  nameEn: string;
  parentId?: number;
}

/** An attribute of a category. The meaning of `type` is UNCONFIRMED; here 1 = describes the product, 2 = tells SKUs apart. */
export interface Attribute {
  propertyId: number;
  type: 1 | 2;
  name: string;
  nameEn: string;
  values: Array<{ attributeValueId: number; name: string; nameEn: string }>;
}

/** A brand the shop may sell. */
export interface Brand {
  brandId: number;
  brandName: string;
}

const TREE: ReadonlyArray<
  [number, string, string, ReadonlyArray<[number, string, string, ReadonlyArray<[number, string, string]>]>]
> = [
  [
    100,
    'Pakaian',
    'Fashion',
    [
      [
        110,
        'Pakaian Wanita',
        "Women's Clothing",
        [
          [111, 'Gaun', 'Dresses'],
          [112, 'Atasan', 'Tops'],
          [113, 'Rok', 'Skirts'],
        ],
      ],
      [
        120,
        'Pakaian Pria',
        "Men's Clothing",
        [
          [121, 'Kemeja', 'Shirts'],
          [122, 'Kaos', 'T-Shirts'],
          [123, 'Jaket', 'Jackets'],
        ],
      ],
      [
        130,
        'Sepatu',
        'Shoes',
        [
          [131, 'Sneakers', 'Sneakers'],
          [132, 'Sandal', 'Sandals'],
          [133, 'Sepatu Bot', 'Boots'],
        ],
      ],
      [
        140,
        'Aksesoris',
        'Accessories',
        [
          [141, 'Tas', 'Bags'],
          [142, 'Topi', 'Hats'],
          [143, 'Ikat Pinggang', 'Belts'],
          [144, 'Perhiasan', 'Jewellery'],
        ],
      ],
    ],
  ],
  [
    200,
    'Kecantikan',
    'Beauty',
    [
      [
        210,
        'Perawatan Kulit',
        'Skin Care',
        [
          [211, 'Pelembab', 'Moisturisers'],
          [212, 'Tabir Surya', 'Sun Care'],
        ],
      ],
    ],
  ],
  [
    300,
    'Rumah Tangga',
    'Home',
    [
      [
        310,
        'Dapur',
        'Kitchen',
        [
          [311, 'Peralatan Makan', 'Tableware'],
          [312, 'Tekstil', 'Textiles'],
        ],
      ],
    ],
  ],
];

/** The category tree as a flat list, parents first. */
export const CATEGORIES: readonly Category[] = TREE.flatMap(([id, name, nameEn, second]) => [
  { id, level: 1 as const, name, nameEn },
  ...second.flatMap(([secondId, secondName, secondNameEn, third]) => [
    { id: secondId, level: 2 as const, name: secondName, nameEn: secondNameEn, parentId: id },
    ...third.map(([thirdId, thirdName, thirdNameEn]) => {
      return { id: thirdId, level: 3 as const, name: thirdName, nameEn: thirdNameEn, parentId: secondId };
    }),
  ]),
]);

const COLOURS = [
  'Hitam/Black',
  'Putih/White',
  'Merah/Red',
  'Biru/Blue',
  'Hijau/Green',
  'Kuning/Yellow',
  'Abu-abu/Grey',
  'Coklat/Brown',
  'Merah Muda/Pink',
  'Krem/Beige',
];
const SIZES = [
  'XS',
  'S',
  'M',
  'L',
  'XL',
  'XXL',
  'One Size',
  '35',
  '36',
  '37',
  '38',
  '39',
  '40',
  '41',
  '42',
  '43',
  '44',
  '45',
];
const MATERIALS = [
  'Katun/Cotton',
  'Linen/Linen',
  'Wol/Wool',
  'Sutra/Silk',
  'Kulit/Leather',
  'Poliester/Polyester',
  'Lainnya/Other',
];

/** The attributes; in this small world they are the same for every category. */
export const ATTRIBUTES: readonly Attribute[] = [
  { propertyId: 501, type: 2, name: 'Warna', nameEn: 'Colour', values: valuesFrom(501, COLOURS) },
  { propertyId: 502, type: 2, name: 'Ukuran', nameEn: 'Size', values: valuesFrom(502, SIZES) },
  { propertyId: 503, type: 1, name: 'Bahan', nameEn: 'Material', values: valuesFrom(503, MATERIALS) },
];

/** The brands of the shop where its options name none. */
export const DEFAULT_BRANDS: readonly Brand[] = [
  { brandId: 9001, brandName: 'Harbour & Pine' },
  { brandId: 9002, brandName: 'Nordlicht' },
  { brandId: 9003, brandName: 'Maple Row' },
  { brandId: 9999, brandName: 'No Brand' },
];

function valuesFrom(attributeId: number, names: readonly string[]): Attribute['values'] {
  return names.map((pair, index) => {
    const [name = pair, nameEn = name] = pair.split('/');
    return { attributeValueId: attributeId * 100 + index + 1, name, nameEn };
  });
}

/** `a/b/c`: ids or names from the top category down to `categoryId`. */
export function categoryPath(categoryId: number, field: 'id' | 'nameEn'): string {
  const path: string[] = [];
  let next: number | undefined = categoryId;
  while (next !== undefined) {
    const found: Category | undefined = CATEGORIES.find(({ id }) => id === next);
    if (found === undefined) break;
    path.unshift(String(found[field]));
    next = found.parentId;
  }
  return path.join('/');
}

/** Reads `attributeId:valueId;attributeId:valueId`; says what is wrong with it as a text. */
export function readAttributeIds(text: string): Array<[Attribute, number]> | string {
  const pairs: Array<[Attribute, number]> = [];
  for (const part of text.split(';').filter((piece) => piece !== '')) {
    const [attributeId, valueId, ...rest] = part.split(':').map(Number);
    const attribute = ATTRIBUTES.find(({ propertyId }) => propertyId === attributeId);
    if (attribute === undefined || rest.length > 0) return `unknown attribute in ${part}`;
    if (!attribute.values.some(({ attributeValueId }) => attributeValueId === valueId))
      return `unknown value in ${part}`;
    pairs.push([attribute, Number(valueId)]);
  }
  return pairs;
}
