import type { Static } from '@sinclair/typebox';
import type * as schemas from '../../../api/schemas/common.ts';
import type * as operations from '../../../api/schemas/operations.ts';
import type { SessionUser } from '../../../api/schemas/session.ts';

// Types only: the server's schemas are the truth, and nothing of them ends up in what the browser loads.

export type Money = Static<typeof schemas.Money>;
export type Ref = schemas.Ref;
export type Allowed = schemas.Allowed;
export type Finding = schemas.Finding;
export type TimelineEntry = schemas.TimelineEntry;
export type StepAnswer = Static<typeof schemas.Stepped>;
export type EditAnswer = schemas.Edited;
export type FieldConflict = Static<typeof schemas.FieldConflict>;
export type BulkAnswer = schemas.BulkAnswer;
export type BulkResult = BulkAnswer['results'][number];
export type User = Static<typeof SessionUser>;

/** One page of a keyset-paged list; `next` goes back to the server as `after`. */
export interface Page<Row> {
  rows: Row[];
  next?: string | null;
  total?: number | null;
}

export type Overview = Static<typeof operations.Overview>;
export type OverviewConnection = Overview['connections'][number];
export type Brand = Static<typeof operations.BrandPage>['rows'][number];
export type MachineChart = Static<typeof operations.MachineDetail>;
export type MachineRow = Static<typeof operations.MachinePage>['rows'][number];
export type ChartEdge = MachineChart['edges'][number];
