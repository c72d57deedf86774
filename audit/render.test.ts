import { describe, expect, it } from 'vitest';
import { renderAudit } from './render.ts';
import { type AuditReport, type Check, invariants } from './types.ts';

const clean: Check = { ok: true, checked: 3, findings: [] };

function report(more: Partial<AuditReport['checks']>): AuditReport {
  const checks = { ...Object.fromEntries(invariants.map((name) => [name, clean])), ...more } as AuditReport['checks'];
  return { ok: Object.values(checks).every(({ ok }) => ok), checks, figures: { 'L8.jd-id.calls': 12 } };
}

describe('the printed report', () => {
  it('shows every invariant, and tells "ok" from "not checked"', () => {
    const text = renderAudit(report({ L9: { ok: true, checked: 0, findings: [], note: 'no canaries were given' } }));
    for (const name of invariants) expect(text).toMatch(new RegExp(`^${name} `, 'm'));
    expect(text).toMatch(/^L1 +ok +3 /m);
    expect(text).toMatch(/^L9 +not checked +0 /m);
    expect(text).toContain('L9: no canaries were given');
    expect(text).toMatch(/^L8\.jd-id\.calls +12$/m);
    expect(text).toContain('The audit found nothing.');
  });

  it('shows what was found with its ids, and how much more there is', () => {
    const findings = Array.from({ length: 23 }, (_, n) => ({
      what: 'lines differ',
      ids: [`100${n}`],
      detail: `d${n}`,
    }));
    const text = renderAudit(report({ L1: { ok: false, checked: 30, findings } }));
    expect(text).toMatch(/^L1 +23 FOUND +30 /m);
    expect(text).toContain('L1: lines differ [10019]\n    d19');
    expect(text).not.toContain('[10020]');
    expect(text).toContain('L1: and 3 more');
    expect(text).toContain('The audit FAILED.');
  });
});
