/** What a label says about categories of goods, the gravest first. */
const known: readonly (readonly [category: string, mark: string])[] = [
  ['dangerous', 'DANGEROUS GOODS'],
  ['lithium', 'CONTAINS LITHIUM BATTERIES'],
  ['aerosol', 'CONTAINS AEROSOLS'],
  ['perfume', 'CONTAINS PERFUME'],
  ['liquid', 'CONTAINS LIQUIDS'],
  ['fragile', 'FRAGILE'],
];

/** The marks of a piece for the categories of its goods; a category that has no words of its own is named as it is. */
export function marksOf(categories: readonly string[]): string[] {
  const present = new Set(categories.map((category) => category.trim().toLowerCase()).filter(Boolean));
  const marks = known.filter(([category]) => present.has(category)).map(([, mark]) => mark);
  const others = [...present].filter((category) => !known.some(([name]) => name === category)).sort();
  return [...marks, ...others.map((category) => `GOODS: ${category.toUpperCase()}`)];
}
