import { Type } from '@sinclair/typebox';
import { httpUrl, optional, postgresUrl, text, type VariableNotes, whole } from './notes.ts';

/** Variables of the installation itself, the database and Temporal. */
export const groundVariables = {
  TRADELANE_INSTALLATION: text(
    {
      group: 'Installation',
      description: 'Prefix of every workflow id, so that several installations may share one Temporal namespace.',
      expects: '1 to 32 lower-case letters, digits or hyphens, starting with a letter',
      remedy: 'Use a short name such as "local" or "shop-eu"; never change it while workflows are open.',
    },
    { pattern: '^[a-z][a-z0-9-]{0,31}$', default: 'local' },
  ),
  TRADELANE_DATA_DIR: text(
    {
      group: 'Installation',
      description: 'Folder of the local world: databases, logs, generated keys and `run.json`.',
      expects: 'a folder path, absolute or relative to the working directory',
      remedy: 'Name a folder that may be written.',
    },
    { default: '.tradelane' },
  ),
  TRADELANE_CACHE_DIR: optional(
    text({
      group: 'Installation',
      description: 'Folder for what can be made again at any time: bundled workflow code. Worlds may share it.',
      expects: 'a folder path, absolute or relative to the working directory',
      remedy: 'Name a folder that may be written.',
      fallback: '`cache` below `TRADELANE_DATA_DIR`',
    }),
  ),
  TRADELANE_LOG_LEVEL: Type.Union(
    (['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const).map((level) => Type.Literal(level)),
    {
      group: 'Installation',
      description: 'The least severe log line that is written.',
      expects: 'one of trace, debug, info, warn, error, silent',
      remedy: 'Use "info" unless you are looking for a fault.',
      default: 'info',
    } satisfies VariableNotes & { default: string },
  ),
  TRADELANE_CLOCK: Type.Union([Type.Literal('system'), Type.Literal('database')], {
    group: 'Installation',
    description:
      'Where "now" comes from. `database` reads the simulated time that demo runs move on; live work needs `system`.',
    expects: 'system or database',
    remedy: 'Remove the variable, or set it to "system".',
    default: 'system',
  } satisfies VariableNotes & { default: string }),
  TRADELANE_HALT_AT: optional(
    text(
      {
        group: 'Installation',
        description: 'Fault-injection point at which the process kills itself; set by chaos runs only.',
        expects: 'the name of a fault-injection point: letters, digits, dots, colons, hyphens or underscores',
        remedy: 'Remove the variable outside chaos runs.',
        fallback: 'no point',
      },
      { pattern: '^[A-Za-z0-9._:,-]+$' },
    ),
  ),

  DATABASE_URL: optional(
    text(
      {
        group: 'Database',
        description: 'PostgreSQL 18 as the owner role, which runs migrations. Replaces the embedded server.',
        expects: 'postgresql://user:password@host:port/database',
        remedy: 'Name the owner role of an empty database, or remove the variable to use the embedded server.',
        secret: 'password',
        fallback: 'the embedded server of the running local world',
      },
      { pattern: postgresUrl },
    ),
  ),
  DATABASE_APP_URL: optional(
    text(
      {
        group: 'Database',
        description: 'The same database as the application role, which is bound by row-level security.',
        expects: 'postgresql://user:password@host:port/database with another user than DATABASE_URL',
        remedy:
          'Name the application role, or set TRADELANE_APP_DB_PASSWORD to have the URL derived from DATABASE_URL.',
        secret: 'password',
        fallback: '`DATABASE_URL` with user `tradelane_app`',
      },
      { pattern: postgresUrl },
    ),
  ),
  TRADELANE_APP_DB_PASSWORD: optional(
    text({
      group: 'Database',
      description: 'Password of the role `tradelane_app`, from which DATABASE_APP_URL is derived where it is missing.',
      expects: 'a password that is not empty',
      remedy: 'Set it, or give DATABASE_APP_URL.',
      secret: 'all',
      fallback: 'the password in `DATABASE_APP_URL`',
    }),
  ),
  DATABASE_POOL_SIZE: whole(
    {
      group: 'Database',
      description: 'Connections that each process keeps open at most.',
      expects: 'a whole number from 2 to 200',
      remedy: 'Keep processes × pool size below max_connections of the server.',
    },
    { minimum: 2, maximum: 200, default: 10 },
  ),

  TEMPORAL_ADDRESS: optional(
    text(
      {
        group: 'Temporal',
        description: "Address of Temporal's front end. Replaces the local development server.",
        expects: 'host:port, without a scheme',
        remedy: 'Write it like "temporal.example.com:7233", or remove it to use the local server.',
        fallback: 'the local server of the running local world',
      },
      { pattern: '^[^\\s/:]+:[0-9]{1,5}$' },
    ),
  ),
  TEMPORAL_NAMESPACE: text(
    {
      group: 'Temporal',
      description: 'Temporal namespace; Temporal Cloud writes it `name.account`.',
      expects: 'a namespace name',
      remedy: 'Copy the name from the Temporal UI; the local server has "default".',
    },
    { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', default: 'default' },
  ),
  TEMPORAL_API_KEY: optional(
    text({
      group: 'Temporal',
      description: 'API key of Temporal Cloud; switches TLS on.',
      expects: 'an API key',
      remedy: 'Create one in the Temporal Cloud console, or remove the variable.',
      secret: 'all',
      fallback: 'none',
    }),
  ),
  TEMPORAL_TLS: Type.Boolean({
    group: 'Temporal',
    description: 'Speak TLS with Temporal.',
    expects: 'true or false',
    remedy: 'Set it to true for Temporal Cloud, remove it for the local server.',
    default: false,
  } satisfies VariableNotes & { default: boolean }),
  TEMPORAL_TLS_CERT_PATH: optional(
    text({
      group: 'Temporal',
      description: 'Client certificate (PEM) for mutual TLS.',
      expects: 'the path of a readable file',
      remedy: 'Give certificate and key together.',
      fallback: 'no client certificate',
    }),
  ),
  TEMPORAL_TLS_KEY_PATH: optional(
    text({
      group: 'Temporal',
      description: 'Private key (PEM) of the client certificate.',
      expects: 'the path of a readable file',
      remedy: 'Give certificate and key together.',
      fallback: 'no client certificate',
    }),
  ),
  TEMPORAL_TLS_CA_PATH: optional(
    text({
      group: 'Temporal',
      description: "Certificate authority (PEM) that signed the server's certificate.",
      expects: 'the path of a readable file',
      remedy: 'Remove it where a public authority signed the certificate.',
      fallback: "the system's authorities",
    }),
  ),
  TEMPORAL_UI_URL: optional(
    text(
      {
        group: 'Temporal',
        description: "Temporal's own dashboard; order pages link into it.",
        expects: 'an http(s) URL',
        remedy: 'Write it with https:// (or http://) and without a path.',
        fallback: 'no links',
      },
      { pattern: httpUrl },
    ),
  ),
};
