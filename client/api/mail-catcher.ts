import { fetch } from 'undici';
import { readRunFile } from '../../config/run-file.ts';
import type { CaughtMail, CaughtMailDetail, MailCatcher } from './deps.ts';
import { ApiError } from './errors.ts';

const timeoutMs = 5_000;

/** The parts of the catcher's own answers that are shown on. */
interface CatcherMail {
  id: string;
  subject: string;
  from: string;
  to: string[];
  acceptedAt: string;
}
interface CatcherMailDetail extends CatcherMail {
  text: string | null;
  html: string | null;
  attachments: { fileName: string; contentType: string; bytes: number }[];
}

const summary = ({ id, subject, from, to, acceptedAt }: CatcherMail): CaughtMail => ({
  id,
  subject,
  from,
  to,
  receivedAt: acceptedAt,
});

/** The mail catcher under its HTTP address; null from `url` while none runs. */
export function httpMailCatcher(url: () => string | null): MailCatcher {
  const read = async (path: string): Promise<unknown> => {
    const base = url();
    if (base === null) {
      throw new ApiError('NotConfigured', 'There is no local mail catcher: mails go to the configured mail server.');
    }
    const response = await fetch(`${base.replace(/\/(messages)?$/, '')}${path}`, {
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      const error = new ApiError('Busy', 'The mail catcher cannot be reached.', { retryAfterSeconds: 5 });
      error.cause = cause;
      throw error;
    });
    if (response.status === 404) return null;
    if (!response.ok) throw new ApiError('Busy', 'The mail catcher does not answer as it should.');
    return response.json();
  };
  return {
    async list() {
      const answer = (await read('/messages')) as { messages: CatcherMail[] } | null;
      return (answer?.messages ?? []).map(summary);
    },
    async one(id) {
      const mail = (await read(`/messages/${encodeURIComponent(id)}`)) as CatcherMailDetail | null;
      if (mail === null) return null;
      const attachments = mail.attachments.map(({ fileName, contentType, bytes }) => ({
        fileName,
        contentType,
        bytes,
      }));
      const detail: CaughtMailDetail = { ...summary(mail), text: mail.text, html: mail.html, attachments };
      return detail;
    },
  };
}

/** The catcher of the local world in a data folder. The world writes its address when everything is up: later than this. */
export function localMailCatcher(dataDir: string): MailCatcher {
  return httpMailCatcher(() => readRunFile(dataDir)?.mailUrl ?? null);
}
