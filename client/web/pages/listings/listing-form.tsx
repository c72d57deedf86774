import { type FormEvent, useState } from 'react';
import { useSave } from '../../api/commands.ts';
import { attributesOf, rejectionsOf } from '../../api/reading.ts';
import type { ListingDetail } from '../../api/types/catalogue.ts';
import type { Allowed, FieldConflict } from '../../api/types/common.ts';
import { ConflictList, conflictsOf } from '../../ui/conflicts.tsx';
import { TextField } from '../../ui/fields.tsx';
import { changedFields } from '../../ui/form-values.ts';

interface ListingFormProps {
  listing: ListingDetail;
  edit: Allowed | undefined;
}

/** Title, category, description, attributes and weights; each with what the marketplace or our rules say about it. */
export function ListingForm({ listing, edit }: ListingFormProps) {
  const save = useSave();
  const [conflicts, setConflicts] = useState<FieldConflict[]>([]);
  const attributes = Object.entries(attributesOf(listing.attributes));
  const rejections = rejectionsOf(listing.rejectionReasons);
  const problems = (field: string) => [
    ...rejections.filter((reason) => reason.field === field).map(({ raw }) => `Rejected: ${raw}`),
    // A mere note does not make a field wrong; it stands under Findings.
    ...listing.findings.filter((finding) => finding.field === field && finding.blocking).map(({ reason }) => reason),
  ];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = changesOf(new FormData(event.currentTarget), listing);
    if (Object.keys(body).length === 0) return;
    save.mutate(
      { path: `/api/listings/${listing.id}`, name: listing.title, body: { version: listing.version, ...body } },
      {
        onSuccess: (answer) => setConflicts(conflictsOf(answer)),
        onError: (error) => setConflicts(conflictsOf(error)),
      },
    );
  };
  return (
    // A new version is a new form: what was typed was saved with it or is shown as a conflict.
    <form key={listing.version} className="stack" onSubmit={submit}>
      <ConflictList conflicts={conflicts} />
      {edit?.ok ? null : <p className="refused">{edit?.why ?? 'It cannot be edited in this state.'}</p>}
      <fieldset className="stack bare" disabled={!edit?.ok}>
        <TextField name="title" label="Title" value={listing.title} required problems={problems('title')} />
        <TextField
          name="categoryId"
          label="Category on the marketplace"
          value={listing.categoryId ?? ''}
          problems={[...problems('categoryId'), ...problems('category')]}
        />
        <TextField
          name="descriptionHtml"
          label="Description (HTML)"
          value={listing.descriptionHtml}
          rows={7}
          problems={[...problems('descriptionHtml'), ...problems('description')]}
        />
        {attributes.map(([name, value]) => (
          <TextField
            key={name}
            name={`attribute:${name}`}
            label={name}
            value={value}
            problems={[...problems(name), ...problems(`attributes.${name}`)]}
          />
        ))}
        {listing.skus.map((sku) => (
          <TextField
            key={sku.skuId}
            name={`weight:${sku.skuId}`}
            type="number"
            label={`Weight of ${sku.sku} (g)`}
            value={sku.weightGrams === null ? '' : String(sku.weightGrams)}
            problems={problems('weightGrams')}
          />
        ))}
        <div className="dialog-actions">
          <button type="submit" className="primary" disabled={save.isPending}>
            Save
          </button>
        </div>
      </fieldset>
    </form>
  );
}

function changesOf(form: FormData, listing: ListingDetail): Record<string, unknown> {
  const fields = changedFields(form, {
    title: listing.title,
    categoryId: listing.categoryId ?? '',
    descriptionHtml: listing.descriptionHtml,
  });
  const before = attributesOf(listing.attributes);
  const attributes = prefixed(form, 'attribute:', before);
  const weights = prefixed(
    form,
    'weight:',
    Object.fromEntries(listing.skus.map((sku) => [sku.skuId, sku.weightGrams === null ? '' : String(sku.weightGrams)])),
  );
  const skus = Object.entries(weights).flatMap(([skuId, grams]) =>
    grams === '' ? [] : [{ skuId, weightGrams: Number(grams) }],
  );
  return {
    ...fields,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: { ...before, ...attributes } }),
    ...(skus.length === 0 ? {} : { skus }),
  };
}

/** Changed fields whose names carry a prefix, without it. */
function prefixed(form: FormData, prefix: string, before: Record<string, string>): Record<string, string> {
  const named = Object.fromEntries(Object.entries(before).map(([name, value]) => [`${prefix}${name}`, value]));
  return Object.fromEntries(
    Object.entries(changedFields(form, named)).map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
