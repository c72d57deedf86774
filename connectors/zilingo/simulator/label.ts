import { platformLabelPdf } from '../../simulator-kit/drawing.ts';

/** The marketplace's label of a shippable unit. */
export const labelPdf = (trackingNumber: string, unitId: string, createdAt: Date): Promise<Buffer> =>
  platformLabelPdf({ courier: 'ZILINGO SHIPPING', subject: `Unit ${unitId}`, number: trackingNumber, createdAt });
