/** A value that can be chosen. */
export interface Choice {
  id: string;
  name: string;
}

/** An attribute of a sub-category. */
export interface Attribute {
  id: string;
  name: string;
  isOptional: boolean;
  isMultiSelectable: boolean;
  attributeChoices: Choice[];
}

/** What goods of one kind can be said to be; colours, sizes and capacities have ids of their own in each. */
export interface SubCategory {
  id: string;
  name: string;
  attributes: Attribute[];
  colors: Choice[];
  sizes: Choice[];
  capacities: Choice[];
}

const COLOURS = ['Black', 'White', 'Red', 'Blue', 'Green', 'Yellow', 'Grey', 'Brown', 'Pink', 'Beige'];
const SIZES = ['XS', 'S', 'M', 'L', 'XL', 'XXL', 'Free Size', '36', '37', '38', '39', '40', '41', '42', '43', '44'];
const CAPACITIES = ['30 ml', '50 ml', '100 ml', '250 ml'];
const MATERIALS = ['Cotton', 'Linen', 'Wool', 'Silk', 'Leather', 'Polyester', 'Other'];
const OCCASIONS = ['Casual', 'Formal', 'Sports'];

/** Material is wanted only where goods are worn next to the skin, so that most products need no attribute. */
const ROWS: readonly (readonly [id: string, name: string, capacities: boolean, materialNeeded: boolean])[] = [
  ['SC101', 'T-Shirts', false, false],
  ['SC102', 'Knitwear', false, false],
  ['SC103', 'Shirts', false, true],
  ['SC104', 'Shoes', false, false],
  ['SC105', 'Accessories', false, false],
  ['SC106', 'Skin Care', true, false],
  ['SC107', 'Home Textiles', false, false],
];

const choices = (prefix: string, names: readonly string[]): Choice[] =>
  names.map((name, index) => ({ id: `${prefix}-${String(index + 1).padStart(2, '0')}`, name }));

/** All sub-categories. */
export const SUB_CATEGORIES: readonly SubCategory[] = ROWS.map(([id, name, hasCapacities, materialNeeded]) => ({
  id,
  name,
  attributes: [
    attribute(id, 'MAT', 'Material', !materialNeeded, MATERIALS),
    attribute(id, 'OCC', 'Occasion', true, OCCASIONS),
  ],
  colors: choices(`${id}-COL`, COLOURS),
  sizes: hasCapacities ? [] : choices(`${id}-SIZ`, SIZES),
  capacities: hasCapacities ? choices(`${id}-CAP`, CAPACITIES) : [],
}));

function attribute(category: string, code: string, name: string, isOptional: boolean, names: readonly string[]) {
  const id = `${category}-${code}`;
  return { id, name, isOptional, isMultiSelectable: code === 'OCC', attributeChoices: choices(id, names) };
}

export const subCategoryOf = (id: unknown): SubCategory | undefined => SUB_CATEGORIES.find((one) => one.id === id);
