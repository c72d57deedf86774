import type { World } from './world.ts';

/** The table that `npm start` prints: what runs where, and how to log in. */
export function renderReport(world: World, options: { sandbox: boolean; publicUrl: string | null }): string {
  const { urls } = world;
  const rows: [string, string][] = [
    ['Dashboard', urls.dashboardUrl],
    ['API', `${urls.apiUrl}/docs`],
    ["Temporal's UI", urls.temporalUiUrl ?? 'not known'],
    ['Temporal', urls.temporalAddress],
    ['PostgreSQL (application role)', withoutPassword(urls.databaseAppUrl)],
    ['PostgreSQL (owner role)', withoutPassword(urls.databaseUrl)],
  ];
  if (urls.mailUrl) rows.push(['Mail catcher', urls.mailUrl]);
  for (const [name, url] of Object.entries(urls.sandbox)) rows.push([`Sandbox: ${name}`, url]);
  if (!options.sandbox) rows.push(['Public URL (webhooks, OAuth)', options.publicUrl ?? 'not set: see below']);
  for (const { role, email, password } of world.logIns) rows.push([`Log-in as ${role}`, `${email} / ${password}`]);
  const lines = [table(rows)];
  if (!options.sandbox && options.publicUrl === null)
    lines.push(
      '',
      'Shops and marketplaces reach this machine for webhooks and OAuth only under a public address. Set it with',
      'TRADELANE_PUBLIC_URL=https://… (a reverse proxy or tunnel that leads to the API); until then changes are polled.',
    );
  return lines.join('\n');
}

/** Two columns between rules. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(...rows.map(([name]) => name.length));
  const right = Math.max(...rows.map(([, value]) => value.length));
  const rule = `+${'-'.repeat(left + 2)}+${'-'.repeat(right + 2)}+`;
  const body = rows.map(([name, value]) => `| ${name.padEnd(left)} | ${value.padEnd(right)} |`);
  return [rule, ...body, rule].join('\n');
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.href;
}
