import { platformLabelPdf } from '../../simulator-kit/drawing.ts';

/** The marketplace's waybill of an order, with the airway bill as its code. */
export const waybillPdf = (expressNo: string, orderId: number, createdAt: Date): Promise<Buffer> =>
  platformLabelPdf({ courier: 'J-EXPRESS', subject: `Order ${orderId}`, number: expressNo, createdAt });
