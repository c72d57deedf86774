import { type Static, Type } from '@sinclair/typebox';
import { id, maybe, text, userErrors } from './shapes.ts';

const begun = Type.Object({ bulkOperation: maybe(Type.Object({ id, status: text })), userErrors });

export const bulkStateSchema = Type.Object({
  id,
  status: text,
  errorCode: maybe(text),
  objectCount: text,
  fileSize: maybe(text),
  url: maybe(text),
  partialDataUrl: maybe(text),
  completedAt: maybe(text),
});
export type BulkState = Static<typeof bulkStateSchema>;

/** The shapes of `data`, one for each operation of `operations-bulk.ts`. */
export const bulkAnswers = {
  bulkRead: Type.Object({ bulkOperationRunQuery: begun }),
  bulkWrite: Type.Object({ bulkOperationRunMutation: begun }),
  bulkState: Type.Object({ bulkOperation: maybe(bulkStateSchema) }),
  stageUpload: Type.Object({
    stagedUploadsCreate: Type.Object({
      stagedTargets: maybe(
        Type.Array(
          Type.Object({
            url: maybe(text),
            resourceUrl: maybe(text),
            parameters: Type.Array(Type.Object({ name: text, value: text })),
          }),
        ),
      ),
      userErrors,
    }),
  }),
} as const;
