import { type FormEvent, useId } from 'react';
import type { ImportDetail } from '../../api/types/imports.ts';
import { Facts } from '../../ui/section.tsx';
import { encodingWords, number, separatorWords, size } from './words.ts';

/** What the file turned out to be. */
export function Detection({ detail }: { detail: ImportDetail }) {
  const { dialect, encodings, encodingCount } = detail;
  return (
    <Facts
      facts={[
        { label: 'Size', value: size(detail.bytes) },
        {
          label: 'Fields are divided by',
          value: dialect
            ? `${separatorWords[dialect.separator] ?? dialect.separator} (${Math.round(dialect.confidence * 100)} % of the first rows agree)`
            : '–',
        },
        {
          label: 'Encoding',
          value: (
            <ul className="plain">
              {encodings.slice(0, 12).map((segment) => (
                <li key={segment.from}>
                  lines {number(segment.firstLine)} to {number(segment.lastLine)}:{' '}
                  {encodingWords[segment.encoding] ?? segment.encoding}, {Math.round(segment.confidence * 100)} %{' '}
                  <small className="muted">({segment.evidence})</small>
                </li>
              ))}
              {encodingCount > 12 ? <li>and {number(encodingCount - 12)} more parts</li> : null}
            </ul>
          ),
        },
      ]}
    />
  );
}

interface MappingFormProps {
  detail: ImportDetail;
  busy: boolean;
  onSave: (mapping: { index: number; field: string | null }[]) => void;
}

/** What each column is read as; a correction is remembered for the brand when the import is confirmed. */
export function MappingForm({ detail, busy, onSave }: MappingFormProps) {
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSave(detail.mapping.map(({ index }) => ({ index, field: String(form.get(`column-${index}`) ?? '') || null })));
  };
  return (
    <form onSubmit={submit} className="stack" key={JSON.stringify(detail.mapping)}>
      {detail.missing.map((sentence) => (
        <p key={sentence} className="refused">
          {sentence}
        </p>
      ))}
      <ul className="import-mapping">
        {detail.mapping.map(({ index, header, field, source, confidence, doubt }) => (
          <li key={index} data-doubt={doubt !== null}>
            <label htmlFor={`${id}-${index}`}>{header || `(column ${index + 1} has no name)`}</label>
            <select
              id={`${id}-${index}`}
              name={`column-${index}`}
              defaultValue={field ?? ''}
              disabled={!detail.can.correct}
            >
              <option value="">not read</option>
              {detail.fields.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
            <small className="muted">{doubt ?? sourceWords(source, confidence)}</small>
          </li>
        ))}
      </ul>
      {detail.can.correct ? (
        <button type="submit" disabled={busy}>
          Read the file with these columns
        </button>
      ) : null}
    </form>
  );
}

function sourceWords(source: string, confidence: number): string {
  const words: Record<string, string> = {
    person: 'set by a person',
    remembered: 'as in the brand’s files before',
    synonym: 'by its name',
    similar: `by a similar name, ${Math.round(confidence * 100)} %`,
    values: `by its values, ${Math.round(confidence * 100)} %`,
    none: 'unknown',
  };
  return words[source] ?? source;
}
