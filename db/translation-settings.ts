import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

export interface TranslationSettings {
  readonly sourceLanguage: string;
  /** A translation that nobody approved: blocks the listing, or is used with a warning. */
  readonly unapproved: 'block' | 'warn';
  /** Characters that a machine may translate for the brand in a calendar month (UTC). */
  readonly monthlyCharacters: number;
}

export const defaultSettings: TranslationSettings = {
  sourceLanguage: 'en',
  unapproved: 'warn',
  monthlyCharacters: 500_000,
};

/** The settings of brands; a brand without any has the defaults. */
export async function settingsOf(
  trx: Tx,
  brandIds: readonly string[],
): Promise<(brandId: string) => TranslationSettings> {
  const rows: (TranslationSettings & { brand_id: string })[] = await trx('translation_settings')
    .whereIn('brand_id', [...brandIds])
    .select('brand_id', 'source_language as sourceLanguage', 'unapproved', 'monthly_characters as monthlyCharacters');
  const known = new Map(rows.map(({ brand_id, ...settings }) => [brand_id, settings]));
  return (brandId) => known.get(brandId) ?? defaultSettings;
}

export async function saveSettings(
  trx: Tx,
  brandId: string,
  settings: TranslationSettings,
  command: Command,
): Promise<void> {
  await trx('translation_settings')
    .insert({
      brand_id: brandId,
      source_language: settings.sourceLanguage,
      unapproved: settings.unapproved,
      monthly_characters: settings.monthlyCharacters,
      updated_by: command.actor,
      updated_at: command.at,
    })
    .onConflict('brand_id')
    .merge();
}
