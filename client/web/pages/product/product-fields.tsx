import { useQuery } from '@tanstack/react-query';
import { useAsk } from '../../api/commands.ts';
import { fieldsQuery } from '../../api/refining.ts';
import type { FieldStory } from '../../api/types/refining.ts';
import { Nothing } from '../../ui/badge.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';

const longest = 120;

/** A value as one line of text. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Why is this value here? The source's word, what each rule made of it, and who set it by hand. */
export function ProductFields({ productId }: { productId: string }) {
  const query = useQuery(fieldsQuery(productId));
  return (
    <QueryView query={query} what="where the fields come from">
      {({ source, fields }) => (
        <Section title="Why is this value here?" count={fields.filter(({ owner }) => owner !== 'source').length}>
          <p className="muted">
            {source
              ? `From the ${source.kind === 'file' ? 'brand’s file' : source.kind}, refined with the rules ${source.rules}${source.stale ? '; rules have changed, it is refined again soon' : ''}. Fields that are not listed are as the source has them.`
              : 'Nothing is kept about its source.'}
          </p>
          <ul className="plain-list stories">
            {fields
              .filter(({ owner }) => owner !== 'source')
              .map((story) => (
                <Story key={story.field} story={story} productId={productId} />
              ))}
          </ul>
        </Section>
      )}
    </QueryView>
  );
}

function Story({ story, productId }: { story: FieldStory; productId: string }) {
  const { field, value, raw, steps, setBy, setAt } = story;
  const ask = useAsk<{ released: boolean }>(({ released }) =>
    released ? `${field}: its source decides again.` : `${field}: nobody had set it.`,
  );
  return (
    <li className="story">
      <p>
        <strong>{field}</strong> is <span className="story-value">{shownValue(value) || <Nothing />}</span>
      </p>
      <ol className="story-steps">
        <li>
          The source says <span className="story-value">{shownValue(raw) || <Nothing />}</span>
        </li>
        {steps.map(({ rule, version, before, after }) => (
          <li key={`${rule} ${shownValue(before)} ${shownValue(after)}`}>
            Rule <code>{rule}</code> ({version}) makes it{' '}
            <span className="story-value">{shownValue(after) || <Nothing />}</span>
          </li>
        ))}
        {setBy ? (
          <li>
            {setBy} set it by hand <Time at={setAt} />; no import overwrites it.{' '}
            <button
              type="button"
              className="small"
              disabled={ask.isPending}
              onClick={() => ask.mutate({ path: `/api/products/${productId}/fields`, body: { release: field } })}
            >
              Give it back to its source
            </button>
          </li>
        ) : null}
      </ol>
    </li>
  );
}
