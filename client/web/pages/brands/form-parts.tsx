import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId } from 'react';
import { command } from '../../api/http.ts';
import type { BrandDetail, BrandPatch, BrandSaved } from '../../api/types/brands.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useNotices } from '../../ui/notices.tsx';

export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** Words separated by commas, spaces or lines. */
export const listOf = (form: FormData, name: string): string[] => [
  ...new Set(
    textOf(form, name)
      .split(/[\s,;]+/)
      .filter(Boolean),
  ),
];

export function SelectField(props: { name: string; label: string; value: string; options: Record<string, string> }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select id={id} name={props.name} defaultValue={props.value}>
        {Object.entries(props.options).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

export function CheckField({ name, label, checked, value = 'yes' }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" name={name} value={value} defaultChecked={checked} /> {label}
    </label>
  );
}

interface CheckProps {
  name: string;
  label: string;
  checked: boolean;
  value?: string;
}

interface SettingsDialogProps {
  brand: BrandDetail;
  title: string;
  onClose: () => void;
  /** What the form says, as settings. */
  read: (form: FormData) => Omit<BrandPatch, 'version'>;
  children: ReactNode;
}

/** A form for some of a brand's settings. Somebody else's change in between is refused, with who it was. */
export function SettingsDialog({ brand, title, onClose, read, children }: SettingsDialogProps) {
  const queries = useQueryClient();
  const notices = useNotices();
  const save = useMutation({
    mutationFn: (body: BrandPatch) => command<BrandSaved>('PATCH', `/api/brands/${brand.id}`, body),
    onSuccess: ({ saved }) => {
      notices.say('good', saved.length === 0 ? `${brand.name}: nothing differed.` : `${brand.name}: saved.`);
      onClose();
    },
    onError: (error) => notices.fail(`${brand.name} was not saved.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const why = textOf(form, 'why');
    save.mutate({ version: brand.version, ...read(form), ...(why === '' ? {} : { why }) });
  };
  return (
    <Dialog title={title} shape="sheet" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {children}
        <TextField name="why" label="Why" value="" hint="Kept in the history of the settings." />
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
