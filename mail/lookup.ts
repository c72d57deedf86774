const LOOKUP_TIMEOUT_MS = 10_000;

/**
 * Asks a provider's log for a Message-ID: `GET {lookupUrl}?messageId=…` answering
 * `{"messages": [{"messageId": …}, …]}`. User and password in the URL become basic authentication.
 *
 * @returns `null` when the log gives no usable answer: then nothing is known
 */
export async function lookUpMessage(lookupUrl: string, messageId: string): Promise<'accepted' | 'absent' | null> {
  const url = new URL(lookupUrl);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  url.searchParams.set('messageId', messageId);
  const ids = await messageIdsAt(url, headers);
  if (ids === null) return null;
  return ids.includes(messageId) ? 'accepted' : 'absent';
}

async function messageIdsAt(url: URL, headers: Record<string, string>): Promise<unknown[] | null> {
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(LOOKUP_TIMEOUT_MS) });
    if (!response.ok) return null;
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('messages' in body) || !Array.isArray(body.messages))
      return null;
    return body.messages.map((message: unknown) =>
      typeof message === 'object' && message !== null && 'messageId' in message ? message.messageId : null,
    );
  } catch (error) {
    // No connection, too slow, or no JSON: the log can't be asked, which its caller gets as "nothing is known".
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return null;
    throw error;
  }
}
