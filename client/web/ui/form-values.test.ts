import { describe, expect, it } from 'vitest';
import { changedFields } from './form-values.ts';

const form = (values: Record<string, string>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
};

describe('changedFields', () => {
  it('names only what a person changed', () => {
    const before = { title: 'Batik shirt', descriptionHtml: '<p>a</p>\n<p>b</p>' };
    expect(changedFields(form({ title: 'Batik shirt ', descriptionHtml: '<p>a</p>\r\n<p>b</p>' }), before)).toEqual({});
    expect(changedFields(form({ title: 'Linen shirt', descriptionHtml: '<p>a</p>\n<p>b</p>' }), before)).toEqual({
      title: 'Linen shirt',
    });
  });

  it('takes an emptied field as a change', () => {
    expect(changedFields(form({ title: '' }), { title: 'Batik shirt' })).toEqual({ title: '' });
  });
});
