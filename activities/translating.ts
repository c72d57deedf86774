import { reportProblem, resolveProblem } from '../db/problems.ts';
import { wakeRefining } from '../db/refining-wake.ts';
import type { Command } from '../db/steps.ts';
import {
  addUsage,
  fromMemory,
  glossaryOf,
  keepTranslation,
  markTranslated,
  nearlyEqual,
  type PendingCursor,
  type PendingText,
  pendingTexts,
  remember,
  type Suggestion,
  saveSuggestion,
  usedCharacters,
} from '../db/translation.ts';
import { settingsOf, type TranslationSettings } from '../db/translation-settings.ts';
import { needsTranslation } from '../listings/sources.ts';
import { textHash } from '../translation/memory.ts';
import {
  type GlossaryTerm,
  type Protected,
  protectHtml,
  protectText,
  restoreHtml,
  restoreText,
} from '../translation/protect.ts';
import type { TranslationProvider } from '../translation/provider.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

export interface TranslatedBatch {
  /** Null: nothing is left to look at. */
  readonly next: PendingCursor | null;
  readonly fromMemory: number;
  readonly byMachine: number;
  /** Nobody could translate them: no service, or its characters of the month are used up. */
  readonly waiting: number;
}

const textsAtOnce = 50;
/** Below DeepL's 128 KiB of one body, with room for its form encoding. */
const bytesAtOnce = 40_000;

interface Open {
  readonly pending: PendingText;
  readonly settings: TranslationSettings;
  /** What a similar text was translated to, for want of anything better. */
  readonly fuzzy: Suggestion | null;
}

export function translatingActivities(deps: ActivityDeps) {
  return {
    /** Translates the next texts of an account's listings: from memory, then by machine in one call per kind of text. */
    async translateBatch(connectionId: string, after: PendingCursor | null): Promise<TranslatedBatch> {
      const command = await commandOf(deps, `translate/${connectionId}`);
      const language = await deps.db.tx('staff', async (trx) => {
        const row = await trx('connections').where({ id: connectionId }).first('listing_defaults');
        return row?.listing_defaults.language as string | undefined;
      });
      if (!language) return { next: null, fromMemory: 0, byMachine: 0, waiting: 0 };
      const pending = await deps.db.tx('staff', (trx) =>
        pendingTexts(trx, { connectionId, language, after, limit: textsAtOnce }),
      );
      const { open, remembered } = await takeFromMemory(deps, pending, language, command);
      const provider = deps.translator ?? null;
      const left = provider ? await byMachine(deps, provider, open, language, command) : open;
      await suggestFuzzy(deps, left, language, command);
      const last = pending.at(-1);
      const more = pending.length === textsAtOnce && last !== undefined;
      return {
        next: more ? { productId: last.productId, field: last.field } : null,
        fromMemory: remembered,
        byMachine: open.length - left.length,
        waiting: left.filter(({ fuzzy }) => fuzzy === null).length,
      };
    },
  };
}

async function takeFromMemory(deps: ActivityDeps, pending: readonly PendingText[], language: string, command: Command) {
  return deps.db.tx('staff', async (trx) => {
    const settings = await settingsOf(trx, [...new Set(pending.map(({ brandId }) => brandId))]);
    const open: Open[] = [];
    const done: string[] = [];
    for (const text of pending) {
      const own = settings(text.brandId);
      const from = own.sourceLanguage;
      if (!needsTranslation(text.source, from, language)) continue;
      if (text.known?.sourceHash === textHash(text.source)) {
        await keepTranslation(trx, text);
        continue;
      }
      const found = await fromMemory(trx, { brandId: text.brandId, from, to: language, text: text.source });
      if (found && found.score >= nearlyEqual) {
        await saveSuggestion(trx, { pending: text, from, to: language, suggestion: found.suggestion }, command);
        done.push(text.productId);
      } else open.push({ pending: text, settings: own, fuzzy: found?.suggestion ?? null });
    }
    await announce(trx, done, language, command);
    return { open, remembered: done.length };
  });
}

async function announce(
  trx: Parameters<typeof markTranslated>[0],
  productIds: readonly string[],
  language: string,
  command: Command,
) {
  if (productIds.length === 0) return;
  await markTranslated(trx, { productIds, language }, command);
  await wakeRefining(trx, command);
}

interface Sendable extends Open {
  readonly sent: Protected;
  readonly format: 'xml' | 'html';
}

