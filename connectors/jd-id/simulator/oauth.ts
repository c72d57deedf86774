import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { nowMs, type Token, type World } from './model.ts';

/** Failure codes of the OAuth server are UNCONFIRMED; these are this simulator's own. */
const FAILURES = { app: 401, grant: 402, code: 403, refresh: 404 } as const;

/** Serves the OAuth paths (plain GET, unsigned); `null` for any other path. On the real platform they have their own host. */
export function serveOAuth(world: World, request: VendorRequest): VendorAnswer | null {
  const query = new Map(request.query);
  switch (`${request.method} ${request.path}`) {
    case 'GET /oauth2/to_login':
      return consent(world, query);
    case 'GET /oauth2/access_token':
      return exchange(world, query);
    case 'GET /oauth2/refresh_token':
      return refresh(world, query);
    default:
      return null;
  }
}

/** A new consent code, as if the seller had agreed. */
export function newCode(world: World): string {
  const code = world.tools.random.text(6, 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789');
  world.state.codes.push(code);
  world.tools.changed();
  return code;
}

function consent(world: World, query: Map<string, string>): VendorAnswer {
  const redirect = query.get('redirect_uri');
  if (query.get('app_key') !== world.options.appKey || redirect === undefined || !URL.canParse(redirect)) {
    return failure(FAILURES.app);
  }
  const target = new URL(redirect);
  target.searchParams.set('code', newCode(world));
  const state = query.get('state');
  if (state !== undefined) target.searchParams.set('state', state);
  return { status: 302, headers: { location: target.href } };
}

function exchange(world: World, query: Map<string, string>): VendorAnswer {
  const wrong = appFailure(world, query, 'authorization_code');
  if (wrong !== null) return wrong;
  const code = query.get('code') ?? '';
  if (!world.state.codes.includes(code)) return failure(FAILURES.code);
  world.state.codes = world.state.codes.filter((known) => known !== code);
  world.tools.log.fact({ fact: 'token.issued' });
  return issued(world);
}

/** The refresh token rotates: the old pair is dead as soon as the new one is made, whether or not its answer arrives. */
function refresh(world: World, query: Map<string, string>): VendorAnswer {
  const wrong = appFailure(world, query, 'refresh_token');
  if (wrong !== null) return wrong;
  const old = world.state.tokens.find(({ refreshToken, dead }) => refreshToken === query.get('refresh_token') && !dead);
  if (old === undefined) return failure(FAILURES.refresh);
  old.dead = true;
  world.tools.log.fact({ fact: 'token.rotated' });
  return issued(world);
}

function appFailure(world: World, query: Map<string, string>, grantType: string): VendorAnswer | null {
  const { appKey, appSecret } = world.options;
  if (query.get('app_key') !== appKey || query.get('app_secret') !== appSecret) return failure(FAILURES.app);
  return query.get('grant_type') === grantType ? null : failure(FAILURES.grant);
}

function issued(world: World): VendorAnswer {
  const { random } = world.tools;
  const now = nowMs(world);
  const lifetimeSeconds = world.options.accessTokenLifetimeSeconds;
  const number = world.state.nextId.token;
  world.state.nextId.token += 1;
  const token: Token = {
    accessToken: `${random.text(28)}${number}`,
    refreshToken: `${random.text(28)}r${number}`,
    issuedAt: now,
    expiresAt: now + lifetimeSeconds * 1000,
    dead: false,
  };
  world.state.tokens.push(token);
  world.tools.changed();
  return {
    status: 200,
    body: {
      access_token: token.accessToken,
      refresh_token: token.refreshToken,
      expires_in: lifetimeSeconds,
      time: now,
      token_type: 'bearer',
      scope: 'snsapi_base',
      open_id: 'sim-open-id',
      uid: String(world.options.venderId),
      code: 0,
    },
  };
}

function failure(code: number): VendorAnswer {
  return { status: 200, body: { code }, summary: `oauth refused: ${code}` };
}
