import PDFDocument from 'pdfkit';

/** One page of a label's size with something to read on it. */
export function makeLabel(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const doc = new PDFDocument({ size: [288, 432], margin: 20 });
    const parts: Buffer[] = [];
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
    doc.fontSize(20).text('EXPRESS WORLDWIDE');
    doc.moveDown().fontSize(11).text('To: Hadi Santoso\nJl. Cihampelas No. 160\n40131 Bandung, ID');
    doc.moveDown().fontSize(16).text('1234567892');
    doc.end();
  });
}
