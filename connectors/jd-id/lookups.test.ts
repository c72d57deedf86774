import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.fixture.ts';

describe('attributes of a category', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  it('come with all their values, page by page; what nobody confirms is not guessed', async () => {
    const leaf = (await bench.connector.listCategories()).find((category) => category.leaf);
    const attributes = await bench.connector.listAttributes?.(leaf?.id ?? '');
    expect(attributes?.map(({ name }) => name)).toEqual(['Colour', 'Size', 'Material']);
    expect(attributes?.every(({ forVariants, required }) => forVariants === null && required === null)).toBe(true);
    const size = attributes?.find(({ name }) => name === 'Size');
    expect(new Set(size?.choices.map(({ id }) => id)).size).toBe(size?.choices.length);
    expect(size?.choices.length).toBeGreaterThan(10);
  });

  it('a category that is not there is refused', async () => {
    await expect(bench.connector.listAttributes?.('1')).rejects.toMatchObject({ name: 'ConnectorError' });
  });
});
