import type { TimelineEntry } from '../../../client/web/api/types/common.ts';
import { machines } from '../../../state-machines/index.ts';
import { edgesOf, type MachineDefinition } from '../../../state-machines/kit.ts';
import { ago } from './ids.ts';

/** A plausible history of an order that went along `path`. */
export function timelineOf(n: number, path: string[]): TimelineEntry[] {
  const definition = machines.order as MachineDefinition;
  const start = n * 37 + 4;
  const labelOf = (from: string, to: string) => {
    const event = edgesOf(definition).find((edge) => edge.from === from && edge.to === to)?.event ?? 'EDIT';
    return (definition.events as Record<string, { label: string }>)[event]?.label ?? event;
  };
  const moves = path.slice(1).map((to, index): TimelineEntry => {
    const from = path[index] ?? '';
    return {
      at: ago(start - 12 * (index + 1)),
      kind: 'transition',
      title: `Order: ${labelOf(from, to)}`,
      detail: to === 'EDITED' ? 'changed: note' : null,
      actor: index === 0 ? 'rara@tradelane.example' : 'order workflow',
      machine: 'order',
      from,
      to,
    };
  });
  return [
    {
      at: ago(start),
      kind: 'sighting',
      title: 'Marketplace shows 1',
      detail: 'seen for the first time (webhook)',
      actor: null,
      otherClock: ago(start + 1.4),
    },
    {
      at: ago(start - 0.1),
      kind: 'transition',
      title: 'Order: Created',
      detail: null,
      actor: 'jd-id',
      machine: 'order',
      from: '',
      to: 'NEW',
    },
    ...moves,
    ...(path.includes('SYNCED')
      ? [
          {
            at: ago(start - 50),
            kind: 'mail',
            title: 'Mail sent: Labels for 12 parcels, 11:00',
            detail: 'warehouse@kirana.example',
            actor: null,
          },
          {
            at: ago(start - 60),
            kind: 'tracking',
            title: 'Shipment picked up',
            detail: 'PU · Jakarta, ID',
            actor: null,
            otherClock: ago(start - 52),
          },
        ]
      : []),
  ];
}
