import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { BrandPage } from '../pages/brands/brand-page.tsx';
import { BrandsPage } from '../pages/brands/brands-page.tsx';
import { ConnectionPage } from '../pages/connection/connection-page.tsx';
import { ConnectionsPage } from '../pages/connections/connections-page.tsx';
import { ConsignmentPage } from '../pages/consignments/consignment-page.tsx';
import { ConsignmentsPage } from '../pages/consignments/consignments-page.tsx';
import { DriftPage } from '../pages/drift/drift-page.tsx';
import { FreightPage } from '../pages/freight/freight-page.tsx';
import { ImportPage } from '../pages/imports/import-page.tsx';
import { ImportsPage } from '../pages/imports/imports-page.tsx';
import { IncidentPage } from '../pages/incidents/incident-page.tsx';
import { IncidentsPage } from '../pages/incidents/incidents-page.tsx';
import { ListingPage } from '../pages/listings/listing-page.tsx';
import { ListingsPage } from '../pages/listings/listings-page.tsx';
import { LoginPage } from '../pages/login/login-page.tsx';
import { MachinePage } from '../pages/machines/machine-page.tsx';
import { MachinesPage } from '../pages/machines/machines-page.tsx';
import { CaughtMailPage } from '../pages/mails/caught-mail-page.tsx';
import { MailPage } from '../pages/mails/mail-page.tsx';
import { MailsPage } from '../pages/mails/mails-page.tsx';
import { MappingPage } from '../pages/mapping/mapping-page.tsx';
import { OrderPage } from '../pages/order/order-page.tsx';
import { OrdersPage } from '../pages/orders/orders-page.tsx';
import { OverviewPage } from '../pages/overview/overview-page.tsx';
import { ProblemsPage } from '../pages/problems/problems-page.tsx';
import { ProductPage } from '../pages/product/product-page.tsx';
import { ProductsPage } from '../pages/products/products-page.tsx';
import { RatesPage } from '../pages/rates/rates-page.tsx';
import { OneReturn, ReturnsPage } from '../pages/returns/returns-page.tsx';
import { RulesPage } from '../pages/rules/rules-page.tsx';
import { TranslationsPage } from '../pages/translations/translations-page.tsx';
import { Crash, NoSuchPage } from './crash.tsx';
import { listingSearch, listSearch, loginSearch, parseSearch, stringifySearch, tableSearch } from './search.ts';
import { demandSession, Shell, ShellFailed } from './shell.tsx';

const root = createRootRoute({ notFoundComponent: NoSuchPage });
const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: LoginPage,
  validateSearch: loginSearch,
});
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: demandSession,
  errorComponent: ShellFailed,
});
const parent = { getParentRoute: () => shell } as const;

const overview = createRoute({ ...parent, path: '/', component: OverviewPage });
const orders = createRoute({ ...parent, path: '/orders', component: OrdersPage, validateSearch: listSearch });
const order = createRoute({ ...parent, path: '/orders/$id', component: OrderPage });
const products = createRoute({ ...parent, path: '/products', component: ProductsPage, validateSearch: listSearch });
const product = createRoute({ ...parent, path: '/products/$id', component: ProductPage });
const imports = createRoute({ ...parent, path: '/imports', component: ImportsPage });
const oneImport = createRoute({ ...parent, path: '/imports/$id', component: ImportPage });
const listings = createRoute({ ...parent, path: '/listings', component: ListingsPage, validateSearch: listingSearch });
const listing = createRoute({ ...parent, path: '/listings/$id', component: ListingPage });
const table = { ...parent, validateSearch: tableSearch } as const;
/** The grid is a good part of everything: it is loaded when somebody opens a table. */
const tableOf = (name: 'Products' | 'Listings' | 'Orders' | 'Prices' | 'Stock') =>
  lazyRouteComponent(() => import('../pages/tables/table-pages.tsx'), `${name}Table`);
const productTable = createRoute({ ...table, path: '/products/table', component: tableOf('Products') });
const listingTable = createRoute({ ...table, path: '/listings/table', component: tableOf('Listings') });
const orderTable = createRoute({ ...table, path: '/orders/table', component: tableOf('Orders') });
const prices = createRoute({ ...table, path: '/prices', component: tableOf('Prices') });
const stock = createRoute({ ...table, path: '/stock', component: tableOf('Stock') });
const mapping = createRoute({ ...parent, path: '/mapping', component: MappingPage, validateSearch: listSearch });
const translations = createRoute({
  ...parent,
  path: '/translations',
  component: TranslationsPage,
  validateSearch: listSearch,
});
const rules = createRoute({ ...parent, path: '/rules', component: RulesPage });
const drift = createRoute({ ...parent, path: '/drift', component: DriftPage });
const problems = createRoute({ ...parent, path: '/problems', component: ProblemsPage, validateSearch: listSearch });
const incidents = createRoute({ ...parent, path: '/incidents', component: IncidentsPage });
const incident = createRoute({ ...parent, path: '/incidents/$id', component: IncidentPage });
const connections = createRoute({ ...parent, path: '/connections', component: ConnectionsPage });
const connection = createRoute({ ...parent, path: '/connections/$id', component: ConnectionPage });
const brands = createRoute({ ...parent, path: '/brands', component: BrandsPage });
const brand = createRoute({ ...parent, path: '/brands/$id', component: BrandPage });
const rates = createRoute({ ...parent, path: '/rates', component: RatesPage });
const consignments = createRoute({
  ...parent,
  path: '/consignments',
  component: ConsignmentsPage,
  validateSearch: listSearch,
});
const consignment = createRoute({ ...parent, path: '/consignments/$id', component: ConsignmentPage });
const freight = createRoute({ ...parent, path: '/freight', component: FreightPage });
const returns = createRoute({ ...parent, path: '/returns', component: ReturnsPage, validateSearch: listSearch });
const oneReturn = createRoute({ ...parent, path: '/returns/$id', component: OneReturn });
const mails = createRoute({ ...parent, path: '/mails', component: MailsPage, validateSearch: listSearch });
const mail = createRoute({ ...parent, path: '/mails/$id', component: MailPage });
const caughtMail = createRoute({ ...parent, path: '/caught-mails/$id', component: CaughtMailPage });
const machines = createRoute({ ...parent, path: '/machines', component: MachinesPage });
const machine = createRoute({ ...parent, path: '/machines/$name', component: MachinePage });

const routeTree = root.addChildren([
  login,
  shell.addChildren([
    overview,
    orders,
    order,
    products,
    product,
    imports,
    oneImport,
    listings,
    listing,
    productTable,
    listingTable,
    orderTable,
    prices,
    stock,
    mapping,
    translations,
    rules,
    drift,
    problems,
    incidents,
    incident,
    brands,
    brand,
    connections,
    connection,
    rates,
    consignments,
    consignment,
    freight,
    returns,
    oneReturn,
    mails,
    mail,
    caughtMail,
    machines,
    machine,
  ]),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultErrorComponent: Crash,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
