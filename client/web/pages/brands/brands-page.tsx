import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { brandsQuery, oneQuery } from '../../api/queries.ts';
import type { BrandDetail } from '../../api/types/brands.ts';
import type { Brand } from '../../api/types/common.ts';
import { Nothing } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';
import { paperNames, ruleText, timesText } from './words.ts';

/** One setting of a brand; each brand is read once for all its cells. */
function Setting({ id, show }: { id: string; show: (brand: BrandDetail) => ReactNode }) {
  const { data } = useQuery(oneQuery<BrandDetail>('brands', id));
  return data ? show(data) : <Nothing />;
}

const columns: Column<Brand>[] = [
  {
    id: 'name',
    header: 'Brand',
    role: 'head',
    cell: ({ id, name, code, timeZone }) => (
      <span className="two-lines">
        <RowLink to="/brands/$id" id={id}>
          {name}
        </RowLink>
        <small>
          {code}, {timeZone}
        </small>
      </span>
    ),
  },
  {
    id: 'mails',
    header: 'Label mails',
    cell: ({ id }) => (
      <Setting
        id={id}
        show={({ times, mailTo }) => (
          <span className="two-lines">
            <span>{timesText(times)}</span>
            <small className="clip">{mailTo.join(', ') || 'nobody gets them'}</small>
          </span>
        )}
      />
    ),
  },
  {
    id: 'next',
    header: 'Next one',
    cell: ({ id }) => <Setting id={id} show={({ nextMailAt }) => <Time at={nextMailAt} brandId={id} />} />,
  },
  {
    id: 'papers',
    header: 'Paper',
    cell: ({ id }) => (
      <Setting id={id} show={({ papers }) => papers.map((paper) => paperNames[paper] ?? paper).join(', ')} />
    ),
  },
  {
    id: 'stock',
    header: 'Stock kept back',
    cell: ({ id }) => (
      <Setting id={id} show={({ safetyStock, quotaThreshold }) => `${safetyStock}; quotas below ${quotaThreshold}`} />
    ),
  },
  { id: 'rule', header: 'Is asked', cell: ({ id }) => <Setting id={id} show={(brand) => ruleText(brand)} /> },
];

export function BrandsPage() {
  const query = useQuery(brandsQuery);
  const navigate = useNavigate();
  return (
    <>
      <PageHead title="Brands" lead="Label mails, papers, ship-from, stock kept back, and when a brand is asked." />
      <QueryView query={query} what="the brands">
        {(brands) =>
          brands.length === 0 ? (
            <Empty title="No brand yet" />
          ) : (
            <DataTable
              caption="Brands"
              columns={columns}
              rows={brands}
              nameOf={({ name }) => name}
              onOpen={({ id }) => navigate({ to: '/brands/$id', params: { id } })}
            />
          )
        }
      </QueryView>
    </>
  );
}
