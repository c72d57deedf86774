import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { wakeSignal } from '../client/temporal/queues.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { NeedsCheck } from '../db/effects.ts';
import { accounts, Gate, openNamespace, type RunningBench, type Script, withBench } from '../tests/workflows/bench.ts';

const address = inject('temporalAddress');
let client: Client;
let serial = 0;
const newId = (): string => `process/${++serial}`;

beforeAll(async () => {
  client = await openNamespace(address, `processes-${process.pid}`);
});
afterAll(() => client.connection.close());

/** A consignment's row, and a carrier that takes it at the given try. */
function consignment(booksAt: number) {
  const row = { state: 'CLOSED', revision: 1, tries: 0 };
  const script: Script = {
    readConsignment: async () => ({
      number: 'TC-1',
      state: row.state,
      revision: row.revision,
      carrierConnectionId: accounts.carrier,
      brandId: 'brand-1',
      slotDate: '2026-11-20',
      slotTime: '16:00',
      voidDue: false,
    }),
    bookConsignment: async () => {
      row.tries += 1;
      if (row.tries < booksAt) throw new ConnectorError('Unauthorized', 'bookings.create: answered 401');
      row.state = 'BOOKED';
      return { outcome: 'done' };
    },
  };
  return { row, script };
}

/** A slot's mail: what is composed and not sent yet, and what composing says next. */
function slot(kinds: ('waiting' | 'nothing' | 'composed')[]) {
  const mails = { unsent: [] as string[], sent: [] as string[], composed: 0, stuck: new Set<string>() };
  const script: Script = {
    unsentLabelMails: async () => [...mails.unsent],
    composeLabelMail: async () => {
      const kind = kinds.shift() ?? 'nothing';
      if (kind !== 'composed') return { kind, mailId: null };
      mails.composed += 1;
      const mailId = `mail-${mails.composed}`;
      mails.unsent.push(mailId);
      return { kind, mailId };
    },
    sendMail: async (mailId) => {
      if (mails.stuck.has(mailId)) throw new NeedsCheck('nobody can say whether it happened');
      mails.unsent = mails.unsent.filter((id) => id !== mailId);
      mails.sent.push(mailId);
      return { outcome: 'done' };
    },
  };
  return { mails, script };
}
const slotArgs = ['brand-1', '2026-11-20', '16:00'];

