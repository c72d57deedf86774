import { describe, expect, it } from 'vitest';
import { listingSearch, listSearch, loginSearch, parseSearch, stringifySearch, withFilter } from './search.ts';

describe('filters in the URL', () => {
  it('come back as they were written', () => {
    const search = { q: '00123', state: 'NEW,EDITED', brand: 'b-1' };
    expect(listSearch(parseSearch(stringifySearch(search)))).toEqual(search);
  });

  it('drop what is unknown or empty', () => {
    expect(listSearch({ q: '', state: 'NEW', open: 'x', page: 3 })).toEqual({ state: 'NEW' });
    expect(listingSearch({ open: 'x' })).toEqual({ open: 'x' });
  });

  it('are set and removed one by one', () => {
    expect(withFilter({ q: 'a' }, 'q', 'b')).toEqual({ q: 'b' });
    expect(withFilter({ q: 'a', state: 'NEW' }, 'q', '')).toEqual({ state: 'NEW' });
  });
});

describe('where to go after logging in', () => {
  it.each(['/orders?state=NEW', '/'])('%s is a page of ours', (to) => expect(loginSearch({ to })).toEqual({ to }));
  it.each(['https://elsewhere.example/', '//elsewhere.example', '/\\elsewhere.example', 'orders', 3])(
    '%s is refused',
    (to) => expect(loginSearch({ to })).toEqual({}),
  );
});
