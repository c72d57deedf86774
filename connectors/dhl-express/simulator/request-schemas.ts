import { bookedPackage, exportDeclaration, outputImageProperties } from './booking-schemas.ts';
import {
  account,
  amount,
  closeTime,
  contact,
  country,
  currency,
  dateTime,
  flag,
  INCOTERMS,
  instructions,
  party,
  plainAddress,
  plainParty,
  rateAddress,
  ratePackage,
  reference,
  service,
  system,
} from './field-schemas.ts';
import { list, object, oneOf, text } from './schema.ts';

/**
 * Bodies of MyDHL API 3.1.1 as far as this simulator takes them; sub-objects that nobody here uses are left out and so
 * refused as unknown keys. `dimensions` of a package is required here, as the project's reference table says (the
 * published file requires the weight only).
 */

/** Body of `POST /shipments`. */
export const SHIPMENT_REQUEST = object({
  '*plannedShippingDateAndTime': dateTime,
  '*pickup': object({
    '*isRequested': flag,
    closeTime,
    location: text(80, 0),
    specialInstructions: instructions,
    pickupDetails: party,
    pickupRequestorDetails: party,
  }),
  '*productCode': text(6),
  localProductCode: text(3),
  getRateEstimates: flag,
  '*accounts': list(account, 3, 1),
  valueAddedServices: list(service, 99),
  outputImageProperties,
  customerReferences: list(reference, 999),
  identifiers: list(object({ '*typeCode': text(20), '*value': text(40), dataIdentifier: text(10) }), 5),
  '*customerDetails': object({
    '*shipperDetails': party,
    '*receiverDetails': party,
    ...Object.fromEntries(
      ['buyer', 'importer', 'exporter', 'seller', 'payer'].map((role) => [`${role}Details`, party]),
    ),
  }),
  '*content': object({
    '*packages': list(bookedPackage, 999, 1),
    areMorePackagesToBeAddedLater: flag,
    '*isCustomsDeclarable': flag,
    declaredValue: amount,
    declaredValueCurrency: currency,
    exportDeclaration,
    '*description': { type: 'string', min: 1, max: 70, pattern: /^\S/ },
    USFilingTypeValue: text(20),
    '*incoterm': INCOTERMS,
    '*unitOfMeasurement': system,
  }),
  requestOndemandDeliveryURL: flag,
  getTransliteratedResponse: flag,
  estimatedDeliveryDate: object({ '*isRequested': flag, typeCode: oneOf('QDDC', 'QDDF') }),
  getAdditionalInformation: list(object({ typeCode: text(40), '*isRequested': flag }), 5),
  parentShipment: object({ productCode: text(1), packagesCount: { type: 'number', isInteger: true, min: 1 } }),
});

/** Body of `POST /rates`. */
export const RATE_REQUEST = object({
  '*customerDetails': object({ '*shipperDetails': rateAddress, '*receiverDetails': rateAddress }),
  accounts: list(account, 2),
  productCode: text(6),
  localProductCode: text(3),
  valueAddedServices: list(service, 99),
  productsAndServices: list(
    object({ '*productCode': text(6), localProductCode: text(3), valueAddedServices: list(service, 99) }),
    99,
  ),
  payerCountryCode: country,
  '*plannedShippingDateAndTime': dateTime,
  '*unitOfMeasurement': system,
  '*isCustomsDeclarable': flag,
  monetaryAmount: list(
    object({ '*typeCode': oneOf('declaredValue', 'insuredValue'), '*value': amount, '*currency': currency }),
    9,
  ),
  requestAllValueAddedServices: flag,
  estimatedDeliveryDate: object({ isRequested: flag, typeCode: oneOf('QDDC', 'QDDF') }),
  getAdditionalInformation: list(object({ typeCode: text(40), '*isRequested': flag }), 3),
  returnStandardProductsOnly: flag,
  nextBusinessDay: flag,
  productTypeCode: oneOf('all', 'dayDefinite', 'timeDefinite'),
  '*packages': list(ratePackage, 999, 1),
});

/** Body of `POST /pickups`. */
export const PICKUP_REQUEST = object({
  '*plannedPickupDateAndTime': dateTime,
  closeTime,
  location: text(80, 0),
  locationType: oneOf('business', 'residence'),
  '*accounts': list(account, 5, 1),
  specialInstructions: instructions,
  remark: text(1000, 0),
  '*customerDetails': object({
    '*shipperDetails': plainParty,
    receiverDetails: plainParty,
    bookingRequestorDetails: object({ postalAddress: plainAddress, '*contactInformation': contact }),
    pickupDetails: plainParty,
  }),
  '*shipmentDetails': list(
    object({
      '*productCode': text(6),
      localProductCode: text(3),
      accounts: list(account, 5),
      valueAddedServices: list(service, 99),
      '*isCustomsDeclarable': flag,
      declaredValue: amount,
      declaredValueCurrency: currency,
      '*unitOfMeasurement': system,
      shipmentTrackingNumber: text(20, 0),
      '*packages': list(ratePackage, 999, 1),
    }),
    999,
    1,
  ),
});
