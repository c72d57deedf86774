import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { trackingTags } from '../contract/carrier.ts';
import { renderErrorTable } from './errors.ts';
import { nativeScanCodes, renderTagTable, scanCodes, scanTag, scanTagsWithoutNative } from './tags.ts';

/** The codes of the carrier's published list for Express. */
const official =
  'AD AF AR BA BN BR CA CC CD CM CR CS DD DF DS FD HP IC MC MD MS ND NH OH OK PD PL PU RD RR RT SA SC SS TP TR UD WC'.split(
    ' ',
  );

describe('checkpoint codes', () => {
  it('are complete in both directions', () => {
    for (const code of official) expect(scanTag(code), code).not.toBeNull();
    expect(new Set(scanCodes.map((entry) => entry.native)).size).toBe(scanCodes.length);
    for (const tag of trackingTags) {
      expect(nativeScanCodes(tag).length > 0 || tag in scanTagsWithoutNative, tag).toBe(true);
    }
  });

  it('guess nothing', () => expect(scanTag('ZZ')).toBeNull());

  it('stand in the README as they are', async () => {
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    expect(readme).toContain(renderTagTable());
    expect(readme).toContain(renderErrorTable());
    expect(renderTagTable()).toContain('| PD | DELIVERED | partial delivery | warn |');
  });
});
