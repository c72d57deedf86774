import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';

/** A message as it came. */
export interface ReceivedMail {
  from: string;
  to: string[];
  raw: Buffer;
}

/** A file of a caught mail. */
export interface CaughtAttachment {
  fileName: string;
  contentType: string;
  bytes: number;
  sha256: string;
}

/** A caught mail without its content. */
export interface CaughtSummary {
  id: string;
  messageId: string;
  /** The catcher's clock, ISO 8601. */
  acceptedAt: string;
  /** The envelope's sender and recipients. */
  from: string;
  to: string[];
  subject: string;
  attachments: CaughtAttachment[];
}

/** A caught mail with its content. */
export interface CaughtMail extends CaughtSummary {
  headers: { name: string; value: string }[];
  text: string | null;
  html: string | null;
}

/** A message that has been read but not yet been taken in. */
export interface ParsedMail extends ReceivedMail {
  email: Email;
}

interface Entry {
  shown: CaughtMail;
  contents: Buffer[];
  raw: Buffer;
}

interface SavedMail {
  id: string;
  acceptedAt: string;
  from: string;
  to: string[];
  rawBase64: string;
}

/** Reads a message's headers and parts. */
export async function parseMail(mail: ReceivedMail): Promise<ParsedMail> {
  return { ...mail, email: await PostalMime.parse(mail.raw) };
}

/** Caught mails in memory and, with a folder, one file each, written before the mail counts as taken. */
export class MailStore {
  readonly #folder: string | null;
  #entries: Entry[] = [];
  #nextId = 1;

  private constructor(folder: string | null) {
    this.#folder = folder;
  }

  /** Opens a store and takes up the mails of an earlier run. */
  static async open(folder: string | null): Promise<MailStore> {
    const store = new MailStore(folder);
    if (folder === null) return store;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort()) {
      const { rawBase64, ...saved }: SavedMail = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      const parsed = await parseMail({ from: saved.from, to: saved.to, raw: Buffer.from(rawBase64, 'base64') });
      store.#entries.push(entryOf(saved.id, saved.acceptedAt, parsed));
      store.#nextId = Number(saved.id) + 1;
    }
    return store;
  }

  /** Takes a mail in. With a folder it survives a kill from here on. */
  add(mail: ParsedMail, acceptedAt: string): CaughtMail {
    const id = String(this.#nextId);
    const entry = entryOf(id, acceptedAt, mail);
    if (this.#folder !== null) {
      const { from, to, raw } = mail;
      const saved: SavedMail = { id, acceptedAt, from, to, rawBase64: raw.toString('base64') };
      const file = join(this.#folder, `${id.padStart(8, '0')}.json`);
      writeFileSync(`${file}.new`, JSON.stringify(saved), { flush: true });
      renameSync(`${file}.new`, file);
    }
    this.#nextId += 1;
    this.#entries.push(entry);
    return entry.shown;
  }

  list(): CaughtSummary[] {
    return this.#entries.map(({ shown: { headers: _headers, text: _text, html: _html, ...summary } }) => summary);
  }

  get(id: string): CaughtMail | undefined {
    return this.#entry(id)?.shown;
  }

  raw(id: string): Buffer | undefined {
    return this.#entry(id)?.raw;
  }

  /** The bytes of an attachment, counted from 0. */
  attachment(id: string, index: number): { about: CaughtAttachment; content: Buffer } | undefined {
    const entry = this.#entry(id);
    const about = entry?.shown.attachments[index];
    const content = entry?.contents[index];
    return about === undefined || content === undefined ? undefined : { about, content };
  }

  clear(): void {
    this.#entries = [];
    this.#nextId = 1;
    if (this.#folder === null) return;
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
  }

  #entry(id: string): Entry | undefined {
    return this.#entries.find(({ shown }) => shown.id === id);
  }
}

function entryOf(id: string, acceptedAt: string, { from, to, raw, email }: ParsedMail): Entry {
  const contents = email.attachments.map(({ content }) =>
    typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content)),
  );
  return {
    raw,
    contents,
    shown: {
      id,
      messageId: email.messageId ?? '',
      acceptedAt,
      from,
      to,
      subject: email.subject ?? '',
      attachments: email.attachments.map(({ filename, mimeType }, index) => ({
        fileName: filename ?? '',
        contentType: mimeType,
        bytes: contents[index]?.length ?? 0,
        sha256: createHash('sha256')
          .update(contents[index] ?? '')
          .digest('hex'),
      })),
      headers: email.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
      text: email.text ?? null,
      html: email.html ?? null,
    },
  };
}
