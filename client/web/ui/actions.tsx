import { useId, useRef } from 'react';
import { type StepRequest, useStep } from '../api/commands.ts';
import type { Allowed } from '../api/types/common.ts';
import { useConfirm } from './confirm.tsx';
import { consequenceOf } from './consequences.ts';

export interface Steppable {
  collection: string;
  id: string;
  name: string;
  /** What was seen when the person decided; left out where the server keeps no version. */
  version?: number;
  allowed: Allowed[];
}

/** Events that have a form of their own instead of a button. */
const elsewhere = ['EDIT', 'SNOOZE'];
const primary = ['APPROVE', 'CONFIRM', 'SCAN_IN', 'RESTOCK', 'PROVE', 'RESUME', 'RESOLVE'];

const shown = (allowed: Allowed[]) => allowed.filter(({ type }) => !elsewhere.includes(type));

/** Sends an allowed event, after asking where it cannot be taken back. */
export function useAct() {
  const step = useStep();
  const confirm = useConfirm();
  const act = async (thing: Steppable, event: Allowed) => {
    const consequence = consequenceOf(thing.collection, event.type);
    let why = '';
    if (consequence) {
      const answer = await confirm({
        title: `${event.label}: ${thing.name}?`,
        consequences: consequence.sentences,
        confirmLabel: event.label,
        danger: consequence.danger,
        reason: consequence.reason,
      });
      if (!answer) return;
      why = answer.why;
    }
    const request: StepRequest = {
      collection: thing.collection,
      id: thing.id,
      name: thing.name,
      type: event.type,
      label: event.label,
      ...(thing.version === undefined ? {} : { version: thing.version }),
      ...(why ? { why } : {}),
    };
    step.mutate(request);
  };
  return { act, busy: step.isPending };
}

/** In a table row: the step that moves it on as a button, everything else in a menu. */
export function RowActions({ thing }: { thing: Steppable }) {
  const { act, busy } = useAct();
  const events = shown(thing.allowed);
  const main = events.find(({ type, ok }) => ok && primary.includes(type));
  const others = events.filter((event) => event !== main);
  return (
    <span className="row-actions">
      {main ? (
        <button type="button" className="small" disabled={busy} title={main.means} onClick={() => act(thing, main)}>
          {main.label}
          <span className="visually-hidden"> {thing.name}</span>
        </button>
      ) : null}
      {others.length > 0 ? <ActionMenu thing={thing} events={others} onAct={(event) => act(thing, event)} /> : null}
    </span>
  );
}

interface ActionMenuProps {
  thing: Steppable;
  events: Allowed[];
  onAct: (event: Allowed) => void;
}

function ActionMenu({ thing, events, onAct }: ActionMenuProps) {
  const menuId = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  // A popover lies in the top layer, so the table's scroll box cannot cut it off; its place is set by hand.
  const place = () => {
    const box = button.current?.getBoundingClientRect();
    if (!box || !menu.current) return;
    menu.current.style.top = `${Math.min(box.bottom + 4, innerHeight - 60 - events.length * 40)}px`;
    menu.current.style.right = `${Math.max(8, document.documentElement.clientWidth - box.right)}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="quiet small"
        popoverTarget={menuId}
        aria-label={`More for ${thing.name}`}
        onClick={place}
      >
        ⋯
      </button>
      <div ref={menu} id={menuId} popover="auto" className="menu">
        {events.map((event) => (
          <button
            key={event.type}
            type="button"
            aria-disabled={!event.ok}
            onClick={() => {
              if (!event.ok) return;
              menu.current?.hidePopover();
              onAct(event);
            }}
          >
            {event.label}
            <small>{event.ok ? event.means : event.why}</small>
          </button>
        ))}
      </div>
    </>
  );
}

/** On a thing's own page: every step, the refused ones with the sentence why. */
export function PageActions({ thing }: { thing: Steppable }) {
  const { act, busy } = useAct();
  const events = shown(thing.allowed);
  if (events.length === 0) return <p className="muted">Nothing can be done by hand in this state.</p>;
  return (
    <ul className="page-steps">
      {events.map((event) => (
        <li key={event.type}>
          <button
            type="button"
            className={buttonClass(thing.collection, event)}
            aria-disabled={!event.ok || busy}
            aria-describedby={`${thing.id}-${event.type}`}
            onClick={() => (event.ok && !busy ? act(thing, event) : undefined)}
          >
            {event.label}
          </button>
          <span id={`${thing.id}-${event.type}`} className="muted">
            {event.ok ? event.means : `Not now: ${event.why}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function buttonClass(collection: string, event: Allowed): string {
  if (primary.includes(event.type)) return 'primary';
  return consequenceOf(collection, event.type)?.danger ? 'danger' : '';
}

/** The approval that the person could give now, or the sentence why not. */
export function approvalOf(allowed: Allowed[]): Allowed | undefined {
  return allowed.find(({ type }) => type === 'APPROVE');
}

export const canEdit = (allowed: Allowed[]): Allowed | undefined => allowed.find(({ type }) => type === 'EDIT');
