import { describe, expect, it } from 'vitest';
import { type RunResult, runDisturbed } from '../../sandbox/chaos/disturbed.ts';
import { pointsNamed } from '../../sandbox/chaos/points.ts';

const points = pointsNamed('push:after-call', 'relay:after-signal', 'mail:after-call');

/** As much of the main job as three deaths and a stopped PostgreSQL need; `npm run demo -- --chaos` does all of it. */
async function disturbed(lines: string[]): Promise<RunResult> {
  return runDisturbed(
    {
      points,
      postgres: {
        step: /^ops approve the products/,
        awayMs: 8_000,
        when: { what: 'a listing in review', sql: `select id from listings where state = 'IN_REVIEW' limit 1` },
      },
      only: [
        /^the shop’s catalogue/,
        /^ops approve the products/,
        /^the marketplace reviews/,
        /^buyers order/,
        /^ops approve; orders/,
        /^the cut-off comes/,
      ],
    },
    (line) => lines.push(line),
  );
}

describe('the main job under faults', () => {
  it('comes through deaths of the worker and a stopped PostgreSQL with nothing lost and nothing done twice', async () => {
    const lines: string[] = [];
    const result = await disturbed(lines).catch((error: unknown) => {
      throw new Error(`the run ended before its end:\n${lines.join('\n')}`, { cause: error });
    });
    const seen = lines.join('\n');
    expect(
      result.points.map(({ point, hit, ok }) => ({ point, hit, ok })),
      seen,
    ).toEqual(points.map(({ name }) => ({ point: name, hit: true, ok: true })));
    expect(result.otherDeaths, seen).toEqual([]);
    expect(result.postgresStopped, seen).toMatchObject({
      ok: true,
      apiAnswer: { status: 503, retryAfter: expect.any(String) },
      live: 200,
      ready: 503,
      processesSurvived: true,
    });
    expect(result.outside.twice).toEqual([]);
    // Of 36 products three are held back before sending, until somebody mends them.
    expect(result.outside.counts).toMatchObject({ shopOrders: 11, listings: 33, mails: 1 });
    // Six households ordered: what goes to one of them travels together.
    expect(result.outside.counts.bookings - result.outside.counts.unusedBookings).toBe(6);
    const findings = Object.entries(result.audit.checks).filter(([, check]) => !check.ok);
    expect(findings, seen).toEqual([]);
  }, 900_000);
});
