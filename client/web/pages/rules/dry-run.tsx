import type { DryRunAnswer } from '../../api/types/refining.ts';
import { Nothing } from '../../ui/badge.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { shownValue } from '../product/product-fields.tsx';

/** What a version would change: how many, and the first of them field by field. */
export function DryRunView({ run }: { run: DryRunAnswer }) {
  const { what, looked, of, differ, samples } = run;
  return (
    <div className="stack" aria-live="polite">
      <p>
        <strong>
          {differ} of {looked} {what} would differ
        </strong>
        {looked < of ? `; there are ${of}` : ''}
        {samples.length < differ ? `; the first ${samples.length}:` : '.'}
      </p>
      <ul className="plain-list">
        {samples.map(({ id, title, fields, newFindings, goneFindings }) => (
          <li key={id}>
            <RowLink to={what === 'products' ? '/products/$id' : '/listings/$id'} id={id}>
              {title}
            </RowLink>
            <dl className="diff">
              {fields.map(({ field, before, after, rules }) => (
                <div key={field}>
                  <dt>
                    {field} <span className="muted">{rules.join(', ')}</span>
                  </dt>
                  <dd>
                    <del>{shownValue(before) || <Nothing />}</del> <ins>{shownValue(after) || <Nothing />}</ins>
                  </dd>
                </div>
              ))}
            </dl>
            {newFindings.map((reason) => (
              <p key={reason} className="refused">
                New finding: {reason}
              </p>
            ))}
            {goneFindings.map((reason) => (
              <p key={reason} className="muted">
                Finding gone: {reason}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}
