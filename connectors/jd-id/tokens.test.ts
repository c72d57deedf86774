import { Value } from '@sinclair/typebox/value';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { createTurns } from '../contract/turns.ts';
import { ConnectorError } from '../errors.ts';
import { createJdIdConnector } from './connector.ts';
import { credentialsSchema, type JdIdCredentials, type JdIdSettings } from './schema.ts';
import { isDue, renewedCredentials } from './tokens.ts';

const now = new Date('2022-06-23T04:00:00Z');
const credentials: JdIdCredentials = {
  appKey: 'k',
  appSecret: 's',
  accessToken: 'a1',
  refreshToken: 'r1',
  accessTokenExpiresAt: '2022-06-23T05:00:00.000Z',
};
const answer = {
  access_token: 'a2',
  refresh_token: 'r2',
  expires_in: '7200',
  time: now.getTime(),
  code: 0,
};

describe('renewedCredentials', () => {
  it('takes both new tokens and counts the lifetime from their issue', () => {
    expect(renewedCredentials(credentials, JSON.stringify(answer), new Date(0))).toEqual({
      ...credentials,
      accessToken: 'a2',
      refreshToken: 'r2',
      accessTokenExpiresAt: '2022-06-23T06:00:00.000Z',
      accessTokenIssuedAt: '2022-06-23T04:00:00.000Z',
    });
  });

  it('throws nothing but ConnectorError, and never shows a token', () => {
    const key = fc.constantFrom(...Object.keys(answer));
    const odd = fc.oneof(fc.constant(undefined), fc.jsonValue());
    fc.assert(
      fc.property(key, odd, fc.nat(90), (name, value, cut) => {
        const text = JSON.stringify({ ...answer, [name]: value });
        for (const body of [text, text.slice(0, cut)]) {
          try {
            expect(renewedCredentials(credentials, body, now).refreshToken).not.toBe('r1');
          } catch (error) {
            if (!(error instanceof ConnectorError)) throw error;
            expect(JSON.stringify([error.message, error.details])).not.toMatch(/"a2|"r2/);
          }
        }
      }),
    );
  });
});

describe('isDue', () => {
  it('is early by the margin, and always at the end', () => {
    expect(isDue(credentials, now, 59)).toBe(false);
    expect(isDue(credentials, now, 60)).toBe(true);
    expect(isDue(credentials, new Date(credentials.accessTokenExpiresAt ?? ''), 0)).toBe(true);
    expect(isDue({ ...credentials, accessTokenExpiresAt: 'soon' }, now, 0)).toBe(true);
    const { accessTokenExpiresAt: _end, ...endless } = credentials;
    expect(isDue(endless, now, 60)).toBe(false);
  });

  it('is not in the first three quarters of a short life', () => {
    const short = { ...credentials, accessTokenIssuedAt: '2022-06-23T03:55:00.000Z' };
    expect(isDue(short, now, 600)).toBe(false);
    expect(isDue(short, new Date('2022-06-23T04:45:00Z'), 600)).toBe(true);
  });
});

describe('accounts', () => {
  const settings: JdIdSettings = { gatewayUrl: 'https://x/routerjson', oauthUrl: 'https://x/oauth2' };
  const { refreshToken: _refreshToken, ...withoutRefresh } = credentials;
  const connect = (given: JdIdCredentials, more: JdIdSettings) =>
    createJdIdConnector({
      connectionId: 'c1',
      credentials: given,
      settings: more,
      http: { send: () => Promise.reject(new Error('nothing is to be called')) },
      clock: { now: async () => now },
      log: pino({ level: 'silent' }),
      exclusively: createTurns(),
      renewCredentials: () => Promise.reject(new Error('nothing is to be renewed')),
    });

  it.each([
    ['credentials/refreshToken', withoutRefresh, settings],
    ['settings/oauthUrl', credentials, { gatewayUrl: settings.gatewayUrl }],
  ])('of v2 are refused without %s', (field, given, more) => {
    expect(() => connect(given, more)).toThrow(
      expect.objectContaining({ kind: 'Rejected', details: expect.objectContaining({ field }) }),
    );
  });

  it('of v1 need an access token only, and name what v1 cannot do', () => {
    const { refreshToken: _refresh, accessTokenExpiresAt: _expiresAt, ...v1 } = credentials;
    const { capabilities } = connect(v1, { gateway: 'v1', gatewayUrl: 'https://x/api' });
    expect(capabilities).toMatchObject({ delists: false, platformLabel: true, labelTiming: 'before' });
    expect(Value.Check(credentialsSchema, v1)).toBe(true);
  });
});
