import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { createSealer, SealBroken } from './sealing.ts';

describe('sealing', () => {
  const sealer = createSealer(Buffer.alloc(32, 1));

  it('gives back what was sealed, and never the same bytes twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), (bytes, row) => {
        const plain = Buffer.from(bytes);
        const sealed = sealer.seal(plain, row);
        expect(sealer.open(sealed, row)).toEqual(plain);
        expect(sealer.seal(plain, row)).not.toEqual(sealed);
      }),
    );
  });

  it('shows nothing of what is inside', () => {
    const sealed = sealer.sealJson({ name: 'Budi Santoso' }, 'row');
    expect(sealed.toString('latin1')).not.toContain('Budi');
    expect(sealer.openJson(sealed, 'row')).toEqual({ name: 'Budi Santoso' });
  });

  it('opens for its own row and key only', () => {
    const sealed = sealer.seal(Buffer.from('secret'), 'connection/1');
    expect(() => sealer.open(sealed, 'connection/2')).toThrow(SealBroken);
    expect(() => createSealer(randomBytes(32)).open(sealed, 'connection/1')).toThrow(SealBroken);
  });

  it('notices every changed byte, and every missing one', () => {
    const sealed = sealer.seal(Buffer.from('secret'), 'row');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => sealer.open(changed, 'row')).toThrow(SealBroken);
      expect(() => sealer.open(sealed.subarray(0, index), 'row')).toThrow(SealBroken);
    }
  });

  it('names its key without telling it, and takes no short one', () => {
    expect(sealer.keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(createSealer(Buffer.alloc(32, 2)).keyId).not.toBe(sealer.keyId);
    expect(() => createSealer(Buffer.alloc(31))).toThrow('31 bytes');
  });
});
