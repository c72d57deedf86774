import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import { orderOf } from './bench.fixture.ts';
import { refusal } from './errors.ts';
import { assertKept, contentOf, differences } from './order-content.ts';
import { toOrderBody } from './order-mapping.ts';
import { noRecordings, recorded, recordedDeliveries } from './recorded.fixture.ts';
import { encode, signedUrl } from './signer.ts';
import { withoutTrailingHtml } from './text.ts';
import { verifyWebhook } from './webhooks.ts';

describe('orders', () => {
  const body = (more = {}) => {
    const order = orderOf('R-1', '11', more);
    return toOrderBody(order, contentOf(order), 'zero-rate');
  };

  it('leave out an e-mail address that the shop would refuse', () => {
    expect(body().billing).not.toHaveProperty('email');
    const shipTo = { ...orderOf('R', '11').shipTo, email: 'buyer@example.com', name: 'Suharto' };
    expect(body({ shipTo }).billing).toMatchObject({
      email: 'buyer@example.com',
      first_name: 'Suharto',
      last_name: '',
    });
  });

  it('carry reference, exact lines and the tax class', () => {
    expect(body()).toMatchObject({
      status: 'processing',
      created_via: 'tradelane',
      transaction_id: 'R-1',
      line_items: [{ product_id: 11, quantity: 2, subtotal: '66.66', total: '66.66', tax_class: 'zero-rate' }],
      shipping_lines: [{ total: '10.50' }],
      meta_data: expect.arrayContaining([{ key: '_tradelane_order', value: 'R-1' }]),
    });
  });

  it('with mixed currencies, no lines, odd ids or quantities are refused before anything is sent', () => {
    const line = orderOf('R', '11').lines[0];
    if (line === undefined) throw new Error('no line');
    const bad = [
      { currency: 'IDR' },
      { lines: [] },
      { lines: [{ ...line, externalProductId: 'abc' }] },
      { lines: [{ ...line, quantity: 0 }] },
      { lines: [{ ...line, quantity: 1.5 }] },
    ];
    for (const more of bad) expect(() => contentOf(orderOf('R', '11', more))).toThrow(ConnectorError);
  });

  it('that the shop could only keep rounded are refused before anything is sent', () => {
    const content = contentOf(orderOf('R', '11'));
    for (const decimals of [2, 3, null]) expect(() => assertKept(content, decimals)).not.toThrow();
    expect(() => assertKept(content, 0)).toThrow(expect.objectContaining({ kind: 'Rejected' }));
    const even = { ...content, shippingMinor: 1000, lines: { '11:0': { quantity: 2, totalMinor: 6600 } } };
    expect(() => assertKept(even, 0)).not.toThrow();
  });

  it('are compared in full with what the shop made', () => {
    const wanted = contentOf(orderOf('R', '11'));
    const made = {
      id: 1,
      status: 'processing',
      currency: 'AUD',
      total: '77.16',
      total_tax: '0.00',
      line_items: [{ id: 1, product_id: 11, variation_id: 0, quantity: 2, total: '66.66' }],
    };
    expect(differences(wanted, made)).toEqual([]);
    const line = { id: 1, product_id: 11, variation_id: 0, quantity: 2, total: '66.66' };
    const cases: [object, RegExp][] = [
      [{ total: '84.88', total_tax: '7.72' }, /7\.72 tax that the shop added/],
      [{ currency: 'USD' }, /currency is USD/],
      [{ status: 'failed' }, /status is failed/],
      [{ line_items: [{ ...line, product_id: 0 }] }, /no product of the shop/],
      [{ line_items: [{ ...line, quantity: 1 }] }, /1 pieces, not 2/],
      [{ line_items: [{ ...line, total: '66.67' }] }, /66\.67, not 66\.66/],
      [{ line_items: [] }, /0 pieces, not 2/],
    ];
    for (const [more, reason] of cases) expect(differences(wanted, { ...made, ...more }).join()).toMatch(reason);
  });
});

