import { describe, expect, it } from 'vitest';
import { type Mapping, type MappingInput, resolveMappings, type TargetAttribute } from './resolve.ts';

const colour: TargetAttribute = {
  id: '501',
  name: 'Colour',
  forVariants: true,
  required: null,
  choices: [
    { id: '50101', name: 'Black' },
    { id: '50102', name: 'Navy' },
  ],
};
const material: TargetAttribute = {
  id: '503',
  name: 'Material',
  forVariants: false,
  required: true,
  choices: [{ id: '50301', name: 'Wool' }],
};
const set = (kind: Mapping['kind'], sourceKey: string, targetId: string | null, ofBrand = false): Mapping => ({
  kind,
  sourceKey,
  targetId,
  ofBrand,
});
const resolve = (overrides: Partial<MappingInput>) =>
  resolveMappings({
    marketplace: 'JD.id of Kauri',
    category: 'Jumpers',
    attributes: [],
    skus: [],
    mappings: [],
    targetsOf: () => [],
    defaultCategoryId: null,
    chosenCategoryId: null,
    ...overrides,
  });

describe('categories', () => {
  it('are what a person has set, whatever case and blanks the brand writes', () => {
    const mappings = [set('category', 'knitwear > jumpers', '122')];
    expect(resolve({ category: ' Knitwear >  JUMPERS', mappings })).toMatchObject({
      categoryId: '122',
      unmapped: [],
      findings: [],
    });
  });

  it('one set for the brand goes before one for all', () => {
    const mappings = [set('category', 'jumpers', '7', true), set('category', 'jumpers', '122')];
    expect(resolve({ mappings }).categoryId).toBe('7');
  });

  it('unmapped blocks and names the queue', () => {
    expect(resolve({})).toMatchObject({
      categoryId: null,
      unmapped: [{ kind: 'category', sourceKey: 'jumpers', sourceLabel: 'Jumpers', required: true }],
      findings: [{ field: 'categoryId', blocking: true, remedy: expect.stringContaining('mapping queue') }],
    });
    expect(resolve({ category: null }).unmapped).toMatchObject([{ sourceLabel: '(no category)' }]);
  });

  it('with a default of the account it is only said', () => {
    expect(resolve({ defaultCategoryId: '122' })).toMatchObject({
      categoryId: '122',
      unmapped: [{ required: false }],
      findings: [{ blocking: false }],
    });
  });

  it('set not to be sold there blocks, also where there is a default', () => {
    const mappings = [set('category', 'jumpers', null)];
    expect(resolve({ mappings, defaultCategoryId: '122' })).toMatchObject({
      categoryId: null,
      unmapped: [],
      findings: [{ blocking: true }],
    });
  });
});

describe('a category that a person chose at the listing', () => {
  it('waits for nothing and decides about the attributes', () => {
    const asked: string[] = [];
    const targetsOf = (categoryId: string) => {
      asked.push(categoryId);
      return [];
    };
    expect(resolve({ chosenCategoryId: '44', targetsOf })).toMatchObject({
      categoryId: null,
      unmapped: [],
      findings: [],
    });
    expect(asked).toEqual(['44']);
  });
});

describe('attributes', () => {
  const there = { defaultCategoryId: '122', targetsOf: () => [colour, material] };

  it('match by their names and by what was set; what is set as ignored is not asked for again', () => {
    const { attributes, unmapped } = resolve({
      ...there,
      attributes: [
        { name: 'MATERIAL', values: ['wool'] },
        { name: 'Shade', values: ['Night', 'Black'] },
        { name: 'Season', values: ['Winter'] },
        { name: 'Care', values: ['Cold'] },
      ],
      mappings: [
        set('attribute', 'shade', '501'),
        set('value', 'shade=night', '50102'),
        set('attribute', 'season', null),
      ],
    });
    expect(attributes).toEqual({ 503: '50301', 501: '50102' });
    expect(unmapped.slice(1)).toEqual([{ kind: 'attribute', sourceKey: 'care', sourceLabel: 'Care', required: false }]);
  });

  it('an unknown value waits; where the attribute is required, it blocks', () => {
    const { unmapped, findings } = resolve({
      ...there,
      attributes: [
        { name: 'Material', values: ['Vicuña'] },
        { name: 'Colour', values: ['Mauve'] },
      ],
    });
    expect(unmapped.slice(1)).toEqual([
      { kind: 'value', sourceKey: 'material=vicuña', sourceLabel: 'Material = Vicuña', required: true },
      { kind: 'value', sourceKey: 'colour=mauve', sourceLabel: 'Colour = Mauve', required: false },
    ]);
    expect(findings.filter(({ blocking }) => blocking).map(({ field }) => field)).toEqual([
      'attributes.Material',
      'attributes.Material = Vicuña',
    ]);
  });

  it('a required one that the product does not have is a finding', () => {
    expect(resolve(there).findings).toContainEqual(
      expect.objectContaining({
        field: 'attributes.Material',
        blocking: true,
        reason: expect.stringContaining('demands Material'),
      }),
    );
  });

  it('names of members of every object are names like others', () => {
    const { attributes, unmapped } = resolve({ ...there, attributes: [{ name: 'constructor', values: ['toString'] }] });
    expect(attributes).toEqual({});
    expect(unmapped).toHaveLength(2);
  });
});

describe('options', () => {
  const skus = [
    { sellerSku: 'a', options: [{ name: 'Colour', value: 'black' }] },
    { sellerSku: 'b', options: [{ name: 'Colour', value: 'Mauve' }] },
  ];

  it('tell the SKUs apart over there; an unmapped one blocks only where several SKUs need it', () => {
    const several = resolve({ skus, defaultCategoryId: '122', targetsOf: () => [colour] });
    expect(several.variantAttributes).toEqual({ a: { 501: '50101' }, b: {} });
    expect(several.unmapped[1]).toMatchObject({ kind: 'value', sourceKey: 'colour=mauve', required: true });
    const single = resolve({ skus: skus.slice(1), defaultCategoryId: '122', targetsOf: () => [colour] });
    expect(single.unmapped[1]).toMatchObject({ required: false });
  });
});