describe.each([{ cachedWorkflows: 100 }, { cachedWorkflows: 0 }])('processes, cache $cachedWorkflows', (cache) => {
  const run = <Result>(script: Script, work: (bench: RunningBench) => Promise<Result>) =>
    withBench({ address, client, script, ...cache }, work);

  it('a consignment that is closed is booked, and over then', async () => {
    const { row, script } = consignment(1);
    await run(script, async (bench) => {
      expect(await (await bench.wake('consignmentWorkflow', newId(), ['c-1'])).result()).toBe('BOOKED');
      expect(row.tries).toBe(1);
    });
  });

  it('a booking that gives up is tried again when somebody wakes it', async () => {
    const { row, script } = consignment(3);
    await run(script, async (bench) => {
      const handle = await bench.wake('consignmentWorkflow', newId(), ['c-1']);
      for (const tries of [1, 2]) {
        await bench.until(`try ${tries}`, () => row.tries === tries);
        await bench.until(
          'the failure',
          () => bench.happenings.filter(({ what }) => what === 'fails').length === tries,
        );
        await handle.signal(wakeSignal);
      }
      expect(await handle.result()).toBe('BOOKED');
    });
  });

  it('a label that is printed later is waited for; of one that was cancelled it is taken back', async () => {
    const { row, script } = consignment(1);
    const voids: string[] = [];
    const late: Script = {
      readConsignment: async (id) => {
        const read = await script.readConsignment?.(id);
        if (!read) throw new Error('nothing was read');
        return { ...read, voidDue: row.state === 'CANCELLED' && voids.length === 0 };
      },
      bookConsignment: async () => {
        row.tries += 1;
        return { outcome: 'label-late' };
      },
      voidConsignment: async (id) => {
        voids.push(id);
        return { outcome: 'done' };
      },
    };
    await run(late, async (bench) => {
      const handle = await bench.wake('consignmentWorkflow', newId(), ['c-1']);
      await bench.until('the first try', () => row.tries === 1);
      await handle.signal(wakeSignal);
      await bench.until('the second try', () => row.tries === 2);
      row.state = 'CANCELLED';
      await handle.signal(wakeSignal);
      expect(await handle.result()).toBe('CANCELLED');
      expect([row.tries, voids]).toEqual([2, ['c-1']]);
    });
  });

  it('a courier is called, and called off later; a pushed scan has its number read', async () => {
    const done: string[] = [];
    const courier = { todo: 'book' as 'book' | 'cancel' | 'none' };
    const script: Script = {
      readPickup: async () => ({ todo: courier.todo, connectionId: accounts.carrier, name: '2026-11-20 16:00' }),
      carryOutPickup: async () => {
        done.push(courier.todo);
        courier.todo = 'none';
        return { outcome: 'done' };
      },
      readShipment: async (_, number) => ({ moved: number === 'NV1' ? 2 : 0 }),
    };
    await run(script, async (bench) => {
      expect(await (await bench.wake('pickupWorkflow', newId(), ['p-1'])).result()).toBe('none');
      courier.todo = 'cancel';
      await (await bench.wake('pickupWorkflow', newId(), ['p-1'])).result();
      expect(done).toEqual(['book', 'cancel']);
      expect(await (await bench.wake('shipmentWorkflow', newId(), [accounts.carrier, 'NV1'])).result()).toBe(2);
    });
  });

  it('a consignment that was cancelled meanwhile is left alone', async () => {
    const { row, script } = consignment(1);
    row.state = 'CANCELLED';
    await run(script, async (bench) => {
      expect(await (await bench.wake('consignmentWorkflow', newId(), ['c-1'])).result()).toBe('CANCELLED');
      expect(row.tries).toBe(0);
    });
  });

  it('a label mail waits for labels, goes once, and a later label makes a second one', async () => {
    const { mails, script } = slot(['waiting', 'composed', 'composed', 'nothing']);
    await run(script, async (bench) => {
      const handle = await bench.wake('labelMailWorkflow', newId(), slotArgs);
      await bench.until('the first look', () => bench.names('composeLabelMail').length === 1);
      await handle.signal(wakeSignal);
      expect(await handle.result()).toBe(2);
      expect(mails.sent).toEqual(['mail-1', 'mail-2']);
    });
  });

  it('a label mail that was composed before a crash goes first, and is not composed again', async () => {
    const { mails, script } = slot(['nothing']);
    mails.unsent.push('mail-of-yesterday');
    await run(script, async (bench) => {
      expect(await (await bench.wake('labelMailWorkflow', newId(), slotArgs)).result()).toBe(1);
      expect(bench.names('unsentLabelMails', 'sendMail', 'composeLabelMail').slice(0, 3)).toEqual([
        'unsentLabelMails',
        'sendMail',
        'composeLabelMail',
      ]);
    });
  });

  it('a mail that a person must settle holds up no later one, and its process stays', async () => {
    const { mails, script } = slot(['composed', 'nothing']);
    mails.unsent.push('stuck');
    mails.stuck.add('stuck');
    await run(script, async (bench) => {
      const handle = await bench.wake('labelMailWorkflow', newId(), slotArgs);
      await bench.until('the second mail', () => mails.sent.includes('mail-1'));
      expect((await handle.describe()).status.name).toBe('RUNNING');
      mails.stuck.clear();
      await handle.signal(wakeSignal);
      await handle.result();
      expect(mails.sent).toEqual(['mail-1', 'stuck']);
    });
  });

  it('a wake-up while a label mail is composed is not lost', async () => {
    const { mails, script } = slot(['nothing', 'composed', 'nothing']);
    const gate = new Gate();
    const compose = script.composeLabelMail;
    let composing = 0;
    script.composeLabelMail = async (input) => {
      const answer = await compose?.(input);
      composing += 1;
      if (composing === 1) await gate.pass();
      return answer;
    };
    await run(script, async (bench) => {
      const handle = await bench.wake('labelMailWorkflow', newId(), slotArgs);
      await gate.reached;
      await handle.signal(wakeSignal);
      gate.open();
      expect(await handle.result()).toBe(1);
      expect(mails.sent).toEqual(['mail-1']);
    });
  });

  it('a mail that goes at once says what became of it, also after a refused log-in', async () => {
    let refused = true;
    const script: Script = {
      sendMail: async () => {
        if (refused) throw new ConnectorError('Unauthorized', 'the mail server refuses our log-in');
        return { outcome: 'done' };
      },
    };
    await run(script, async (bench) => {
      const handle = await bench.wake('mailWorkflow', newId(), ['mail-1']);
      await bench.until('the refusal', () => bench.happenings.some(({ what }) => what === 'fails'));
      refused = false;
      await handle.signal(wakeSignal);
      expect(await handle.result()).toBe('done');
    });
  });

  it('the ticker runs what is due, and once more when it was asked meanwhile', async () => {
    const gate = new Gate();
    let ran = 0;
    const script: Script = {
      runDue: async () => {
        ran += 1;
        if (ran === 1) await gate.pass();
        return { closedConsignments: 0, silentCancels: 0, wokenProblems: 0, triedAgain: 0, forgotten: 0 };
      },
    };
    await run(script, async (bench) => {
      const handle = await bench.wake('tickerWorkflow', newId(), []);
      await gate.reached;
      await handle.signal(wakeSignal);
      gate.open();
      await handle.result();
      expect(ran).toBe(2);
    });
  });

  it('a schedule wakes the one process of its stream', async () => {
    const script: Script = { startStream: async () => undefined, startTick: async () => undefined };
    await run(script, async (bench) => {
      const start = (...args: string[]) =>
        bench.client.workflow.execute('scheduledWorkflow', { workflowId: newId(), taskQueue: 'tradelane', args });
      await start(accounts.store, 'catalogue');
      await start('', 'ticker');
      const calls = bench.happenings.filter(({ what }) => what === 'begins').map(({ name, args }) => [name, ...args]);
      expect(calls).toEqual([['startStream', accounts.store, 'catalogue'], ['startTick']]);
    });
  });

  it('a connection that changed says its state, whether its webhooks could be made or not', async () => {
    const script: Script = {
      connectionChanged: async () => ({ state: 'CONNECTED', streams: ['orders'] }),
      // A key that may not write webhooks keeps nobody from reading orders.
      reconcileWebhooks: async () => {
        throw new ConnectorError('Rejected', 'webhooks.create: not allowed');
      },
    };
    await run(script, async (bench) => {
      const handle = await bench.wake('connectionWorkflow', newId(), [accounts.marketplace]);
      expect(await handle.result()).toBe('CONNECTED');
      const { searchAttributes } = await handle.describe();
      expect(searchAttributes.TradelaneState).toEqual(['CONNECTED']);
    });
  });
});
