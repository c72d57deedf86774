import { setTimeout as sleep } from 'node:timers/promises';
import type { Static } from '@sinclair/typebox';
import type { HandOverBegun, HandOverDetail } from '../../api/schemas/operations.ts';
import type { ApiClient } from '../api-client.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { plain } from '../text.ts';

const pollMs = 1_000;

type Detail = Static<typeof HandOverDetail>;

/** Begins a hand-over, shows the address of the page where the owner agrees, and waits for what comes of it. */
export async function handOver(
  { io }: Context,
  client: ApiClient,
  { path, body, waitSeconds, code }: { path: string; body: unknown; waitSeconds: number; code: string },
): Promise<Outcome & { handedOver: Detail }> {
  const { id, authorizeUrl } = await client.post<Static<typeof HandOverBegun>>(path, body);
  io.err(`Open this address, log in to the shop and agree:\n\n  ${plain(authorizeUrl ?? '')}\n\nWaiting …`);
  const endMs = performance.now() + waitSeconds * 1000;
  for (;;) {
    const seen = await client.get<Detail>(`/api/hand-overs/${id}`);
    // The owner's browser did not come back, or the shop was away: it is tested from here.
    const detail = seen.progress === 'received' ? await finish(client, id) : seen;
    if (detail.progress === 'connected') return outcome(code, detail);
    if (detail.progress === 'refused' || detail.progress === 'expired') return outcome(code, detail);
    if (performance.now() >= endMs) {
      throw new CliFault('refused', 'Nobody agreed in time.', {
        remedy: 'Begin again; --wait takes up to an hour, and the shop’s page half an hour.',
      });
    }
    await sleep(pollMs);
  }
}

const finish = (client: ApiClient, id: string) => client.post<Detail>(`/api/hand-overs/${id}/finish`, {});

function outcome(code: string, detail: Detail): Outcome & { handedOver: Detail } {
  const { progress, report, refusal } = detail;
  const found = (report?.findings ?? []).map(
    ({ severity, what, remedy }) => `  ${severity}: ${plain(what)}\n    Remedy: ${plain(remedy)}`,
  );
  const connected = progress === 'connected';
  const head = connected
    ? `${plain(report?.account ?? code)} handed access over.`
    : progress === 'expired'
      ? 'It took too long: the hand-over has run out.'
      : `Access was not given: ${plain(refusal?.what ?? 'it was refused')}`;
  const end = connected ? `${code} is connected.` : `Nothing was stored. ${plain(refusal?.remedy ?? 'Begin again.')}`;
  return {
    json: detail,
    text: [head, ...found, end].join('\n'),
    exit: connected ? 'ok' : 'refused',
    handedOver: detail,
  };
}
