import { list, object, oneOf, type Schema, text } from './schema.ts';

/** Fields and objects that several request bodies share, as MyDHL API 3.1.1 limits them. */

export const flag: Schema = { type: 'boolean' };
export const amount: Schema = { type: 'number', min: 0, max: 999_999_999_999_999, step: 0.001 };
const measure: Schema = { type: 'number', min: 0.001, max: 9_999_999, step: 0.001 };
export const country = text(2, 2);
export const currency = text(3, 3);
export const dateTime = text(29);
export const REASONS = oneOf(
  ...['permanent', 'temporary', 'return', 'used_exhibition_goods_to_origin', 'intercompany_use'],
  ...['commercial_purpose_or_sale', 'personal_belongings_or_personal_use', 'sample', 'gift', 'return_to_origin'],
  ...['warranty_replacement', 'diplomatic_goods', 'defence_material'],
);
export const INCOTERMS = oneOf(
  ...['EXW', 'FCA', 'CPT', 'CIP', 'DPU', 'DAP', 'DDP', 'FAS', 'FOB', 'CFR', 'CIF', 'DAF', 'DAT', 'DDU', 'DEQ', 'DES'],
);
export const UNITS = oneOf(
  ...[
    'BOX',
    '2GM',
    'M3',
    'DPR',
    'DOZ',
    'PCS',
    'GM',
    'GRS',
    'KG',
    'M',
    '3GM',
    'X',
    'NO',
    'PRS',
    'CM2',
    '2M2',
    '3M2',
    'M2',
  ],
  ...[
    '4M2',
    'CM',
    'CONE',
    'CT',
    'EA',
    'LBS',
    'RILL',
    'ROLL',
    'SET',
    'TU',
    'KM',
    'IN',
    'FT',
    'YD',
    'MI',
    'LTR',
    'LB',
    'ONZ',
  ],
);
const REFERENCE_TYPES = oneOf(
  ...['AAO', 'CU', 'FF', 'FN', 'IBC', 'LLR', 'OBC', 'PRN', 'ACP', 'ACS', 'ACR', 'CDN', 'STD', 'CO'],
);
export const system = oneOf('metric', 'imperial');
export const account = object({ '*typeCode': oneOf('shipper', 'payer', 'duties-taxes'), '*number': text(12) });
export const reference = object({ '*value': text(35), typeCode: REFERENCE_TYPES });
export const dimensions = object({ '*length': measure, '*width': measure, '*height': measure });
export const weight: Schema = { type: 'number', min: 0.001, max: 999_999_999_999, step: 0.001 };
const addressKeys = {
  '*postalCode': text(12, 0),
  '*cityName': text(45),
  '*countryCode': country,
  provinceCode: text(35, 2),
  addressLine2: text(45),
  addressLine3: text(45),
  countyName: text(45),
};
export const rateAddress = object({ ...addressKeys, addressLine1: text(45) });
/** The pickup call's address: it refuses `countryName`, which a booking takes. */
export const plainAddress = object({ ...addressKeys, '*addressLine1': text(45) });
const bookingAddress = object({
  ...addressKeys,
  '*addressLine1': text(45),
  provinceName: text(35),
  countryName: text(35),
});
export const contact = object({
  '*phone': text(70),
  '*companyName': text(100),
  '*fullName': text(255),
  email: text(70),
  mobilePhone: text(70),
});
const registrationNumber = object({ '*typeCode': text(3), '*number': text(35), '*issuerCountryCode': country });
export const party = object({
  '*postalAddress': bookingAddress,
  '*contactInformation': contact,
  registrationNumbers: list(registrationNumber, 50),
  typeCode: oneOf('business', 'direct_consumer', 'government', 'other', 'private', 'reseller'),
});
export const plainParty = object({ '*postalAddress': plainAddress, '*contactInformation': contact });
export const instructions = list(object({ '*value': text(80, 0), typeCode: text(3, 2) }), 4);
export const closeTime: Schema = { type: 'string', max: 5, pattern: /^([0-1][0-9]|2[0-3]):[0-5][0-9]$/ };
export const service = object({ '*serviceCode': text(3), value: amount, currency, method: oneOf('cash') });
export const ratePackage = object({ typeCode: text(3, 3), '*weight': weight, dimensions });
