import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSupportMatrix } from '../../connectors/conformance/matrix.ts';

const BEGIN = '<!-- made by scripts/generate from the connectors: do not edit -->';
const END = '<!-- end of what is made -->';

/** `docs/connectors.md` with its support matrix as the connectors are now; the rest of the page is written by hand. */
export async function renderConnectorsPage(): Promise<string> {
  const page = readFileSync(join(import.meta.dirname, '../../docs/connectors.md'), 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('docs/connectors.md has no place for its matrix');
  return `${before}${BEGIN}\n\n${await renderSupportMatrix()}\n\n${END}${after}`;
}
