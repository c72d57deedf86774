import { describe, expect, it } from 'vitest';
import { createSealer } from '../db/sealing.ts';
import { fillLinks, type LinkClaims, linkMarker, readLink, signLink } from './links.ts';

const { mac } = createSealer(Buffer.alloc(32, 7));
const other = createSealer(Buffer.alloc(32, 8));
const claims: LinkClaims = {
  purpose: 'file',
  subject: '01890a5d-ac96-774b-bcce-b302099a8057',
  detail: 'a4-4up',
  expiresAt: new Date('2026-12-05T00:00:00Z'),
};
const before = new Date('2026-12-04T23:59:59Z');
const token = signLink(mac, claims);

describe('signed links', () => {
  it('say what was signed until they expire', () => {
    expect(readLink(mac, 'file', token, before)).toEqual({ ok: true, claims });
    expect(readLink(mac, 'file', token, claims.expiresAt)).toEqual({ ok: false, why: 'expired', claims });
  });

  it('are not ours when any character is another one', () => {
    for (let index = 0; index < token.length; index += 1) {
      const changed = `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`;
      expect(readLink(mac, 'file', changed, before)).toEqual({ ok: false, why: 'not-ours' });
    }
  });

  it('are not ours under another key, for another purpose, cut, or with another writing of the same bytes', () => {
    for (const [key, purpose, text] of [
      [other.mac, 'file', token],
      [mac, 'confirmation', token],
      [mac, 'file', token.slice(0, -1)],
      [mac, 'file', `${token}=`],
      [mac, 'file', ''],
      [mac, 'file', 'x.y'],
    ] as const) {
      expect(readLink(key, purpose, text, before)).toEqual({ ok: false, why: 'not-ours' });
    }
  });

  it('stand in a stored mail as markers', () => {
    const stored = `Open ${linkMarker('file/a6')} or <a href="${linkMarker('confirm')}">here</a>.`;
    expect(fillLinks(stored, (name) => `https://lane.test/${name}`)).toBe(
      'Open https://lane.test/file/a6 or <a href="https://lane.test/confirm">here</a>.',
    );
  });
});
