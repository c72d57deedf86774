const HIDDEN = '[redacted]';
const EXCERPT_CHARACTERS = 500;
/** Bodies are looked at this far: enough for an excerpt whose beginning is full of secrets. */
const LOOKED_AT_CHARACTERS = 8_000;

const secretNames =
  'access_?token|refresh_?token|id_?token|token|pass(?:word|wd)|(?:client_?|app_?|consumer_?)?secret|consumer_?key|api_?key|app_?key|authorization|sign(?:ature)?|oauth_\\w+';
const personNames =
  'first_?name|last_?name|full_?name|company|receiver\\w*|recipient\\w*|consignee\\w*|contact\\w*|customer_?(?:name|note)|buyer\\w*|address\\w*|street\\w*|city|post_?code|postal_?code|zip\\w*|phone\\w*|mobile\\w*|telephone|e?mail\\w*';

/** A JSON member whose string value is to be hidden; the string may be cut off, and the JSON may stand in a string. */
const member = new RegExp(
  `(\\\\?")(${secretNames}|${personNames})\\1(\\s*:\\s*)\\\\?"(?:[^"\\\\]|\\\\[^"]|\\\\"(?!\\s*[,}]))*(?:\\\\?"|$)`,
  'giu',
);
const parameter = new RegExp(`\\b(${secretNames})=[^&\\s"'<>]+`, 'giu');
const patterns: readonly RegExp[] = [
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/giu,
  /\bc[ks]_[A-Za-z0-9]{8,}/gu,
  /\bshp[a-z]{2}_[A-Za-z0-9]{8,}/gu,
  /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu,
  /\+\d[\d\s().-]{7,}\d/gu,
];

/**
 * Takes secrets and buyers' personal data out of a text that may be logged or stored: known secrets in plain, URL and
 * base64 form, values of fields that are named like secrets or like parts of an address, tokens, e-mail addresses and
 * international phone numbers.
 *
 * @param secrets the connection's own secrets; shorter ones than four characters are left alone
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      clean = clean.replaceAll(form, HIDDEN);
    }
  }
  clean = clean.replace(member, `$1$2$1$3"${HIDDEN}"`).replace(parameter, `$1=${HIDDEN}`);
  for (const pattern of patterns) clean = clean.replace(pattern, HIDDEN);
  return clean;
}

/** The beginning of a body for errors: redacted, white space joined, at most 500 characters. */
export function excerpt(body: string, secrets: readonly string[] = []): string {
  const clean = redact(body.slice(0, LOOKED_AT_CHARACTERS), secrets).replace(/\s+/gu, ' ').trim();
  return clean.slice(0, EXCERPT_CHARACTERS);
}
