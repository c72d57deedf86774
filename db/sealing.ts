import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Envelope encryption (AES-256-GCM): a random data key per secret, wrapped by the master key. The additional
 * authenticated data binds a secret to its row, so that two rows cannot swap theirs.
 */
export interface Sealer {
  /** First 16 hex digits of the master key's SHA-256: says which key wrapped a secret, and nothing about it. */
  readonly keyId: string;
  seal(plain: Buffer, boundTo: string): Buffer;
  /** Throws `SealBroken` when key, row or bytes are not the ones that were sealed. */
  open(sealed: Buffer, boundTo: string): Buffer;
  sealJson(value: unknown, boundTo: string): Buffer;
  openJson(sealed: Buffer, boundTo: string): unknown;
  /** HMAC-SHA-256 of a text under a key that is derived for this purpose only. */
  mac(purpose: string, text: string): Buffer;
}

export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

function encrypt(key: Buffer, plain: Buffer, boundTo: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(boundTo, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, sealed: Buffer, boundTo: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(boundTo, 'utf8'));
  decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
}

const wrappedBytes = nonceBytes + tagBytes + keyBytes;

/** `masterKey` is 32 bytes. */
export function createSealer(masterKey: Uint8Array): Sealer {
  const master = Buffer.from(masterKey);
  if (master.length !== keyBytes) throw new Error(`the master key has ${master.length} bytes instead of ${keyBytes}`);
  const keyId = createHash('sha256').update(master).digest('hex').slice(0, 16);
  const seal = (plain: Buffer, boundTo: string): Buffer => {
    const dataKey = randomBytes(keyBytes);
    return Buffer.concat([
      Buffer.from([version]),
      encrypt(master, dataKey, `key:${boundTo}`),
      encrypt(dataKey, plain, boundTo),
    ]);
  };
  const open = (sealed: Buffer, boundTo: string): Buffer => {
    try {
      if (sealed[0] !== version) throw new Error(`unknown envelope version ${sealed[0]}`);
      const dataKey = decrypt(master, sealed.subarray(1, 1 + wrappedBytes), `key:${boundTo}`);
      return decrypt(dataKey, sealed.subarray(1 + wrappedBytes), boundTo);
    } catch (cause) {
      throw new SealBroken(`The secret of ${boundTo} cannot be opened with master key ${keyId}.`, { cause });
    }
  };
  return {
    keyId,
    seal,
    open,
    sealJson: (value, boundTo) => seal(Buffer.from(JSON.stringify(value), 'utf8'), boundTo),
    openJson: (sealed, boundTo) => JSON.parse(open(sealed, boundTo).toString('utf8')) as unknown,
    mac: (purpose, text) => {
      const key = Buffer.from(hkdfSync('sha256', master, '', `tradelane/mac/${purpose}`, keyBytes));
      return createHmac('sha256', key).update(text, 'utf8').digest();
    },
  };
}
