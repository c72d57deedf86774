import type { Outcome, Phase } from '../../api/types/imports.ts';
import { formatMinor } from '../../ui/format.ts';

export const phaseWords: Record<Phase, string> = {
  uploading: 'on its way',
  mapping: 'waits: what do the columns mean?',
  reading: 'being read',
  preview: 'waits for confirmation',
  applying: 'being applied',
  listing: 'applied; listings follow',
  done: 'done',
  discarded: 'discarded',
  failed: 'failed',
};

/** Phases in which something happens by itself. */
export const busyPhases: readonly Phase[] = ['uploading', 'reading', 'applying', 'listing'];

export const outcomeWords: Record<Outcome, string> = {
  new: 'new',
  changed: 'changed',
  unchanged: 'unchanged',
  duplicate: 'duplicate',
  held: 'held',
  refused: 'refused',
};

export const encodingWords: Record<string, string> = {
  'utf-8': 'UTF-8',
  'utf-8-bom': 'UTF-8 with a byte order mark',
  'utf-16le': 'UTF-16, little end first',
  'utf-16be': 'UTF-16, big end first',
  'windows-1252': 'Windows-1252',
};

export const separatorWords: Record<string, string> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
};

export const number = (value: number): string => value.toLocaleString('en');

export function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 ** 2) return `${Math.round(bytes / 1_024)} KiB`;
  return `${(bytes / 1_024 ** 2).toFixed(1)} MiB`;
}

const fieldWords: Record<string, string> = {
  title: 'title',
  description_html: 'description',
  category: 'category',
  attributes: 'attributes',
  images: 'images',
  option_values: 'options',
  price_minor: 'price',
  sale_price_minor: 'sale price',
  currency: 'currency',
  on_hand: 'stock',
  weight_grams: 'weight (g)',
  length_mm: 'length (mm)',
  width_mm: 'width (mm)',
  height_mm: 'height (mm)',
  barcode: 'barcode',
  hs_code: 'HS code',
  origin_country_code: 'origin',
  gone: 'no longer offered',
};

export const fieldName = (field: string): string => fieldWords[field] ?? field;

/** A value of a change as people read it; amounts in the row's currency. */
export function shown(value: unknown, field = '', currency: string | null = null): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && field.endsWith('_minor')) return formatMinor(value, currency ?? '');
  if (Array.isArray(value)) return value.map(part).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function part(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('url' in value) return String(value.url);
  return 'name' in value && 'value' in value ? `${value.name}: ${value.value}` : JSON.stringify(value);
}
