import { describe, expect, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { excerpt, redact } from './redact.ts';

describe('redact', () => {
  const gone: Record<string, readonly [string, string]> = {
    'a known secret': ['x my-secret-1 y', 'my-secret-1'],
    'its base64 form': [`x ${Buffer.from('my-secret-1').toString('base64')}`, 'bXktc2Vjcm'],
    'a token in JSON': ['{"access_token":"abc.def"}', 'abc.def'],
    'a token in JSON within JSON': [String.raw`{"m":"{\"refreshToken\":\"abc.def\",\"x\":1}"}`, 'abc.def'],
    'an OAuth parameter': ['http://x/?oauth_signature=abc%3D&page=1', 'abc%3D'],
    'a WooCommerce key': ['key ck_0123456789abcdef', 'ck_0123'],
    'a bearer token': ['Authorization: Bearer abcdefgh.ijk', 'abcdefgh'],
    'a name': ['{"billing": {"first_name" : "Sari", "last_name":"Wi\\"jaya"}}', 'Sari'],
    'a name with a quote in it': ['{"last_name":"Wi\\"jaya"}', 'jaya'],
    'a street that is cut off': ['{"address_1":"Jl. Sudirman', 'Sudirman'],
    'an e-mail address': ['sent to buyer.one@example.com today', 'buyer.one'],
    'a phone number': ['call +62 21 555-123 now', '555-123'],
  };
  for (const [name, [text, part]] of Object.entries(gone)) {
    it(`takes out ${name}`, () => {
      expect(text).toContain(part);
      expect(redact(text, ['my-secret-1'])).not.toContain(part);
    });
  }

  it('leaves what people need to see', () => {
    const text = '{"code":"product_invalid_sku","message":"Invalid or duplicated SKU.","data":{"resource_id":11}}';
    expect(redact(text)).toBe(text);
  });

  it('finds a known secret anywhere in any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(redact(`${before}hunter2-hunter2${after}`, ['hunter2-hunter2'])).not.toContain('hunter2');
      }),
    );
  });
});

describe('excerpt', () => {
  it('is one line of at most 500 characters, redacted before it is cut', () => {
    const text = `${'a \n'.repeat(300)}`;
    expect(excerpt(text)).toHaveLength(500);
    expect(excerpt(`${'a'.repeat(495)}my-secret-1`, ['my-secret-1'])).not.toContain('my-');
  });
});
