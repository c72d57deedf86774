export { createJdIdConnector, jdIdCapabilities, unconfirmedCapabilities } from './connector.ts';
export { credentialsSchema, type JdIdCredentials, type JdIdSettings, settingsSchema } from './schema.ts';
export { renderTagTable } from './tags.ts';
