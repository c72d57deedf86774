import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { connectorNames } from '../../connectors/registry.ts';
import { connectorPages } from './connector-pages.ts';
import { schemaTable } from './schema-table.ts';

describe('pages of connectors', () => {
  it('are there for every connector, with both directions of its tables and their marks', async () => {
    const pages = new Map((await connectorPages()).map(({ path, content }) => [path, content]));
    expect([...pages.keys()].toSorted()).toEqual(connectorNames.map((name) => `docs/connectors/${name}.md`).toSorted());
    const jdId = pages.get('docs/connectors/jd-id.md') ?? '';
    expect(jdId).toContain('| `4` | RETURN_REQUESTED | waiting refuse: rejection or return pending (UNCONFIRMED) |');
    expect(jdId).toContain('| RETURN_REQUESTED | `4` (UNCONFIRMED) |');
    expect(jdId).toContain('| AWAITING_PAYMENT | – (orders appear once paid; no source knows an unpaid state) |');
    expect(jdId).not.toContain('](signature.ts');
  });
});

describe('the table of a schema', () => {
  it('names fields, ranges, choices and what is needed, objects by path', () => {
    const schema = Type.Object({
      url: Type.String({ title: 'Address' }),
      mode: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
      inner: Type.Optional(Type.Object({ count: Type.Integer({ minimum: 1, maximum: 9, default: 3 }) })),
    });
    expect(schemaTable(schema).slice(2)).toEqual([
      '| `url` | Address | string | needed |',
      '| `mode` |  | `a`, `b` |  |',
      '| `inner` |  | object |  |',
      '| `inner.count` |  | integer from 1 to 9 | `3` |',
    ]);
  });
});
