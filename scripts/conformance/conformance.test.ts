import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CaseResult } from '../../connectors/conformance/case.ts';
import { connectors } from '../../connectors/registry.ts';
import { readArguments, readCredentials } from './arguments.ts';
import { planText } from './plan.ts';
import { familyTable, jsonLine, leftLines, progressLine } from './report.ts';
import { assertFits } from './schema-check.ts';

const fileWith = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'conformance-')), 'credentials.json');
  writeFileSync(file, text);
  return file;
};

describe('arguments', () => {
  it('are a connector, or a connector with a server and its credentials', () => {
    expect(readArguments(['woocommerce'])).toMatchObject({ connector: 'woocommerce', url: null, json: false });
    const server = ['magento', '--url', 'http://10.0.0.7:8080/', '--credentials', 'c.json', '--only', 'text,paging'];
    expect(readArguments([...server, '--settings', '{"storeView":"en"}', '--json', '--yes'])).toMatchObject({
      url: 'http://10.0.0.7:8080',
      credentialsFile: 'c.json',
      settings: { storeView: 'en' },
      only: ['text', 'paging'],
      json: true,
      yes: true,
    });
  });

  it.each([
    [['a', 'b'], /one connector/],
    [['a', '--url', 'http://x.example'], /go together/],
    [['a', '--settings', '{}'], /--settings/],
    [['a', '--url', 'ftp://x.example', '--credentials', 'c'], /address like/],
    [['a', '--url', 'http://u:p@x.example', '--credentials', 'c'], /no user/],
    [['a', '--nonsense'], /nonsense/],
  ])('%j is refused', (argv, message) => {
    expect(() => readArguments(argv)).toThrow(message);
  });
});

describe('credentials', () => {
  it('may hold a second set that can only read', () => {
    const both = '{"consumerKey":"ck_1","consumerSecret":"cs_1","readOnly":{"consumerKey":"ck_2"}}';
    expect(readCredentials(fileWith(both))).toEqual({
      credentials: { consumerKey: 'ck_1', consumerSecret: 'cs_1' },
      readOnly: { consumerKey: 'ck_2' },
      settings: {},
    });
    const dhl = '{"username":"u","password":"p","settings":{"accountNumber":"1"}}';
    expect(readCredentials(fileWith(dhl))).toMatchObject({ settings: { accountNumber: '1' } });
  });

  it.each(['marketplace', 'carrier'] as const)('of a %s are for its own kind of deeds', (kind) => {
    const text = planText({ connector: 'x', kind, url: 'https://x.example', cases: [], hasReadOnly: false });
    expect(text).toMatch(kind === 'carrier' ? /books about/ : /listings of its own/);
    expect(text).not.toMatch(/only read/);
  });

  it('are not shown when their file is not JSON', () => {
    const file = fileWith('{"consumerKey": "ck_very_secret" oops');
    expect(() => readCredentials(file)).toThrow(/not JSON$/);
    expect(() => readCredentials(file)).not.toThrow(/very_secret/);
  });

  it('that lack a field, or have one too many, are told which', () => {
    const schema = connectors.woocommerce.credentialsSchema;
    expect(() => assertFits('f', schema, { consumerKey: 'ck_secret' })).toThrow(/consumerSecret is missing/);
    expect(() => assertFits('f', schema, { consumerKey: 'ck_secret' })).not.toThrow(/ck_secret/);
    const tooMany = { consumerKey: 'ck_secret', consumerSecret: 'cs_secret', user: 'x' };
    expect(() => assertFits('f', schema, tooMany)).toThrow(/user: /);
    expect(() => assertFits('f', schema, { consumerKey: 'ck_secret', consumerSecret: 'cs_secret' })).not.toThrow();
  });
});

describe('the report', () => {
  const head = { capability: 'readProducts', id: 'text/1', name: 'a title', ms: 7 };
  const results: CaseResult[] = [
    { ...head, family: 'text', outcome: 'passed' },
    { ...head, family: 'text', outcome: 'failed', reason: 'line one\nline two' },
    { ...head, family: 'paging', outcome: 'notProvoked', reason: 'needs a fault dial' },
  ];

  it('has a line per case, a table per family, and what stays behind', () => {
    expect(results.map(progressLine)).toEqual([
      'ok    text: a title (readProducts) 7 ms',
      'FAIL  text: a title (readProducts)\n        line one\n        line two',
      'n/p   paging: a title (readProducts): needs a fault dial',
    ]);
    const rows = familyTable(results).split('\n');
    expect(rows.map((row) => row.trim().split(/\s{2,}/))).toEqual([
      ['family', 'passed', 'failed', 'skipped', 'not provoked'],
      ['text', '1', '1', '0', '0'],
      ['paging', '0', '0', '0', '1'],
      ['all', '1', '1', '0', '1'],
    ]);
    const left = [
      { what: 'order 1', why: 'cancelled' },
      { what: 'order 2', why: 'cancelled' },
      { what: 'product 3', why: 'status 500' },
    ];
    expect(leftLines(left)).toEqual([
      'left behind (cancelled): order 1, order 2',
      'left behind (status 500): product 3',
    ]);
  });

  it('is one line of JSON for machines', () => {
    const line = jsonLine('woocommerce', results, []);
    expect(line).not.toContain('\n');
    const read = JSON.parse(line);
    expect(read).toMatchObject({ connector: 'woocommerce', passed: 1, failed: 1, skipped: 0, notProvoked: 1 });
    expect(read.cases[1]).toEqual({
      family: 'text',
      capability: 'readProducts',
      name: 'a title',
      outcome: 'failed',
      reason: 'line one\nline two',
      ms: 7,
    });
    expect(read.left).toBeUndefined();
  });

  it('says before a run what it will do to a server', () => {
    const one = { family: 'text', capability: 'c', id: 'text/1', name: 'n', run: async () => undefined };
    const cases = [one, { ...one, needsDials: true }, { ...one, skip: 'no' }];
    const text = planText({
      connector: 'shopify',
      kind: 'store',
      url: 'https://shop.example',
      cases,
      hasReadOnly: false,
    });
    expect(text).toMatch(/against https:\/\/shop\.example: 1 cases/);
    expect(text).toMatch(/TLC-/);
    expect(planText({ connector: 'shopify', kind: 'store', url: null, cases, hasReadOnly: true })).toMatch(
      /own simulator: 2 cases/,
    );
  });
});
