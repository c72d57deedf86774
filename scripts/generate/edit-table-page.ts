import { type EditCell, editCells, editSituations, priceEditCells } from '../../state-machines/edit-table.ts';
import { cell, generatedNote, type Page } from './page.ts';

const intro: Readonly<Record<EditCell['entity'], string>> = {
  product:
    'Titles, texts, attributes and the fields of its SKUs. Listings that show what was changed move with it: each as its own row below says.',
  listing: 'Content on one marketplace. An edit during a review is kept for the next submission.',
  order: 'The note and the consignee. Quantities, amounts and the deadline are the marketplace’s.',
};

/** docs/edit-table.md: what an edit does in every state. */
export function editTablePage(): Page {
  const cells = editCells();
  const notes = new Map<string, number>();
  const noteOf = (why: string): string => {
    const number = notes.get(why) ?? notes.size + 1;
    notes.set(why, number);
    return `refused (${number})`;
  };
  const sections = (Object.keys(editSituations) as EditCell['entity'][]).flatMap((entity) =>
    section(
      entity,
      cells.filter((one) => one.entity === entity),
      noteOf,
    ),
  );
  const content = [
    '# What an edit does',
    '',
    generatedNote('state-machines/'),
    '',
    'Every state × situation of what people edit in tables. Each cell is also a test against the API and a database',
    '(`client/api/tables/edit-table.test.ts`). How saving works: [editing](editing.md).',
    '',
    ...sections,
    ...priceSection(),
    ...stockSection(),
    '## Why it is refused',
    '',
    ...[...notes].map(([why, number]) => `${number}. ${why}`),
    '',
  ].join('\n');
  return { path: 'docs/edit-table.md', content };
}

function section(
  entity: EditCell['entity'],
  cells: readonly EditCell[],
  noteOf: (why: string) => string,
): readonly string[] {
  const situations = editSituations[entity].map(({ name }) => name);
  const columns = situations.flatMap((situation) =>
    (['staff', 'brand'] as const).map((editor) => ({
      situation,
      editor,
      title: situation === 'any' ? editor : `${situation}, ${editor}`,
    })),
  );
  const states = [...new Set(cells.map(({ state }) => state))];
  const shown = (state: string, situation: string, editor: string): string => {
    const found = cells.find((one) => one.state === state && one.situation === situation && one.editor === editor);
    return found?.to ?? noteOf(found?.why ?? '');
  };
  return [
    `## ${entity[0]?.toUpperCase()}${entity.slice(1)}`,
    '',
    intro[entity],
    '',
    `| State | ${columns.map(({ title }) => title).join(' | ')} |`,
    `| --- | ${columns.map(() => '---').join(' | ')} |`,
    ...states.map(
      (state) => `| ${state} | ${columns.map((column) => shown(state, column.situation, column.editor)).join(' | ')} |`,
    ),
    '',
  ];
}

function priceSection(): readonly string[] {
  return [
    '## Price',
    '',
    'A price that is typed is a proposal beside the content. Nothing goes out before somebody approves it; the price in force stays',
    'until then. Brands see prices and do not set them.',
    '',
    '| Listing | Price by hand before | becomes | The new one begins as | The listing shows |',
    '| --- | --- | --- | --- | --- |',
    ...priceEditCells().map(
      ({ listingState, before, beforeTo, begins, listingTo }) =>
        `| ${listingState} | ${before} | ${beforeTo ?? '–'} | ${begins} | ${cell(listingTo)} |`,
    ),
    '',
  ];
}

function stockSection(): readonly string[] {
  return [
    '## Stock adjustment',
    '',
    'An adjustment (units more or less) or a cap (at most so many) of one SKU on one marketplace. It has no approval: it holds at',
    'once, with reason and end. None is ever changed or deleted.',
    '',
    '| Before | Set | Taken back | Its end comes |',
    '| --- | --- | --- | --- |',
    '| none | holds | nothing happens | – |',
    '| holds | the old one is ended, the new one holds | ended by the person | ended by “expiry” |',
    '| ended | a new one holds | nothing happens | – |',
    '',
  ];
}
