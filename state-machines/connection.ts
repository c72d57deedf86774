import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface ConnectionContext {
  /** The last credential test succeeded. */
  credentialsProved: boolean;
}

export type ConnectionEventType = 'PROVE' | 'DEGRADE' | 'RECOVER' | 'PAUSE' | 'RESUME' | 'REVOKE';
export type ConnectionEvent = { type: ConnectionEventType };

const people = ['ops', 'admin'] as const;

/** An account with an outside system. Only CONNECTED and DEGRADED ones are called. */
export const connection: MachineDefinition<ConnectionContext, ConnectionEvent> = {
  name: 'connection',
  closed: [],
  followUps: ['wakeConnection'],
  machine: setup({
    types: { context: {} as ConnectionContext, events: {} as ConnectionEvent, input: {} as ConnectionContext },
    guards: { credentialsProved: ({ context }) => context.credentialsProved },
    actions: { wakeConnection: () => undefined },
  }).createMachine({
    id: 'connection',
    context: ({ input }) => input,
    initial: 'NEW',
    states: {
      NEW: { on: { PROVE: { target: 'CONNECTED', guard: 'credentialsProved' }, REVOKE: 'REVOKED' } },
      CONNECTED: { entry: 'wakeConnection', on: { DEGRADE: 'DEGRADED', PAUSE: 'PAUSED', REVOKE: 'REVOKED' } },
      DEGRADED: { on: { RECOVER: 'CONNECTED', PAUSE: 'PAUSED', REVOKE: 'REVOKED' } },
      PAUSED: { on: { RESUME: 'CONNECTED', REVOKE: 'REVOKED' } },
      // New credentials bring a revoked connection back; its history stays.
      REVOKED: { on: { PROVE: { target: 'CONNECTED', guard: 'credentialsProved' } } },
    },
  }),
  events: {
    PROVE: { by: [...people, 'system'], label: 'Test and connect', means: 'The credentials work.' },
    DEGRADE: {
      by: ['connector', 'system'],
      label: 'Degraded',
      means: 'It does not answer as it should; calls go on, slower.',
    },
    RECOVER: { by: ['connector', 'system'], label: 'Recovered', means: 'It answers again.' },
    PAUSE: { by: people, label: 'Pause', means: 'Nothing is sent or fetched until it is resumed.' },
    RESUME: { by: people, label: 'Resume', means: 'Work goes on.' },
    REVOKE: {
      by: [...people, 'connector', 'system'],
      label: 'Revoke',
      means: 'The credentials are refused for good; a person must connect again.',
    },
  },
  whyNot: { credentialsProved: 'The credentials have not been tested with success.' },
};
