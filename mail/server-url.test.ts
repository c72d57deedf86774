import { describe, expect, it } from 'vitest';
import { MailServerUrlError, parseMailServerUrl } from './server-url.ts';

describe('mail server URL', () => {
  it('takes the usual ports and demands TLS before a password leaves this machine', () => {
    expect(parseMailServerUrl('smtp://mail.example')).toMatchObject({ port: 587, secure: false, requireTLS: false });
    expect(parseMailServerUrl('smtp://u:p@mail.example')).toMatchObject({
      requireTLS: true,
      auth: { user: 'u', pass: 'p' },
    });
    expect(parseMailServerUrl('smtp://u:p@127.0.0.1:1025')).toMatchObject({ port: 1025, requireTLS: false });
    expect(parseMailServerUrl('smtp://u:p@mail.example?requireTLS=false').requireTLS).toBe(false);
    expect(parseMailServerUrl('smtps://u:p%40@[::1]')).toMatchObject({ host: '::1', port: 465, secure: true });
  });

  it.each([
    'mail.example',
    'http://u:secret@mail.example',
    'smtp://',
    'smtp://u:secret@mail.example?pool=true',
    'smtp://u:secret@mail.example?requireTLS=perhaps',
    'smtp://u:secret%ZZ@mail.example',
  ])('refuses %s without repeating what may be a password', (text) => {
    expect(() => parseMailServerUrl(text)).toThrow(MailServerUrlError);
    expect(() => parseMailServerUrl(text)).not.toThrow(/secret/);
  });
});
