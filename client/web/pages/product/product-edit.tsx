import { type FormEvent, useState } from 'react';
import { useSave } from '../../api/commands.ts';
import type { ProductDetail } from '../../api/types/catalogue.ts';
import type { FieldConflict } from '../../api/types/common.ts';
import { ConflictList, conflictsOf } from '../../ui/conflicts.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { changedFields } from '../../ui/form-values.ts';

interface ProductEditProps {
  product: ProductDetail;
  onClose: () => void;
}

/** The core's own product; live listings show the change as an update that waits for approval. */
export function ProductEdit({ product, onClose }: ProductEditProps) {
  const save = useSave();
  const [conflicts, setConflicts] = useState<FieldConflict[]>([]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const before = {
      title: product.title,
      category: product.category ?? '',
      descriptionHtml: product.descriptionHtml,
    };
    const changed = changedFields(new FormData(event.currentTarget), before);
    if (Object.keys(changed).length === 0) return onClose();
    save.mutate(
      { path: `/api/products/${product.id}`, name: product.title, body: { version: product.version, ...changed } },
      {
        onSuccess: (answer) => (conflictsOf(answer).length === 0 ? onClose() : setConflicts(conflictsOf(answer))),
        onError: (error) => setConflicts(conflictsOf(error)),
      },
    );
  };
  return (
    <Dialog title={`Edit ${product.title}`} shape="sheet" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="muted">Its listings follow: those that are live show an update that waits for approval.</p>
        <ConflictList conflicts={conflicts} />
        <TextField name="title" label="Title" value={product.title} required />
        <TextField name="category" label="Category" value={product.category ?? ''} />
        <TextField name="descriptionHtml" label="Description (HTML)" value={product.descriptionHtml} rows={14} />
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={save.isPending}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
