/** Answers in the shapes of DHL's samples, used by the unit tests; the prices are those of the rates sample. */
export const pdf = Buffer.from('%PDF-1.4 label').toString('base64');

export const bookedAnswer = {
  shipmentTrackingNumber: '1234567890',
  trackingUrl: 'https://example.test/shipments/1234567890/tracking',
  packages: [
    { referenceNumber: 2, trackingNumber: 'JD01B' },
    { referenceNumber: 1, trackingNumber: 'JD01A' },
  ],
  documents: [
    { imageFormat: 'PDF', content: pdf, typeCode: 'label' },
    { imageFormat: 'PDF', content: pdf, typeCode: 'label' },
    { imageFormat: 'PDF', content: pdf, typeCode: 'invoice' },
    { imageFormat: 'PDF', content: pdf, typeCode: 'qr-code' },
  ],
  shipmentCharges: [
    {
      currencyType: 'BILLC',
      priceCurrency: 'GBP',
      price: 157.68,
      serviceBreakdown: [
        { name: 'EXPRESS WORLDWIDE', price: 130, typeCode: 'EXPRESS WORLDWIDE' },
        { name: 'FUEL SURCHARGE', price: 27.68, typeCode: 'FF' },
      ],
    },
  ],
  warnings: ['The pick-up is not booked'],
};

export const ratedProduct = {
  productName: 'EXPRESS WORLDWIDE',
  productCode: 'P',
  totalPrice: [
    { currencyType: 'PULCL', priceCurrency: 'USD', price: 999 },
    { currencyType: 'BILLC', priceCurrency: 'GBP', price: 157.95 },
  ],
  detailedPriceBreakdown: [
    {
      currencyType: 'BILLC',
      priceCurrency: 'GBP',
      breakdown: [
        { name: 'EXPRESS WORLDWIDE', price: 130 },
        { name: 'EMERGENCY SITUATION', serviceCode: 'CR', serviceTypeCode: 'SCH', price: 0.27 },
        { name: 'FUEL SURCHARGE', serviceCode: 'FF', serviceTypeCode: 'SCH', price: 27.68 },
        { name: 'SATURDAY DELIVERY', serviceCode: 'AA', serviceTypeCode: 'XCH', price: null },
      ],
    },
  ],
  deliveryCapabilities: { estimatedDeliveryDateAndTime: '2026-11-25T12:00:00' },
};

export const trackedShipment = {
  shipmentTrackingNumber: '1234567890',
  status: 'Success',
  shipperReferences: [{ value: 'R1', typeCode: 'CU' }],
  events: [
    {
      date: '2026-11-22',
      time: '13:06:00',
      GMTOffset: '+10:00',
      typeCode: 'PU',
      description: 'Shipment picked up',
      serviceArea: [{ code: 'BNE', description: 'Brisbane-AU' }],
    },
  ],
  pieces: [{ number: 1, trackingNumber: 'JD01A', events: [], shipperReferences: [{ value: 'R1', typeCode: 'CU' }] }],
};
