import { amount, country, currency, dimensions, flag, REASONS, reference, UNITS, weight } from './field-schemas.ts';
import { list, object, oneOf, text } from './schema.ts';

/** The larger parts of a booking's body. */

const lineItem = object({
  '*number': { type: 'number', isInteger: true, min: 1, max: 999 },
  '*description': text(512),
  '*price': amount,
  '*quantity': object({
    '*value': { type: 'number', isInteger: true, min: 1, max: 1_000_000_000 },
    '*unitOfMeasurement': UNITS,
  }),
  commodityCodes: list(object({ '*typeCode': oneOf('outbound', 'inbound'), '*value': text(18, 2) }), 2),
  exportReasonType: REASONS,
  '*manufacturerCountry': country,
  '*weight': object({ netValue: amount, grossValue: amount }),
  isTaxesPaid: flag,
  additionalInformation: list(text(1000, 0), 8, 1),
  customerReferences: list(object({ '*typeCode': text(3), '*value': text(35) }), 100),
  customsDocuments: list(object({ '*typeCode': text(3), '*value': text(35) }), 50),
  preCalculatedLineItemTotalValue: amount,
});
const invoice = object({
  '*number': text(35),
  '*date': { type: 'string', max: 35, pattern: /^\d{4}-\d{2}-\d{2}$/ },
  signatureName: text(35, 0),
  signatureTitle: text(35, 0),
  customerReferences: list(object({ '*typeCode': text(3), '*value': text(35) }), 100),
  indicativeCustomsValues: object({ importCustomsDutyValue: amount, importTaxesValue: amount }),
  preCalculatedTotalValues: object({
    '*preCalculatedTotalGoodsValue': amount,
    '*preCalculatedTotalInvoiceValue': amount,
  }),
});
export const exportDeclaration = object({
  '*lineItems': list(lineItem, 999, 1),
  invoice,
  remarks: list(object({ '*value': text(1000, 0) }), 3),
  additionalCharges: list(object({ '*value': amount, caption: text(100, 0), '*typeCode': text(30) }), 5),
  placeOfIncoterm: text(256),
  exportReference: text(40, 0),
  exportReason: text(30),
  exportReasonType: REASONS,
  shipmentType: oneOf('personal', 'commercial'),
  declarationNotes: list(object({ '*value': text(700, 0) }), 3),
  payerVATNumber: text(100, 0),
  recipientReference: text(100, 0),
  packageMarks: text(1000, 0),
});
export const bookedPackage = object({
  typeCode: text(3, 2),
  '*weight': weight,
  '*dimensions': dimensions,
  customerReferences: list(reference, 99, 1),
  description: text(70),
  labelBarcodes: list(
    object({
      '*position': oneOf('left', 'right'),
      '*symbologyCode': oneOf('93', '39', '128'),
      '*content': text(100),
      '*textBelowBarcode': text(100, 0),
    }),
    2,
  ),
  labelText: list(
    object({
      '*position': oneOf('left1', 'left2', 'left3', 'right1', 'right2', 'right3'),
      '*caption': text(20, 0),
      '*value': text(40, 0),
    }),
    6,
  ),
  labelDescription: text(80),
  referenceNumber: { type: 'number', min: 1, max: 999 },
});
export const outputImageProperties = object({
  printerDPI: { type: 'number', values: [200, 300] },
  encodingFormat: oneOf('pdf', 'zpl', 'lp2', 'epl'),
  imageOptions: list(
    object({
      '*typeCode': oneOf('label', 'waybillDoc', 'invoice', 'qr-code', 'shipmentReceipt'),
      templateName: text(25, 0),
      isRequested: flag,
      hideAccountNumber: flag,
      numberOfCopies: { type: 'number', min: 1, max: 2 },
      invoiceType: oneOf('commercial', 'proforma', 'returns'),
      languageCode: currency,
      languageCountryCode: country,
      encodingFormat: oneOf('png'),
      renderDHLLogo: flag,
      fitLabelsToA4: flag,
      labelFreeText: text(150, 0),
      labelCustomerDataText: text(250),
    }),
    20,
  ),
  splitTransportAndWaybillDocLabels: flag,
  allDocumentsInOneImage: flag,
  splitDocumentsByPages: flag,
  splitInvoiceAndReceipt: flag,
  receiptAndLabelsInOneImage: flag,
});