/** Returns what could not be translated: it was too long, or the brand's characters of the month are used up. */
async function byMachine(
  deps: ActivityDeps,
  provider: TranslationProvider,
  open: readonly Open[],
  language: string,
  command: Command,
): Promise<Open[]> {
  const glossaries = new Map<string, GlossaryTerm[]>();
  for (const brandId of new Set(open.map(({ pending }) => pending.brandId))) {
    glossaries.set(brandId, await deps.db.tx('staff', (trx) => glossaryOf(trx, brandId, language)));
  }
  const affordable = await withinBudget(deps, open, command);
  const sendable = affordable.map((item): Sendable => {
    const terms = glossaries.get(item.pending.brandId) ?? [];
    const html = item.pending.field === 'description';
    const protect = html ? protectHtml : protectText;
    return { ...item, sent: protect(item.pending.source, terms), format: html ? 'html' : 'xml' };
  });
  const groups = Map.groupBy(
    sendable,
    ({ pending, settings, format }) => `${pending.brandId} ${settings.sourceLanguage} ${format}`,
  );
  const translated = new Set<Open['pending']>();
  for (const group of groups.values()) {
    for (const call of callsOf(group, provider.maxTexts)) {
      await translateCall(deps, { provider, call, language }, command);
      for (const { pending } of call) translated.add(pending);
    }
  }
  return open.filter(({ pending }) => !translated.has(pending));
}

/** Texts of one call: not too many, not too many bytes. A single text above that is left to people. */
function callsOf(group: readonly Sendable[], maxTexts: number): Sendable[][] {
  const calls: Sendable[][] = [];
  let bytes = 0;
  for (const item of group) {
    const size = Buffer.byteLength(item.sent.text);
    if (size > bytesAtOnce) continue;
    const last = calls.at(-1);
    if (last && last.length < maxTexts && bytes + size <= bytesAtOnce) {
      last.push(item);
      bytes += size;
    } else {
      calls.push([item]);
      bytes = size;
    }
  }
  return calls;
}

async function translateCall(
  deps: ActivityDeps,
  input: { provider: TranslationProvider; call: readonly Sendable[]; language: string },
  command: Command,
): Promise<void> {
  const { provider, call, language } = input;
  const [first] = call;
  if (!first) return;
  const from = first.settings.sourceLanguage;
  const texts = call.map(({ sent }) => sent.text);
  const answer = await provider.translate({ texts, from, to: language, format: first.format });
  await deps.db.tx('staff', async (trx) => {
    for (const [index, { pending, sent, format }] of call.entries()) {
      const text = answer.texts[index] ?? '';
      const restored = format === 'html' ? restoreHtml(text, sent) : restoreText(text, sent.kept);
      const note = restored.ok ? '' : restored.why;
      const owner = provider.name;
      const suggestion: Suggestion = { text: restored.text, origin: 'machine', status: 'needs-person', owner, note };
      await saveSuggestion(trx, { pending, from, to: language, suggestion }, command);
      if (!restored.ok) continue;
      const { brandId, source } = pending;
      await remember(
        trx,
        { brandId, from, to: language, source, text: restored.text, origin: 'machine', owner },
        command,
      );
    }
    await addUsage(trx, first.pending.brandId, answer.characters, command.at);
    await announce(
      trx,
      call.map(({ pending }) => pending.productId),
      language,
      command,
    );
  });
}

/** The texts that the brands' characters of this month suffice for, in order; what does not fit becomes a problem. */
async function withinBudget(deps: ActivityDeps, open: readonly Open[], command: Command): Promise<Open[]> {
  const brands = Map.groupBy(open, ({ pending }) => pending.brandId);
  const affordable: Open[] = [];
  for (const [brandId, items] of brands) {
    await deps.db.tx('staff', async (trx) => {
      const limit = items[0]?.settings.monthlyCharacters ?? 0;
      let left = limit - (await usedCharacters(trx, brandId, command.at));
      const fitting = items.filter(({ pending }) => {
        const characters = [...pending.source].length;
        if (characters > left) return false;
        left -= characters;
        return true;
      });
      affordable.push(...fitting);
      const causeKey = `translation/${brandId}/budget`;
      if (fitting.length === items.length) return resolveProblem(trx, causeKey, command);
      return reportProblem(
        trx,
        {
          causeKey,
          kind: 'translation-budget',
          severity: 'warning',
          title: 'The month’s characters for machine translation are used up',
          detail: `${items.length - fitting.length} texts wait; ${limit} characters a month are permitted.`,
          remedy:
            'Raise the brand’s monthly characters on the page of translations, translate by hand, or wait for next month.',
          brandId,
        },
        command,
      );
    });
  }
  return affordable;
}

async function suggestFuzzy(
  deps: ActivityDeps,
  left: readonly Open[],
  language: string,
  command: Command,
): Promise<void> {
  await deps.db.tx('staff', async (trx) => {
    const done: string[] = [];
    for (const { pending, settings, fuzzy: suggestion } of left) {
      if (!suggestion) continue;
      await saveSuggestion(trx, { pending, from: settings.sourceLanguage, to: language, suggestion }, command);
      done.push(pending.productId);
    }
    await announce(trx, done, language, command);
  });
}
