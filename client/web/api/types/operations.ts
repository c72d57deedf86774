import type { Static } from '@sinclair/typebox';
import type * as schemas from '../../../api/schemas/operations.ts';

export type ProblemRow = Static<typeof schemas.ProblemPage>['rows'][number];
export type ConnectionRow = Static<typeof schemas.ConnectionPage>['rows'][number];
export type ConnectionDetail = Static<typeof schemas.ConnectionDetail>;
export type Budget = ConnectionDetail['budget'];
export type SyncRun = ConnectionDetail['runs'][number];
export type ConnectionReport = Static<typeof schemas.Report>;
export type ConnectionTested = Static<typeof schemas.ConnectionTested>;
export type ConnectorRow = Static<typeof schemas.ConnectorPage>['rows'][number];
export type Accepted = Static<typeof schemas.Accepted>;
export type ConsignmentRow = Static<typeof schemas.ConsignmentPage>['rows'][number];
export type ConsignmentDetail = Static<typeof schemas.ConsignmentDetail>;
export type MailRow = Static<typeof schemas.MailPage>['rows'][number];
export type MailDetail = Static<typeof schemas.MailDetail>;
export type CaughtMailRow = Static<typeof schemas.CaughtMailPage>['rows'][number];
export type CaughtMailDetail = Static<typeof schemas.CaughtMailDetail>;
