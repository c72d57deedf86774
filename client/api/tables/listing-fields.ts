import { codeOf, editable, type Field, lineOf, readOnly } from './fields.ts';
import { htmlField } from './product-fields.ts';

/** Cells of a listing: what the marketplace shows, and what is known of it there. */
export const listingFields: readonly Field[] = [
  editable(
    { key: 'title', title: 'Title', type: 'text', maxLength: 500, nullable: false, sortable: true },
    lineOf('Title', 500),
  ),
  readOnly({ key: 'state', title: 'State', type: 'state' }),
  readOnly({ key: 'connection', title: 'Marketplace', type: 'ref' }),
  readOnly({ key: 'brand', title: 'Brand', type: 'ref' }),
  readOnly({ key: 'remote', title: 'There', type: 'text', means: 'What is true on the marketplace.' }),
  editable(
    { key: 'categoryId', title: 'Category there', type: 'code', maxLength: 100, means: 'Id of the marketplace.' },
    codeOf('Category there', 100),
  ),
  htmlField,
  {
    column: {
      key: 'attributes',
      title: 'Attributes there',
      type: 'map',
      editable: true,
      nullable: true,
      sortable: false,
      means: 'By the marketplace’s attribute id; each is edited and compared by itself.',
    },
    parse: () => ({ ok: false, why: 'Attributes are edited one by one: attributes.<name>.' }),
  },
  readOnly({ key: 'skus', title: 'SKUs', type: 'text', means: 'Seller SKUs there.' }),
  readOnly({ key: 'product', title: 'Product', type: 'ref' }),
  readOnly({ key: 'contentChanged', title: 'Unsent', type: 'boolean', means: 'Differs from what was submitted last.' }),
  readOnly({ key: 'findings', title: 'Findings', type: 'findings' }),
  readOnly({ key: 'rejectionReasons', title: 'Refused for', type: 'text' }),
  readOnly({ key: 'reviewDueAt', title: 'Verdict due', type: 'instant' }),
  readOnly({ key: 'lastEditedAt', title: 'Edited', type: 'instant', sortable: true }),
  readOnly({ key: 'createdAt', title: 'Since', type: 'instant', sortable: true }),
];

export const listingColumn: Readonly<Record<string, string>> = {
  title: 'title',
  categoryId: 'category_id',
  descriptionHtml: 'description_html',
};
