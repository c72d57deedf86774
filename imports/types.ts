/** How the bytes of a part of a file stand for text. */
export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A part of a file in one encoding. Byte offsets count from 0, `to` is not part of it; lines count from 1. */
export interface Segment {
  encoding: Encoding;
  from: number;
  to: number;
  firstLine: number;
  lastLine: number;
  /** 0 to 1; 1 = a byte order mark, or nothing that could be read in two ways. */
  confidence: number;
  evidence: string;
}

/** How the fields of a record are told apart. */
export interface Dialect {
  readonly separator: ',' | ';' | '\t' | '|';
  readonly quote: '"' | "'";
}

/** What a column of the file means here. `image` and `attribute` may stand for several columns. */
export const fields = [
  'sku',
  'parent',
  'title',
  'description',
  'category',
  'price',
  'salePrice',
  'currency',
  'stock',
  'barcode',
  'weight',
  'length',
  'width',
  'height',
  'image',
  'hsCode',
  'origin',
  'size',
  'colour',
  'attribute',
] as const;
export type Field = (typeof fields)[number];

/** Where the meaning of a column comes from. */
export type MappingSource = 'person' | 'remembered' | 'synonym' | 'similar' | 'values' | 'none';

export interface ColumnMapping {
  readonly index: number;
  readonly header: string;
  /** Null = the column is not read. */
  readonly field: Field | null;
  /** 0 to 1. */
  readonly confidence: number;
  readonly source: MappingSource;
  /** Why a person should look at it; null where nothing is doubtful. */
  readonly doubt: string | null;
}

export interface Finding {
  readonly code: string;
  readonly field: string;
  readonly column: string | null;
  readonly value: string | null;
  readonly reason: string;
  readonly remedy: string;
  /** The row cannot be taken over as it is. */
  readonly blocking: boolean;
}

/** A record of the file, cut out but not yet understood. */
export interface RawRecord {
  /** Number of the data record, from 1; the header has none. */
  rowNumber: number;
  /** Line on which it begins, from 1, and how many lines it takes. */
  line: number;
  lineCount: number;
  /** Where its original bytes are in the file. */
  byteFrom: number;
  byteLength: number;
  /** The record as UTF-8 without its line end. */
  text: Buffer;
  /** Its quotes do not pair up; nothing of it can be trusted. */
  isBroken: boolean;
  /** It held NUL bytes, which were taken out. */
  hadNul: boolean;
}
