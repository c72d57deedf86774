import {
  Router,
  type RunningSimulator,
  type SimulatorOptions,
  type SimulatorTools,
  startSimulator,
  type VendorAnswer,
  type VendorRequest,
} from '../../connectors/simulator-kit/index.ts';
import type { ControlHandler } from '../../connectors/simulator-kit/types.ts';
import { translate } from './words.ts';

export interface DeeplOptions {
  readonly apiKey: string;
  /** Characters of a billing period; default 500 000, as free accounts have it. */
  readonly characterLimit?: number;
}

export const demoKey = 'demo-key:fx';

const maxTexts = 50;
const maxBodyBytes = 128 * 1024;
const targets = new Set([
  'ID',
  'TH',
  'VI',
  'MS',
  'TL',
  'EN-GB',
  'EN-US',
  'ZH-HANS',
  'ZH',
  'JA',
  'KO',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
]);

/** Starts a simulator of DeepL's API v2: `/v2/translate` and `/v2/usage`; see the README beside this file. */
export function startDeeplSimulator(options: SimulatorOptions & DeeplOptions): Promise<RunningSimulator> {
  return startSimulator('deepl', options, (tools) => definitionOf(tools, options));
}

interface State {
  characters: number;
  limit: number;
  /** What was asked, newest last: counts, no texts. */
  calls: { texts: number; characters: number; to: string }[];
}

function definitionOf(tools: SimulatorTools, options: DeeplOptions) {
  const fresh = (): State => ({ characters: 0, limit: options.characterLimit ?? 500_000, calls: [] });
  let state = fresh();
  const refused = (status: number, message: string): VendorAnswer => ({ status, body: { message } });

  const serve = (request: VendorRequest): VendorAnswer => {
    if (request.headers.authorization !== `DeepL-Auth-Key ${options.apiKey}`) return { status: 403, body: '' };
    if (request.path === '/v2/usage') {
      return { status: 200, body: { character_count: state.characters, character_limit: state.limit } };
    }
    if (request.path !== '/v2/translate') return refused(404, 'Not Found');
    if (request.method !== 'POST') return refused(405, 'Method Not Allowed');
    if (request.body.length > maxBodyBytes) return refused(413, 'Request Entity Too Large');
    return translated(request);
  };

  const translated = (request: VendorRequest): VendorAnswer => {
    const asked = readBody(request);
    if (typeof asked === 'string') return refused(400, asked);
    const characters = asked.texts.reduce((sum, text) => sum + [...text.replace(/<[^>]*>/g, '')].length, 0);
    if (state.characters + characters > state.limit) return refused(456, 'Quota Exceeded');
    state.characters += characters;
    state.calls.push({ texts: asked.texts.length, characters, to: asked.to });
    tools.changed();
    return {
      status: 200,
      summary: `${asked.texts.length} texts to ${asked.to}`,
      body: {
        translations: asked.texts.map((text) => ({
          detected_source_language: asked.from ?? 'EN',
          text: translate(text, asked.to, asked.tags, asked.ignore),
          ...(asked.billed ? { billed_characters: [...text.replace(/<[^>]*>/g, '')].length } : {}),
        })),
      },
    };
  };

  return {
    operation: ({ path }: VendorRequest) => path.replace('/v2/', ''),
    handle: serve,
    throttled: () => refused(429, 'Too many requests'),
    failed: () => refused(500, 'Internal Server Error'),
    controls: new Router<ControlHandler>().on('POST', '/limit/:characters', 'limit', ({ params }) => {
      state.limit = Number(params.characters);
      return { limit: state.limit };
    }),
    state: () => state,
    reset: () => {
      state = fresh();
    },
    save: () => state,
    load: (saved: unknown) => {
      state = saved as State;
    },
  };
}

interface Asked {
  texts: string[];
  from: string | null;
  to: string;
  tags: 'xml' | 'html' | null;
  ignore: string[];
  billed: boolean;
}

/** Reads a form or JSON body; a text says what is wrong with it. */
function readBody({ headers, body }: VendorRequest): Asked | string {
  const fields = new Map<string, string[]>();
  if (headers['content-type']?.startsWith('application/json')) {
    try {
      for (const [name, value] of Object.entries(JSON.parse(body.toString('utf8')) as Record<string, unknown>)) {
        fields.set(name, (Array.isArray(value) ? value : [value]).map(String));
      }
    } catch (error) {
      if (error instanceof SyntaxError) return 'Bad request. Reason: JSON parsing failed.';
      throw error;
    }
  } else {
    for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
      fields.set(name, [...(fields.get(name) ?? []), value]);
    }
  }
  const one = (name: string): string | null => fields.get(name)?.[0] ?? null;
  const texts = fields.get('text') ?? [];
  const to = one('target_lang')?.toUpperCase() ?? '';
  const tags = one('tag_handling');
  if (to === '') return "Value for 'target_lang' not supported.";
  if (!targets.has(to)) return `Value for 'target_lang' not supported: ${to}`;
  if (texts.length === 0) return "Parameter 'text' not specified.";
  if (texts.length > maxTexts) return 'Too many texts in request.';
  if (tags !== null && tags !== 'xml' && tags !== 'html') return "Value for 'tag_handling' not supported.";
  if (tags === 'xml' && texts.some((text) => !balanced(text)))
    return 'Tag handling parsing failed, please check input.';
  return {
    texts,
    from: one('source_lang')?.toUpperCase() ?? null,
    to,
    tags,
    ignore: (one('ignore_tags') ?? '').split(',').filter(Boolean),
    billed: one('show_billed_characters') === '1' || one('show_billed_characters') === 'true',
  };
}

/** Every element that is opened is closed, in order, and no bare `&` or `<` stands in the text. */
function balanced(xml: string): boolean {
  const open: string[] = [];
  for (const [, closing, name = '', self] of xml.matchAll(/<(\/?)([A-Za-z][\w.-]*)[^>]*?(\/?)>/g)) {
    if (self === '/') continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0 && !/&(?!(#\d+|#x[\da-f]+|\w+);)/i.test(xml);
}
