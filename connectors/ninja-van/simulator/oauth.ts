import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { type Account, accountOf, type World } from './model.ts';
import { Problem } from './problem.ts';

/** `POST /{cc}/2.0/oauth/access_token`: every grant is a new token; earlier ones stay good until they expire. */
export function grant(world: World, country: string, body: unknown): VendorAnswer {
  const given = typeof body === 'object' && body !== null ? new Map<string, unknown>(Object.entries(body)) : new Map();
  if (given.get('grant_type') !== 'client_credentials') {
    const message = 'grant_type must be client_credentials';
    throw new Problem(400, message, [{ reason: 'invalid', field: 'grant_type', message }]);
  }
  const account = accountOf(world, country);
  const isOurs = account?.clientId === given.get('client_id') && account?.clientSecret === given.get('client_secret');
  if (!isOurs || world.state.dials.refusal === 'revoked') throw new Problem(401, 'Invalid client credentials');
  const { tools, state } = world;
  const lifetime = state.dials.tokenLifetimeSeconds;
  const expiresAtMs = tools.clock.now().getTime() + lifetime * 1000;
  const token = tools.random.text(40);
  state.tokens[token] = { country, expiresAtMs };
  tools.log.fact({ fact: 'token.issued' });
  tools.changed();
  return {
    status: 200,
    body: {
      access_token: token,
      token_type: 'bearer',
      expires: Math.floor(expiresAtMs / 1000),
      expires_in: lifetime,
    },
    summary: `token of ${country}`,
  };
}

/**
 * The account that a call comes from.
 *
 * @throws Problem 401 without a good token, 403 for another country's or where the account is held back
 */
export function callerOf(world: World, country: string, { headers }: VendorRequest, isWaybill: boolean): Account {
  const token = /^bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const { tokens, dials } = world.state;
  const known = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (known === undefined || known.expiresAtMs <= world.tools.clock.now().getTime() || dials.refusal === 'revoked') {
    throw new Problem(401, 'Access token is missing, unknown or expired');
  }
  const account = accountOf(world, known.country);
  if (account === undefined || known.country !== country) {
    throw new Problem(403, `This access token is not valid for ${country}`);
  }
  if (dials.refusal === 'audit') throw new Problem(403, 'The integration audit of this account was not passed');
  if (dials.refusal === 'frozen') throw new Problem(403, 'This account is frozen');
  if (dials.refusal === 'waybill' && isWaybill) throw new Problem(403, 'This account may not generate waybills');
  return account;
}
