import { describe, expect, it } from 'vitest';
import { breakable, drawable, runsOf, splitSaraAm } from './fonts.ts';

describe('text that can be drawn', () => {
  it.each([
    'Nguyễn Thị Ánh, Đường số 7',
    'สมชาย ใจดี ปู่ ที่ ผู้ กำแพง ๑๒',
    '臺灣台北市門牌號碼 上海市浦东新区 カタカナ',
    'Jl. Kemang Raya No. 12 – “señor” № 5 ฿ ₫ ₱',
    'Иван Ελλάδα',
  ])('%s is drawn as it is', (text) => {
    expect(drawable(text)).toEqual({ text, missing: [] });
  });

  it.each([
    ['김철수', 'Gimcheolsu', ['김', '철', '수']],
    ['서울 Gangnam-gu', 'Seoul Gangnam-gu', ['서', '울']],
    ['محمد', 'Mhmd', ['م', 'ح', 'د']],
    ['شارع ١٢', 'Shara 12', ['ش', 'ا', 'ر', 'ع', '١', '٢']],
    ['ភ្នំពេញ 5', '[Khmer, 7 characters] 5', ['ភ', '្', 'ន', 'ំ', 'ព', 'េ', 'ញ']],
    ['a 🎁 b', 'a [symbol, 1 character] b', ['🎁']],
    ['𝐁𝐮𝐝𝐢', 'Budi', ['𝐁', '𝐮', '𝐝', '𝐢']],
  ])('%s has no glyphs here and is romanised', (given, text, missing) => {
    expect(drawable(given)).toEqual({ text, missing });
  });

  it('composes accents, joins white space, and takes out what would only turn round or hide', () => {
    expect(drawable('cafe\u0301\n\t x\u202E y\u200B\u0007z').text).toBe('café x y z');
  });

  it('splits by font, signs above a letter with their letter', () => {
    expect(runsOf('TL-1 น้ำ 武夷山 é').map(({ family, text }) => [family, text])).toEqual([
      ['latin', 'TL-1 '],
      ['thai', 'นํ้า'],
      ['latin', ' '],
      ['chinese', '武夷山'],
      ['latin', ' é'],
    ]);
  });

  it('writes SARA AM as ring, tone mark, vowel', () => {
    const codes = (text: string) => [...text].map((one) => one.codePointAt(0)?.toString(16));
    expect(codes(splitSaraAm('น้ำ'))).toEqual(['e19', 'e4d', 'e49', 'e32']);
    expect(codes(splitSaraAm('กำ'))).toEqual(['e01', 'e4d', 'e32']);
  });

  it('may break after spaces and between words that are written without', () => {
    expect(breakable('Jl. Kemang (RT-5), Jakarta')).toEqual(['Jl. ', 'Kemang ', '(RT-5), ', 'Jakarta']);
    const thai = breakable('กรุงเทพมหานครใกล้ตลาด');
    expect(thai.length).toBeGreaterThan(1);
    expect(thai.join('')).toBe('กรุงเทพมหานครใกล้ตลาด');
    expect(breakable('你好，世界。').every((piece) => !/^[，。]/.test(piece))).toBe(true);
  });
});
