import { useAsk } from '../../api/commands.ts';
import type { ListingDetail } from '../../api/types/catalogue.ts';
import { useUser } from '../../app/session.ts';
import { TextField } from '../../ui/fields.tsx';
import { explain } from '../../ui/notices.tsx';
import { Section } from '../../ui/section.tsx';

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** The marketplace's answer to an upload was lost, and nobody but a person can find out what became of it. */
export function LostUpload({ listing }: { listing: ListingDetail }) {
  const { role } = useUser();
  const ask = useAsk<unknown>(() => 'Noted. It is uploaded again only where you said that it is not there.');
  const { unknownCall } = listing;
  if (!unknownCall || role === 'brand') return null;
  const settle = (form: HTMLFormElement | null, isThere: boolean) => {
    if (!form || ask.isPending) return;
    const number = form.elements.namedItem('foundAs');
    if (number instanceof HTMLInputElement) number.required = isThere;
    if (!form.reportValidity()) return;
    const values = new FormData(form);
    const base = { version: unknownCall.version, why: textOf(values, 'why') };
    const body = isThere
      ? { ...base, type: 'FOUND', foundAs: textOf(values, 'foundAs') }
      : { ...base, type: 'NOT_FOUND' };
    ask.mutate({ path: `/api/effects/${encodeURIComponent(unknownCall.id)}/events`, body });
  };
  return (
    <Section title="The answer to its upload was lost">
      <form className="stack" onSubmit={(event) => event.preventDefault()}>
        <p>Look in the seller portal of {listing.connection?.name ?? 'the marketplace'} whether it is there.</p>
        <TextField name="why" label="What you saw there" value="" required />
        <TextField name="foundAs" label="Its number there" value="" hint="Needed where it is there." />
        {ask.error ? (
          <p className="refused" role="alert">
            {explain(ask.error)}
          </p>
        ) : null}
        <div className="dialog-actions">
          <button type="button" onClick={({ currentTarget: { form } }) => settle(form, false)}>
            It is not there: upload it again
          </button>
          <button type="button" className="primary" onClick={({ currentTarget: { form } }) => settle(form, true)}>
            It is there
          </button>
        </div>
      </form>
    </Section>
  );
}
