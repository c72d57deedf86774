import type { Settings } from './load.ts';

/** Where people reach this installation from links in mails and from codes on labels; without a slash at its end. */
export function linkUrlOf({ publicUrl, host, port }: Pick<Settings['api'], 'publicUrl' | 'host' | 'port'>): string {
  if (publicUrl !== null) return publicUrl;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
