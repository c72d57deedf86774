import type { Static } from '@sinclair/typebox';
import type { ConnectorPage } from '../../api/schemas/operations.ts';
import type { ApiClient } from '../api-client.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { plain } from '../text.ts';

export type Connector = Static<typeof ConnectorPage>['rows'][number];
export type Way = Connector['ways'][number];

/** @throws CliFault notFound naming those that there are */
export async function connectorNamed(client: ApiClient, name: string): Promise<Connector> {
  const { rows } = await client.get<{ rows: Connector[] }>('/api/connectors');
  const connector = rows.find((row) => row.name === name);
  if (connector) return connector;
  const known = rows.map((row) => row.name).join(', ');
  throw new CliFault('notFound', `There is no connector ${name}.`, { remedy: `Choose one of ${known}.` });
}

/** The way that was asked for; null where the connector has no ways, or nobody asked for one. @throws CliFault */
export function wayOf(connector: Connector, options: { way?: string; authorize: boolean }): Way | null {
  const { ways, title } = connector;
  if (options.way !== undefined) {
    const way = ways.find(({ id }) => id === options.way);
    if (way && (way.handOver || !options.authorize)) return way;
    const known = ways.map(({ id }) => id).join(', ') || 'none';
    throw new CliFault('usage', `${title} has no such way ${options.way}.`, { remedy: `There are: ${known}.` });
  }
  if (!options.authorize) return null;
  const way = ways.find(({ handOver }) => handOver);
  if (way) return way;
  throw new CliFault('usage', `${title} hands nothing over by itself.`, {
    remedy: `Leave --authorize out; \`tradelane connections ways ${connector.name}\` explains what to enter.`,
  });
}

/** What to click over there, for every way. */
export async function showWays(context: Context, name: string): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const connector = await connectorNamed(client, name);
  const { ways, title, redirectUrl } = connector;
  const blocks = ways.map(({ id, title: head, when, steps, credentials, handOver }) =>
    [
      `${id}${handOver ? ' (--authorize)' : ''}: ${plain(head)}`,
      `  ${plain(when)}`,
      ...steps.map((step, index) => `  ${index + 1}. ${plain(step)}`),
      ...(credentials.length === 0 ? [] : [`  Asked for: ${credentials.join(', ')}`]),
    ].join('\n'),
  );
  const redirect = redirectUrl === null ? [] : [`Redirect address of this installation: ${redirectUrl}`];
  const text = ways.length === 0 ? `${title} has one way: its credentials.` : [...blocks, ...redirect].join('\n\n');
  return { json: { connector: name, ways, redirectUrl }, text };
}
