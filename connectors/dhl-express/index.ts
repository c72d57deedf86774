export { createDhlExpressConnector } from './connector.ts';
export { credentialsSchema, type DhlExpressCredentials, type DhlExpressSettings, settingsSchema } from './schema.ts';
export { renderTagTable } from './tags.ts';
