/** A file that is made from the code and committed. */
export interface Page {
  /** Relative to the repository, with forward slashes. */
  path: string;
  content: string;
}

/** The line that keeps people from editing a generated page. */
export function generatedNote(source: string): string {
  return `Generated from \`${source}\` by \`npm run generate\`; edits here are overwritten.`;
}

/** Text for a cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
