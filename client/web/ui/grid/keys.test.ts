import { describe, expect, it } from 'vitest';
import { commandOf, type Press } from './keys.ts';

const size = { rows: 100, columns: 5 };
const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});
const command = (given: Press, row = 10, column = 2) => {
  const active = { row, column };
  return commandOf(given, { selection: { active, anchor: active }, size, pageRows: 20 });
};
const ctrl = { ctrlKey: true };

describe('keys of the grid', () => {
  it('move, far with Ctrl, and extend with Shift', () => {
    expect(command(press('ArrowDown'))).toEqual({ do: 'go', to: { row: 11, column: 2 }, extend: false });
    expect(command(press('ArrowDown', ctrl))).toEqual({ do: 'go', to: { row: 99, column: 2 }, extend: false });
    expect(command(press('ArrowRight', { shiftKey: true }))).toMatchObject({ extend: true });
    expect(command(press('PageDown'))).toMatchObject({ to: { row: 30, column: 2 } });
    expect(command(press('Home', ctrl))).toMatchObject({ to: { row: 0, column: 0 } });
  });

  it('do not trap Tab in the table', () => {
    expect(command(press('Tab'))).toMatchObject({ to: { row: 10, column: 3 } });
    expect(command(press('Tab'), 10, 4)).toBeNull();
    expect(command(press('Tab', { shiftKey: true }), 10, 0)).toBeNull();
  });

  it('leave the browser and the clipboard their own', () => {
    for (const key of ['c', 'v', 'x', 'r', 'f', 't']) expect(command(press(key, ctrl))).toBeNull();
    expect(command(press('ArrowLeft', { altKey: true }))).toBeNull();
    expect(command(press('F5'))).toBeNull();
    expect(command(press('Shift', { shiftKey: true }))).toBeNull();
  });

  it('edit, undo, fill, save', () => {
    expect(command(press('F2'))).toEqual({ do: 'edit', text: null });
    expect(command(press('é'))).toEqual({ do: 'edit', text: '' });
    expect(command(press('/'))).toEqual({ do: 'edit', text: '' });
    expect(command(press(' '), 10, 0)).toEqual({ do: 'pick' });
    expect(command(press('z', ctrl))).toEqual({ do: 'undo' });
    expect(command(press('Z', { ctrlKey: true, shiftKey: true }))).toEqual({ do: 'redo' });
    expect(command(press('s', { metaKey: true }))).toEqual({ do: 'save' });
    expect(command(press('d', ctrl))).toEqual({ do: 'fill' });
  });
});
