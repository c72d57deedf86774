import type { Static } from '@sinclair/typebox';
import type * as schemas from '../../../api/schemas/tables.ts';

export type TableName = schemas.TableName;
export type TableColumn = schemas.Column;
export type TableRow = schemas.TableRow;
export type TablePage = schemas.TablePage;
export type EditRow = schemas.EditRow;
export type EditTableAnswer = schemas.EditAnswer;
export type RowOutcome = schemas.RowOutcome;
export type FieldOutcome = schemas.FieldOutcome;
export type EditSummary = Static<typeof schemas.EditSummary>;
export type EditList = Static<typeof schemas.EditList>;
