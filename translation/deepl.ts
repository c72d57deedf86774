import {
  AuthorizationError,
  ConnectionError,
  QuotaExceededError,
  type TargetLanguageCode,
  TooManyRequestsError,
  Translator,
} from 'deepl-node';
import { ConnectorError } from '../connectors/errors.ts';
import { isLanguage, type Language } from './languages.ts';
import type { TranslationProvider } from './provider.ts';

/** DeepL's limit of texts in one call. */
const maxTexts = 50;
const defaultTimeoutMs = 30_000;
/** DeepL names no waiting time with 429; its own client begins with a second. */
const throttleWaitMs = 2_000;

export interface DeeplOptions {
  readonly apiKey: string;
  /** Absent: DeepL's own server for this kind of key. */
  readonly serverUrl?: string | undefined;
  readonly timeoutMs?: number;
}

/** DeepL (API v2) through its own client, without that client's retries: repeating is the workflows' business. */
export function createDeeplProvider({
  apiKey,
  serverUrl,
  timeoutMs = defaultTimeoutMs,
}: DeeplOptions): TranslationProvider {
  const translator = new Translator(apiKey, {
    ...(serverUrl ? { serverUrl } : {}),
    maxRetries: 0,
    minTimeout: timeoutMs,
    sendPlatformInfo: false,
  });
  return {
    name: 'DeepL',
    maxTexts,
    async translate({ texts, from, to, format }) {
      if (texts.length > maxTexts) {
        throw new ConnectorError('Rejected', `DeepL takes at most ${maxTexts} texts at once, not ${texts.length}`);
      }
      const answers = await outside(() =>
        translator.translateText([...texts], known(from), targetCode(known(to)), {
          tagHandling: format,
          preserveFormatting: true,
          ...(format === 'xml' ? { ignoreTags: 'keep', outlineDetection: false } : {}),
        }),
      );
      if (answers.length !== texts.length) {
        throw new ConnectorError('Unavailable', `DeepL answered ${answers.length} of ${texts.length} texts`);
      }
      return {
        texts: answers.map(({ text }) => text),
        characters: answers.reduce((sum, { billedCharacters }) => sum + (billedCharacters || 0), 0),
      };
    },
    async usage() {
      const { character } = await outside(() => translator.getUsage());
      return { characters: character?.count ?? 0, limit: character?.limit ?? null };
    },
  };
}

function known(code: string): Language {
  if (isLanguage(code)) return code;
  throw new ConnectorError('Rejected', `the language ${code} is not known`, { remedy: 'Choose another language.' });
}

/** As targets, DeepL wants English and Chinese with their region or script. */
function targetCode(language: Language): TargetLanguageCode {
  if (language === 'en') return 'en-GB';
  return language === 'zh' ? 'zh-HANS' : language;
}

/** The client's errors as the connectors' kinds, so that they are retried and shown like every outside system's. */
async function outside<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw toConnectorError(error);
  }
}

function toConnectorError(error: unknown): ConnectorError {
  const message = `DeepL: ${error instanceof Error ? error.message : String(error)}`;
  if (error instanceof AuthorizationError) {
    const remedy = 'Set DEEPL_API_KEY to a key of your DeepL account; keys of free accounts end with “:fx”.';
    return new ConnectorError('Unauthorized', message, { status: 403, remedy, cause: error });
  }
  if (error instanceof QuotaExceededError) {
    const remedy =
      'Raise the limit of the DeepL account or wait for its next billing period; people can translate meanwhile.';
    return new ConnectorError('Rejected', message, { status: 456, code: 'QuotaExceeded', remedy, cause: error });
  }
  if (error instanceof TooManyRequestsError) {
    return new ConnectorError('RateLimited', message, { status: 429, retryAfterMs: throttleWaitMs, cause: error });
  }
  if (error instanceof ConnectionError) return new ConnectorError('Unavailable', message, { cause: error });
  // Other statuses have no class of their own; the client names them in its message.
  const away = /Service unavailable|status code: 5\d\d|Error parsing response JSON/.test(message);
  return new ConnectorError(away ? 'Unavailable' : 'Rejected', message, { cause: error });
}
