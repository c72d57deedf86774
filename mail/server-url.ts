/** A mail server's address that can't be used. The text never holds the address itself: it has a password in it. */
export class MailServerUrlError extends Error {
  constructor(why: string) {
    super(`mail server URL: ${why}`);
    this.name = 'MailServerUrlError';
  }
}

/** How a mail server is reached. */
export interface MailServer {
  host: string;
  port: number;
  /** TLS from the first byte (`smtps`). */
  secure: boolean;
  /** Give up when the server offers no STARTTLS. */
  requireTLS: boolean;
  /** Host name that we greet the server with. */
  name?: string;
  tls: { rejectUnauthorized: boolean; servername?: string };
  auth?: { user: string; pass: string };
}

const KNOWN = ['requireTLS', 'name', 'tls.rejectUnauthorized', 'tls.servername'];

/**
 * Reads `smtp://[user:password@]host[:port]` or `smtps://…`. Queries: `requireTLS`, `name`, `tls.rejectUnauthorized`,
 * `tls.servername`. TLS is used where the server offers it; it is demanded where a password would else cross a network
 * in the clear, unless `requireTLS=false` says otherwise.
 *
 * @throws MailServerUrlError
 */
export function parseMailServerUrl(text: string): MailServer {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) {
    throw new MailServerUrlError('must begin with smtp:// or smtps://');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw new MailServerUrlError('names no host');
  for (const name of url.searchParams.keys()) {
    if (!KNOWN.includes(name)) throw new MailServerUrlError(`unknown setting ${name} (known: ${KNOWN.join(', ')})`);
  }
  const secure = url.protocol === 'smtps:';
  const auth = { user: decoded(url.username), pass: decoded(url.password) };
  const hasAuth = auth.user !== '' || auth.pass !== '';
  const name = url.searchParams.get('name');
  const servername = url.searchParams.get('tls.servername');
  return {
    host,
    port: url.port !== '' ? Number(url.port) : secure ? 465 : 587,
    secure,
    requireTLS: flag(url, 'requireTLS') ?? (hasAuth && !secure && !isLoopback(host)),
    ...(name !== null && { name }),
    tls: {
      rejectUnauthorized: flag(url, 'tls.rejectUnauthorized') ?? true,
      ...(servername !== null && { servername }),
    },
    ...(hasAuth && { auth }),
  };
}

function flag(url: URL, name: string): boolean | null {
  const value = url.searchParams.get(name);
  if (value === null) return null;
  if (value !== 'true' && value !== 'false') throw new MailServerUrlError(`${name} must be true or false`);
  return value === 'true';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new MailServerUrlError(
      error instanceof URIError ? 'user or password is badly percent-encoded' : String(error),
    );
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
