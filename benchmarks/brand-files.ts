import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export const header = 'sku,title,description,category,price,currency,stock,barcode,weight_g,image_1,image_2,origin';

/** One row of a brand's file: quoted commas and doubled quotes, two images; every fiftieth is faulty. */
export function brandRow(index: number, change = ''): string {
  const price =
    index % 200 === 7
      ? '0'
      : index % 200 === 57
        ? '1.299.000,00'
        : `${10 + (index % 90)}.${String(index % 100).padStart(2, '0')}`;
  const stock = index % 200 === 107 ? '-1' : String(index % 40);
  const currency = index % 200 === 157 ? 'RMB' : 'AUD';
  return [
    `BN-${String(index).padStart(7, '0')}`,
    `"Merino ""Fine"" tee, no. ${index}${change}"`,
    `<p>Soft wool for cool days. Batch ${index % 97}</p>`,
    'Clothing',
    `"${price}"`,
    currency,
    stock,
    `93${String(index).padStart(11, '0')}`,
    150 + (index % 300),
    `https://img.example/${index}/a.jpg`,
    `https://img.example/${index}/b.jpg`,
    'AU',
  ].join(',');
}

/** Writes a file row by row; `change` may alter the title of a row. */
export async function writeBrandFile(
  path: string,
  rows: number,
  change: (index: number) => string = () => '',
): Promise<void> {
  const out = createWriteStream(path);
  let text = `${header}\n`;
  for (let index = 0; index < rows; index += 1) {
    text += `${brandRow(index, change(index))}\n`;
    if (text.length < 1_000_000) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await once(out, 'finish');
}
