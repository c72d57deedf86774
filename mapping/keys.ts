import { cleanText } from '../cleaning/text.ts';

/** What is mapped: a category, an attribute's name, or one value of an attribute. */
export type MappingKind = 'category' | 'attribute' | 'value';

const plain = (text: string): string => cleanText(text).toLowerCase().slice(0, 300);

/** The brand's word for something, as mappings are looked up by it. */
export const categoryKey = (path: string): string => plain(path);
export const attributeKey = (name: string): string => plain(name);
export const valueKey = (name: string, value: string): string => `${plain(name)}=${plain(value)}`;
