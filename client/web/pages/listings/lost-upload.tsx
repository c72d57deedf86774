import type { FormEvent } from 'react';
import { useAsk } from '../../api/commands.ts';
import type { ListingDetail } from '../../api/types/catalogue.ts';
import { useUser } from '../../app/session.ts';
import { TextField } from '../../ui/fields.tsx';
import { Section } from '../../ui/section.tsx';

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** The marketplace's answer to an upload was lost, and nobody but a person can find out what became of it. */
export function LostUpload({ listing }: { listing: ListingDetail }) {
  const { role } = useUser();
  const ask = useAsk<unknown>(() => 'Noted. It is uploaded again only where you said that it is not there.');
  const { unknownCall } = listing;
  if (!unknownCall || role === 'brand') return null;
  const settle = (event: FormEvent<HTMLFormElement>, isThere: boolean) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const base = { version: unknownCall.version, why: textOf(form, 'why') };
    const body = isThere
      ? { ...base, type: 'FOUND', foundAs: textOf(form, 'foundAs') }
      : { ...base, type: 'NOT_FOUND' };
    ask.mutate({ path: `/api/effects/${encodeURIComponent(unknownCall.id)}/events`, body });
  };
  return (
    <Section title="The answer to its upload was lost">
      <p>Look in the seller portal of {listing.connection?.name ?? 'the marketplace'} whether it is there.</p>
      <form className="stack" onSubmit={(event) => settle(event, true)}>
        <TextField name="foundAs" label="It is there: its number" value="" required />
        <TextField name="why" label="What you saw there" value="" required />
        <div className="dialog-actions">
          <button type="submit" className="primary" disabled={ask.isPending}>
            It is there
          </button>
        </div>
      </form>
      <form className="stack" onSubmit={(event) => settle(event, false)}>
        <TextField name="why" label="It is not there: what you saw" value="" required />
        <div className="dialog-actions">
          <button type="submit" disabled={ask.isPending}>
            Upload it again
          </button>
        </div>
      </form>
    </Section>
  );
}
