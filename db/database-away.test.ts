import { describe, expect, it } from 'vitest';
import { isDatabaseAway } from './database.ts';

/** What the driver and the pool were seen to throw while the server was stopped with `immediate` under load. */
const away = [
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('the database system is starting up'), { code: '57P03' }),
  Object.assign(new Error('terminating connection because of crash of another server process'), { code: '57P02' }),
  new Error('COMMIT; - Connection terminated unexpectedly'),
  new Error('ROLLBACK - Client has encountered a connection error and is not queryable'),
  Object.assign(new Error('Knex: Timeout acquiring a connection.'), { name: 'KnexTimeoutError' }),
];

const wrong = [
  Object.assign(new Error('duplicate key value violates unique constraint "orders_number_key"'), { code: '23505' }),
  Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }),
  new Error('there is no order 7'),
  'ECONNREFUSED',
];

describe('a database that is away', () => {
  it.each(away)('is told by: $message', (error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each(wrong)('is not told by: %s', (error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });
});
