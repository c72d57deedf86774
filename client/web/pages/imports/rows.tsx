import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { call, withQuery } from '../../api/http.ts';
import type { ImportDetail, ImportRow, ImportRows } from '../../api/types/imports.ts';
import { Empty, Failed, Loading } from '../../ui/feedback.tsx';
import { fieldName, number, outcomeWords, shown } from './words.ts';

const effectsShown = 50;

const rowsOf = (id: string, query: Record<string, string | number | null>, signal: AbortSignal) =>
  call<ImportRows>('GET', withQuery(`/api/imports/${encodeURIComponent(id)}/rows`, query), { signal });

/** What changes when it is confirmed: before and after, of the first rows. */
export function Effects({ detail }: { detail: ImportDetail }) {
  const query = useQuery({
    queryKey: ['imports', 'effects', detail.id, detail.counts],
    queryFn: ({ signal }) => rowsOf(detail.id, { outcome: 'new,changed', limit: effectsShown }, signal),
  });
  if (query.isPending) return <Loading what="the effects" />;
  if (query.isError) return <Failed what="The effects" error={query.error} />;
  if (query.data.rows.length === 0) return <Empty title="Nothing changes" />;
  return (
    <div className="scroll-x">
      <table className="import-rows">
        <caption className="visually-hidden">First effects, before and after</caption>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">SKU</th>
            <th scope="col">Outcome</th>
            <th scope="col">Before → after</th>
          </tr>
        </thead>
        <tbody>
          {query.data.rows.map((row) => (
            <tr key={row.rowNumber}>
              <td>{number(row.line)}</td>
              <th scope="row">{row.sku}</th>
              <td>{outcomeWords[row.outcome]}</td>
              <td>
                <Changes row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Changes({ row }: { row: ImportRow }) {
  return (
    <ul className="plain">
      {Object.entries(row.changes).map(([field, [before, after]]) => (
        <li key={field}>
          {fieldName(field)}: {row.outcome === 'new' ? null : <del>{shown(before, field, row.currency)}</del>}{' '}
          <ins>{shown(after, field, row.currency)}</ins>
        </li>
      ))}
      {row.kept.map((field) => (
        <li key={field} className="muted">
          {fieldName(field)}: kept, a person set it
        </li>
      ))}
    </ul>
  );
}

/** Everything that was found about rows, page by page. */
export function Findings({ detail }: { detail: ImportDetail }) {
  const query = useInfiniteQuery({
    queryKey: ['imports', 'findings', detail.id, detail.counts],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      rowsOf(detail.id, { findings: 'true', after: pageParam, limit: effectsShown }, signal),
    getNextPageParam: (page) => page.next,
  });
  if (query.isPending) return <Loading what="the findings" />;
  if (query.isError) return <Failed what="The findings" error={query.error} />;
  const rows = query.data.pages.flatMap((page) => page.rows);
  if (rows.length === 0) return <Empty title="Nothing was found" />;
  return (
    <>
      <div className="scroll-x">
        <table className="import-rows import-findings">
          <caption className="visually-hidden">Findings</caption>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">SKU</th>
              <th scope="col">Outcome</th>
              <th scope="col">Column</th>
              <th scope="col">Value</th>
              <th scope="col">Reason and remedy</th>
            </tr>
          </thead>
          <tbody>
            {rows.flatMap((row) =>
              row.findings.map((finding) => (
                <tr key={`${row.rowNumber} ${finding.code} ${finding.field} ${finding.value}`}>
                  <td>{number(row.line)}</td>
                  <th scope="row">{row.sku ?? '–'}</th>
                  <td>{outcomeWords[row.outcome]}</td>
                  <td>{finding.column ?? finding.field}</td>
                  <td>
                    <code>{shown(finding.value)}</code>
                  </td>
                  <td>
                    {finding.reason} <span className="muted">{finding.remedy}</span>
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      {query.hasNextPage ? (
        <button type="button" onClick={() => query.fetchNextPage()} disabled={query.isFetchingNextPage}>
          Show more
        </button>
      ) : null}
    </>
  );
}
