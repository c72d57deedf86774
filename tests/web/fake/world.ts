import type { ListingDetail, ProductDetail } from '../../../client/web/api/types/catalogue.ts';
import type { Brand, User } from '../../../client/web/api/types/common.ts';
import type {
  CaughtMailDetail,
  ConnectionDetail,
  ConsignmentDetail,
  IncidentDetail,
  MailDetail,
  ProblemRow,
} from '../../../client/web/api/types/operations.ts';
import type { OrderDetail, ReturnRow } from '../../../client/web/api/types/orders.ts';
import { makeListings, makeProducts } from './catalogue.ts';
import { idOf } from './ids.ts';
import { makeIncidents } from './incidents.ts';
import { makeConsignments, makeReturns } from './logistics.ts';
import { makeCaughtMails, makeMails } from './mails.ts';
import { makeConnections, makeProblems } from './operations.ts';
import { makeOrders } from './orders.ts';
import { brands } from './refs.ts';
import { makeSettling, openConsignment, type Settling } from './settling.ts';
import { type FakeTables, makeTables } from './tables.ts';

/** Facts that a thing's guards read, where they are not the easy ones; never shown. */
export type Facts = Map<string, Record<string, unknown>>;

export interface World {
  user: User;
  password: string;
  brands: Brand[];
  connections: ConnectionDetail[];
  orders: OrderDetail[];
  products: ProductDetail[];
  listings: ListingDetail[];
  problems: ProblemRow[];
  incidents: IncidentDetail[];
  consignments: ConsignmentDetail[];
  returns: ReturnRow[];
  mails: MailDetail[];
  caughtMails: CaughtMailDetail[];
  tables: FakeTables;
  settling: Settling;
  facts: Facts;
}

/** A small installation with something in every state that a person can meet. */
export function makeWorld(): World {
  const facts: Facts = new Map();
  const connections = makeConnections();
  const products = makeProducts(facts);
  const orders = makeOrders(facts);
  const booked = makeConsignments(orders);
  return {
    user: {
      id: idOf('user/rara'),
      email: 'rara@tradelane.example',
      name: 'Rara Wulandari',
      role: 'admin',
      brandId: null,
    },
    password: 'correct horse',
    brands,
    connections,
    orders,
    products,
    listings: makeListings(products, facts),
    problems: makeProblems(orders),
    incidents: makeIncidents(orders),
    consignments: [...booked, ...openConsignment(booked[0])],
    returns: makeReturns(orders),
    mails: makeMails(orders),
    caughtMails: makeCaughtMails(),
    tables: makeTables(),
    settling: makeSettling(),
    facts,
  };
}
