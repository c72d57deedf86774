import { describe, expect, it } from 'vitest';
import { Router } from './router.ts';

describe('router', () => {
  const router = new Router<string>()
    .on('GET', '/products/:id(\\d+)', 'read product', 'one')
    .on('PUT', '/products/:id(\\d+)', 'change product', 'change')
    .on('GET', '/products/:name', 'by name', 'named')
    .on('GET', '/a.b', 'dot', 'dot');

  it('takes the first fitting route and decodes its parts', () => {
    expect(router.find('GET', '/products/12')).toMatchObject({ route: { handler: 'one' }, params: { id: '12' } });
    expect(router.find('GET', '/products/a%20b/')).toMatchObject({ params: { name: 'a b' } });
    expect(router.find('GET', '/products/%zz')).toMatchObject({ params: { name: '%zz' } });
  });

  it('knows nothing of other methods, longer paths and unescaped dots', () => {
    expect(router.find('POST', '/products/12')).toBeUndefined();
    expect(router.find('GET', '/products/12/more')).toBeUndefined();
    expect(router.find('GET', '/aXb')).toBeUndefined();
  });

  it('lists the methods at a path', () => {
    expect(router.methodsAt('/products/12')).toEqual(['GET', 'PUT']);
    expect(router.methodsAt('/nowhere')).toEqual([]);
  });
});
