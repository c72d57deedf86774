/** Languages that products are written in or sold in; ISO 639-1. */
export const languages = {
  en: 'English',
  id: 'Indonesian',
  th: 'Thai',
  vi: 'Vietnamese',
  ms: 'Malay',
  tl: 'Tagalog',
  zh: 'Chinese',
  ja: 'Japanese',
  ko: 'Korean',
  de: 'German',
  fr: 'French',
  es: 'Spanish',
  it: 'Italian',
  nl: 'Dutch',
} as const;
export type Language = keyof typeof languages;

export const isLanguage = (code: string): code is Language => Object.hasOwn(languages, code);
export const languageName = (code: string): string => (isLanguage(code) ? languages[code] : code);
