import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from './exit-codes.ts';

describe('a reader that stops reading', () => {
  it('ends the command without a word', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'chart', 'order'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    // Closed before the command has anything to say.
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, err }).toEqual({ code: exitCodes.unread, err: '' });
  });
});
