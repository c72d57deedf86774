import { Type } from '@sinclair/typebox';
import type { SettingChoice } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { WooClient } from './client.ts';

const classesSchema = Type.Array(Type.Object({ slug: Type.String(), name: Type.String() }));

/** What the shop can name by itself: its tax classes. Where they may not be read there is nothing to choose. */
export async function readChoices(client: WooClient): Promise<SettingChoice[]> {
  try {
    const call = { method: 'GET', path: 'taxes/classes', operation: 'connection.test' } as const;
    const classes = await client.ask(call, classesSchema);
    return [{ setting: 'orderTaxClass', options: classes.map(({ slug, name }) => ({ value: slug, label: name })) }];
  } catch (error) {
    if (error instanceof ConnectorError && ['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind)) return [];
    throw error;
  }
}
