import type { SettingChoice } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient } from './client.ts';
import { listSchema, sourceSchema, storeConfigsSchema, websitesSchema } from './schema.ts';

/** What the shop can name by itself: store views, websites, sources. What may not be read is left out. */
export async function readChoices(client: MagentoClient, msi: boolean): Promise<SettingChoice[]> {
  const views = await permitted(async () => {
    const call = { method: 'GET', path: 'store/storeConfigs', operation: 'store.configs' } as const;
    const configs = await client.ask(call, storeConfigsSchema);
    return configs.map(({ code, base_currency_code: currency }) => ({ value: code, label: `${code} (${currency})` }));
  });
  const websites = await permitted(async () => {
    const call = { method: 'GET', path: 'store/websites', operation: 'store.websites' } as const;
    const all = await client.ask(call, websitesSchema);
    // The one with the code `admin` stands for the shop's back office.
    return all
      .filter(({ code }) => code !== 'admin')
      .map(({ code, name }) => ({
        value: code,
        label: name === undefined || name === null ? code : `${name} (${code})`,
      }));
  });
  const sources = !msi
    ? []
    : await permitted(async () => {
        const query = { 'searchCriteria[pageSize]': 300 };
        const call = { method: 'GET', path: 'inventory/sources', query, operation: 'sources.list' } as const;
        const { items } = await client.ask(call, listSchema(sourceSchema));
        return (items ?? [])
          .filter(({ enabled }) => enabled !== false)
          .map(({ source_code: code, name }) => ({ value: code, label: `${name ?? code} (${code})` }));
      });
  return [
    { setting: 'storeView', options: views },
    { setting: 'websiteCode', options: websites },
    { setting: 'sourceCode', options: sources },
  ].filter(({ options }) => options.length > 0);
}

type Options = SettingChoice['options'];

async function permitted(read: () => Promise<Options>): Promise<Options> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConnectorError && ['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind)) return [];
    throw error;
  }
}