describe('OAuth 1.0a', () => {
  it('signs every value in one spelling and sends it once', () => {
    const query = {
      search: "SCARF/1 a+b's",
      status: ['processing', 'on-hold'],
      after: new Date(0),
      empty: null,
      none: undefined,
    };
    const credentials = { consumerKey: 'ck_a', consumerSecret: 'cs_b' };
    const url = signedUrl(
      { method: 'GET', url: 'http://shop.example/wp-json/wc/v3/orders', query },
      credentials,
      1_700_000_000,
      'n1',
    );
    const sent = new URL(url).searchParams;
    expect([...sent.keys()].toSorted()).toEqual([
      'after',
      'oauth_consumer_key',
      'oauth_nonce',
      'oauth_signature',
      'oauth_signature_method',
      'oauth_timestamp',
      'search',
      'status',
    ]);
    expect([sent.get('search'), sent.get('status'), sent.get('after')]).toEqual([
      "SCARF/1 a+b's",
      'processing,on-hold',
      '1970-01-01T00:00:00',
    ]);
    expect(encode("!'()* é")).toBe('%21%27%28%29%2A%20%C3%A9');
  });
});

describe('refusals', () => {
  const answer = (status: number, body: unknown, type = 'application/json') => ({
    status,
    headers: { 'content-type': type },
    text: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const kindOf = (status: number, body: unknown, effect = false) =>
    refusal(answer(status, body), { operation: 'x', effect }).kind;

  it('are read behind the warnings of a site that shows them', () => {
    const body = { code: 'rest_no_route', message: 'No route was found.', data: { status: 404 } };
    const shown = `<br />\n<b>Warning</b>:  Undefined array key in <b>/srv/a.php</b><br />\n${JSON.stringify(body)}`;
    const error = refusal(answer(404, shown), { operation: 'x', effect: false });
    expect([error.kind, error.details.code]).toEqual(['Rejected', 'rest_no_route']);
  });

  it('and answers lose the HTML behind them; what is cut stays cut', () => {
    const json = '[{"id":1,"description":"<p>x</p>"}]';
    expect(withoutTrailingHtml(`${json}\n<br />\n<b>Deprecated</b>: x in <b>/a.php</b>`)).toBe(json);
    expect(withoutTrailingHtml(`${json}<!-- cached -->`)).toBe(json);
    for (const text of [json, json.slice(0, -4), '<html><body>{}</body></html>', '', '{"a":1} and more']) {
      expect(withoutTrailingHtml(text)).toBe(text);
    }
  });

  it('are sorted by code, then by status', () => {
    const page = '<html><body>Forbidden</body></html>';
    expect([
      kindOf(401, { code: 'woocommerce_rest_cannot_view', message: 'no', data: { status: 401 } }),
      kindOf(403, { code: 'woocommerce_rest_cannot_create', message: 'no', data: { status: 403 } }),
      kindOf(401, { code: 'woocommerce_rest_cannot_edit', message: 'no', data: { status: 401 } }),
      kindOf(403, { code: 'woocommerce_rest_cannot_edit', message: 'no', data: { status: 403 } }),
      kindOf(403, page),
      kindOf(404, page),
      kindOf(500, page),
      kindOf(500, page, true),
      kindOf(
        500,
        { code: 'woocommerce_rest_cannot_create_order_refund', message: 'Invalid refund amount.', data: 500 },
        true,
      ),
      kindOf(413, { code: 'woocommerce_rest_request_entity_too_large', message: 'no', data: { status: 413 } }),
      kindOf(400, { code: 'rest_invalid_param', message: 'no', data: { status: 400, params: { status: 'bad' } } }),
    ]).toEqual([
      'Unauthorized',
      'Unauthorized',
      'Unauthorized',
      'Rejected',
      'Unavailable',
      'Rejected',
      'Unavailable',
      'OutcomeUnknown',
      'Rejected',
      'Rejected',
      'Rejected',
    ]);
  });

  it.skipIf(noRecordings !== null)(`read a real shop's errors [${noRecordings ?? 'recordings there'}]`, () => {
    const kinds = (name: string) => {
      const { status, body } = recorded(name).response;
      const { kind, details } = refusal(answer(status, body), { operation: 'x', effect: false });
      return [kind, details.code, details.existingId ?? details.field ?? null];
    };
    expect(kinds('003-unknown-consumer-key')).toEqual(['Unauthorized', 'woocommerce_rest_authentication_error', null]);
    expect(kinds('023-product-duplicate-sku')).toEqual([
      'Duplicate',
      'product_invalid_sku',
      expect.stringMatching(/^\d+$/),
    ]);
    expect(kinds('044-product-missing')).toEqual(['NotFound', 'woocommerce_rest_product_invalid_id', null]);
    expect(kinds('045-product-update-missing')).toEqual(['NotFound', 'woocommerce_rest_product_invalid_id', null]);
    expect(kinds('053-order-bad-email')).toEqual(['Rejected', 'rest_invalid_param', 'billing']);
    expect(kinds('059-order-refund-too-much')[0]).toBe('Rejected');
    expect(kinds('064-order-missing')[0]).toBe('NotFound');
  });
});

describe('webhooks', () => {
  it.skipIf(noRecordings !== null)(`as a real shop sends them [${noRecordings ?? 'recordings there'}]`, () => {
    const keys: string[] = [];
    for (const { name, headers, rawBody } of recordedDeliveries()) {
      const delivery = { headers, rawBody: Buffer.from(rawBody) };
      const verdict = verifyWebhook(delivery, 'whsec-example');
      if (name.includes('ping')) {
        expect([name, verdict]).toEqual([name, { kind: 'ping' }]);
        continue;
      }
      expect([name, verdict.kind]).toEqual([name, 'hint']);
      if (verdict.kind === 'hint') {
        keys.push(verdict.dedupeKey);
        expect(name).toContain(`webhooks-${verdict.topic.replace('.', '-')}`);
      }
      expect(verifyWebhook(delivery, 'whsec-other').kind).toBe('refused');
      expect(verifyWebhook({ headers, rawBody: Buffer.from(`${rawBody} `) }, 'whsec-example').kind).toBe('refused');
    }
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('tell a second deletion from a copy of the first', () => {
    const rawBody = Buffer.from('{"id":143}');
    const signature = createHmac('sha256', 's').update(rawBody).digest('base64');
    const keyOf = (deliveryId: string) => {
      const headers = {
        ...{ 'X-WC-Webhook-Topic': 'order.deleted', 'X-WC-Webhook-ID': '5' },
        ...{ 'X-WC-Webhook-Signature': signature, 'X-WC-Webhook-Delivery-ID': deliveryId },
      };
      const verdict = verifyWebhook({ headers, rawBody }, 's');
      return verdict.kind === 'hint' ? verdict.dedupeKey : verdict.kind;
    };
    expect(keyOf('a')).toBe(keyOf('a'));
    expect(keyOf('a')).not.toBe(keyOf('b'));
  });

  it('without or with a broken signature are refused, whatever they claim to be', () => {
    const headers = { 'X-WC-Webhook-Topic': 'order.updated', 'X-WC-Webhook-ID': '1' };
    const rawBody = Buffer.from('{"id":1}');
    expect(verifyWebhook({ headers, rawBody }, 's').kind).toBe('refused');
    expect(verifyWebhook({ headers: { ...headers, 'X-WC-Webhook-Signature': 'AAAA' }, rawBody }, 's').kind).toBe(
      'refused',
    );
    expect(verifyWebhook({ headers, rawBody: Buffer.from('webhook_id=2') }, 's').kind).toBe('refused');
    expect(verifyWebhook({ headers: {}, rawBody: Buffer.alloc(0) }, 's').kind).toBe('refused');
  });
});
