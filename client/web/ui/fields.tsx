import { useId } from 'react';

interface TextFieldProps {
  name: string;
  label: string;
  value: string;
  /** More than one makes it a text area. */
  rows?: number;
  required?: boolean;
  pattern?: string;
  type?: 'text' | 'number' | 'password' | 'url' | 'datetime-local';
  hint?: string | undefined;
  /** Why the outside world refused what is in it. */
  problems?: string[];
}

/** A labelled field; what is wrong with it stands at it and is read with it. */
export function TextField(props: TextFieldProps) {
  const { name, label, value, rows = 1, required = false, pattern, type = 'text', hint, problems = [] } = props;
  const id = useId();
  const common = {
    id,
    name,
    required,
    defaultValue: value,
    // Other people's keys are not this person's password.
    autoComplete: type === 'password' ? 'new-password' : 'off',
    'aria-describedby': `${id}-notes`,
    'aria-invalid': problems.length > 0 ? true : undefined,
  } as const;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {required ? <span className="required"> required</span> : null}
      </label>
      {rows > 1 ? <textarea {...common} rows={rows} /> : <input {...common} type={type} pattern={pattern} />}
      <div id={`${id}-notes`}>
        {hint ? <p className="muted">{hint}</p> : null}
        {problems.map((problem) => (
          <p key={problem} className="refused">
            {problem}
          </p>
        ))}
      </div>
    </div>
  );
}
