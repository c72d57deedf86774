import { Type } from '@sinclair/typebox';
import { choosePort, httpUrl, optional, port, portHint, text, type VariableNotes, whole } from './notes.ts';

/** Variables of what the processes do: HTTP, worker, mail, security, sandbox. */
export const serviceVariables = {
  TRADELANE_API_HOST: text(
    {
      group: 'HTTP',
      description: 'Address on which the API and the dashboard listen.',
      expects: 'an IP address or host name of this machine',
      remedy: 'Use 127.0.0.1 for this machine only, 0.0.0.0 inside a container.',
    },
    { pattern: '^[A-Za-z0-9.:-]+$', default: '127.0.0.1' },
  ),
  TRADELANE_API_PORT: port(
    { group: 'HTTP', description: 'Port of the API and the dashboard.', expects: portHint, remedy: choosePort },
    4400,
  ),
  TRADELANE_PUBLIC_URL: optional(
    text(
      {
        group: 'HTTP',
        description: 'Address under which outside systems reach this installation: webhooks and OAuth redirects.',
        expects: 'an http(s) URL without a slash at its end',
        remedy: 'Give the address of your reverse proxy or tunnel, for example "https://lane.example.com".',
        fallback: 'the address of the API',
      },
      { pattern: '^https?://[^\\s/]+(/\\S*[^\\s/])?$' },
    ),
  ),
  TRADELANE_WEB_DIR: optional(
    text({
      group: 'HTTP',
      description: 'Folder with the built dashboard that the API serves.',
      expects: 'a folder that holds an index.html',
      remedy: 'Run `npm start`, which builds it, or `node scripts/build-web.ts`.',
      fallback: '`web` in the data folder',
    }),
  ),
  API_METRICS_PORT: port(
    {
      group: 'HTTP',
      description: 'Port of the Prometheus metrics of the API process.',
      expects: portHint,
      remedy: choosePort,
    },
    4402,
  ),
  METRICS_HOST: text(
    {
      group: 'HTTP',
      description: 'Address on which health checks and metrics listen.',
      expects: 'an IP address or host name of this machine',
      remedy: 'Use 127.0.0.1 for this machine only, 0.0.0.0 inside a container.',
    },
    { pattern: '^[A-Za-z0-9.:-]+$', default: '127.0.0.1' },
  ),

  WORKER_METRICS_PORT: port(
    {
      group: 'Worker',
      description: 'Port of `/metrics` of the worker.',
      expects: portHint,
      remedy: choosePort,
    },
    4401,
  ),
  WORKER_BUILD_ID: optional(
    text(
      {
        group: 'Worker',
        description: 'Version of the deployed code; processes move to the current version at their next task.',
        expects: 'a commit hash or version number',
        remedy: 'Let the deployment set it to the commit hash.',
        fallback: 'worker versioning is off',
      },
      { pattern: '^[A-Za-z0-9._+-]{1,128}$' },
    ),
  ),
  WORKER_WORKFLOW_SLOTS: whole(
    {
      group: 'Worker',
      description: 'Workflow tasks that one worker runs at the same time.',
      expects: 'a whole number from 2 to 1000',
      remedy: "Keep the SDK's 40 unless a measurement says otherwise.",
    },
    { minimum: 2, maximum: 1_000, default: 40 },
  ),
  WORKER_ACTIVITY_SLOTS: whole(
    {
      group: 'Worker',
      description: 'Activities that one worker runs at the same time, per task queue.',
      expects: 'a whole number from 1 to 1000',
      remedy: 'Keep it at or below what the database pool and the outside systems bear.',
    },
    { minimum: 1, maximum: 1_000, default: 50 },
  ),
  WORKER_CACHED_WORKFLOWS: whole(
    {
      group: 'Worker',
      description: 'Workflows kept in memory between two tasks; 0 replays each of them every time.',
      expects: 'a whole number from 0 to 100000',
      remedy: 'Reckon 0.5 MB for each.',
    },
    { minimum: 0, maximum: 100_000, default: 500 },
  ),
  WORKER_SHUTDOWN_GRACE_SECONDS: whole(
    {
      group: 'Worker',
      description: 'Time that running activities get to finish after SIGTERM.',
      expects: 'a whole number of seconds from 0 to 3600',
      remedy: "Keep it below the orchestrator's own kill time-out.",
    },
    { minimum: 0, maximum: 3_600, default: 20 },
  ),

  EXCHANGE_RATES_URL: text(
    {
      group: 'Prices',
      description: 'Daily file of euro reference rates that `tradelane exchange-rates import` fetches.',
      expects: 'an http(s) URL of a file in the format of the European Central Bank',
      remedy: "Keep the bank's own address, or give that of a mirror inside your network.",
    },
    {
      pattern: '^https?://\\S+$',
      default: 'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml',
    },
  ),

  SMTP_URL: optional(
    text(
      {
        group: 'Mail',
        description: 'Mail server for mails to brands.',
        expects: 'smtp://user:password@host:port or smtps://…',
        remedy: 'Give the URL of your mail server; the sandbox brings a mail catcher of its own.',
        secret: 'password',
        fallback: "the sandbox's mail catcher; without sandbox mails wait as a problem",
      },
      { pattern: '^smtps?://\\S+$' },
    ),
  ),
  MAIL_LOOKUP_URL: optional(
    text(
      {
        group: 'Mail',
        description:
          'Log of the mail provider that says whether a Message-ID was accepted, so that a lost answer can be looked up.',
        expects: 'an http(s) URL that answers `?messageId=…` with {"messages": [{"messageId": …}]}',
        remedy: 'Leave it empty where the provider has none: a mail whose answer was lost then waits for a person.',
        fallback: "the sandbox's mail catcher; otherwise none",
      },
      { pattern: '^https?://\\S+$' },
    ),
  ),
  MAIL_FROM: text(
    {
      group: 'Mail',
      description: 'Sender of all mails.',
      expects: 'an address, or a name with an address in angle brackets',
      remedy: 'Write it like "Tradelane <ops@example.com>".',
    },
    { pattern: '^([^<>\\r\\n]* <)?[^\\s<>@]+@[^\\s<>@]+>?$', default: 'Tradelane <ops@tradelane.localhost>' },
  ),
  MAIL_REPLY_TO: optional(
    text(
      {
        group: 'Mail',
        description: 'Where answers to mails go: the operations team.',
        expects: 'an address, or a name with an address in angle brackets',
        remedy: 'Give an address that people read, like "Operations <ops@example.com>".',
        fallback: 'the sender',
      },
      { pattern: '^([^<>\\r\\n]* <)?[^\\s<>@]+@[^\\s<>@]+>?$' },
    ),
  ),
  MAIL_DKIM_DOMAIN: optional(
    text(
      {
        group: 'Mail',
        description: 'Domain for which mails are signed (DKIM); the same as that of the sender, or one above it.',
        expects: 'a domain name',
        remedy: 'Set it together with MAIL_DKIM_SELECTOR and MAIL_DKIM_KEY_PATH, or none of the three.',
        fallback: 'mails are not signed here',
      },
      { pattern: '^[A-Za-z0-9.-]+$' },
    ),
  ),
  MAIL_DKIM_SELECTOR: optional(
    text(
      {
        group: 'Mail',
        description: 'Selector of the DKIM key: its public half is published at `{selector}._domainkey.{domain}`.',
        expects: 'a label such as "s1"',
        remedy: 'Set it together with MAIL_DKIM_DOMAIN and MAIL_DKIM_KEY_PATH, or none of the three.',
        fallback: 'none',
      },
      { pattern: '^[A-Za-z0-9.-]+$' },
    ),
  ),
  MAIL_DKIM_KEY_PATH: optional(
    text({
      group: 'Mail',
      description: 'RSA private key (PEM) with which mails are signed.',
      expects: 'the path of a readable file',
      remedy: 'Make one with `openssl genrsa -out dkim.pem 2048` and publish its public half.',
      fallback: 'none',
    }),
  ),

  DEEPL_API_KEY: optional(
    text({
      group: 'Translation',
      description: 'Key of the DeepL account that suggests translations; people approve them.',
      expects: 'the authentication key of a DeepL API account',
      remedy: 'Copy it from the account page of DeepL; keys of free accounts end with “:fx”.',
      secret: 'all',
      fallback: 'no machine translation: people translate',
    }),
  ),
  DEEPL_SERVER_URL: optional(
    text(
      {
        group: 'Translation',
        description: 'Another server that speaks DeepL’s API v2.',
        expects: 'an http(s) URL',
        remedy: 'Leave it out for DeepL itself.',
        fallback: 'DeepL’s own server for the kind of key',
      },
      { pattern: httpUrl },
    ),
  ),

  TRADELANE_MASTER_KEY: optional(
    text(
      {
        group: 'Security',
        description: 'Key that wraps the keys under which credentials and personal data are stored.',
        expects: '32 bytes in base64 (44 characters)',
        remedy: 'Make one with `openssl rand -base64 32` and keep it safe: without it stored credentials are lost.',
        secret: 'all',
        fallback: 'local world: made once and kept in `master.key` in the data folder',
      },
      { pattern: '^[A-Za-z0-9+/]{43}=$' },
    ),
  ),
  ADDRESS_REVIEW_DAYS: whole(
    {
      group: 'Security',
      description: 'Days after which an order that is still open, and so keeps its buyer’s address, becomes a problem.',
      expects: 'a whole number of days from 1 to 3650',
      remedy: 'Take the time that you may keep addresses without a reason.',
    },
    { minimum: 1, maximum: 3_650, default: 90 },
  ),
  ALLOW_PRIVATE_TARGETS: Type.Boolean({
    group: 'Security',
    description:
      'Let connections call addresses of private networks and of this machine. The sandbox needs it; elsewhere it lets whoever adds a connection reach internal servers.',
    expects: 'true or false',
    remedy: 'Remove it unless all your shops are inside your own network.',
    default: false,
  } satisfies VariableNotes & { default: boolean }),

  SANDBOX_PORT_BASE: whole(
    {
      group: 'Sandbox',
      description:
        'First of 20 neighbouring ports of the sandbox: control server, mail catcher (+1, SMTP), then the simulators (+2 …).',
      expects: 'a port between 1024 and 65500',
      remedy: 'Choose another range that is free.',
    },
    { minimum: 1_024, maximum: 65_500, default: 4410 },
  ),
  SANDBOX_STORES: text(
    {
      group: 'Sandbox',
      description:
        'Shops of the simulated world. The first is the main brand’s; each of the others brings a brand of its own. `npm start` brings all of them unless this is set.',
      expects: 'woocommerce, magento or shopify, or several of them with commas between',
      remedy: 'Write for example woocommerce,magento,shopify.',
    },
    { pattern: '^(woocommerce|magento|shopify)(,(woocommerce|magento|shopify))*$', default: 'woocommerce' },
  ),
  SANDBOX_MARKETPLACES: text(
    {
      group: 'Sandbox',
      description:
        'Marketplaces of the simulated world; JD.id is always there. `npm start` brings all of them unless this is set.',
      expects: 'jd-id or zilingo, or both with a comma between',
      remedy: 'Write for example jd-id,zilingo.',
    },
    { pattern: '^(jd-id|zilingo)(,(jd-id|zilingo))*$', default: 'jd-id' },
  ),
  SANDBOX_CARRIERS: text(
    {
      group: 'Sandbox',
      description:
        'Carriers of the simulated world; DHL Express is always there. `npm start` brings all of them unless this is set.',
      expects: 'dhl-express or ninja-van, or both with a comma between',
      remedy: 'Write for example dhl-express,ninja-van.',
    },
    { pattern: '^(dhl-express|ninja-van)(,(dhl-express|ninja-van))*$', default: 'dhl-express' },
  ),
  SANDBOX_SECOND_MARKETPLACE: Type.Boolean({
    group: 'Sandbox',
    description: 'Bring a second account of the simulated marketplace, for what happens when two sell the same unit.',
    expects: 'true or false',
    remedy: 'Remove it unless you want two marketplaces.',
    default: false,
  } satisfies VariableNotes & { default: boolean }),
  SANDBOX_MORE_GOODS: whole(
    {
      group: 'Sandbox',
      description: 'So many simple products more in the main brand’s shop, for what takes long.',
      expects: 'a number from 0 to 5000',
      remedy: 'Remove it unless you want a large shop.',
    },
    { minimum: 0, maximum: 5_000, default: 0 },
  ),
};
