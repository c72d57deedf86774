import type { BrandDetail } from '../../api/types/brands.ts';
import { Empty } from '../../ui/feedback.tsx';
import { Time } from '../../ui/time.tsx';

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.map(shown).join(', ') || 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Who changed what, when and why, the latest first. */
export function SettingChanges({ brand }: { brand: BrandDetail }) {
  if (brand.changes.length === 0) return <Empty title="Nobody changed anything yet" />;
  return (
    <ul className="plain-list">
      {brand.changes.map(({ version, at, actor, why, changed }) => (
        <li key={version}>
          <span>
            {Object.entries(changed).map(([name, [before, after]]) => (
              <span key={name} className="two-lines">
                <span>{name.replaceAll('_', ' ')}</span>
                <small className="muted">
                  {shown(before)} → {shown(after)}
                </small>
              </span>
            ))}
          </span>
          <span className="muted">
            {actor}, <Time at={at} brandId={brand.id} />
            {why ? `: ${why}` : ''}
          </span>
        </li>
      ))}
    </ul>
  );
}
