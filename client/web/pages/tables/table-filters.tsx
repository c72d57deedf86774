import { useQuery } from '@tanstack/react-query';
import { brandsQuery, overviewQuery } from '../../api/queries.ts';
import { sameSearch, type TableSearch, withFilter } from '../../app/search.ts';
import { Choice, FilterBar, Search } from '../../ui/filters.tsx';
import { formatCount } from '../../ui/format.ts';
import { stateWords } from '../../ui/states.ts';
import type { TablePlan } from './tables.ts';

interface TableFiltersProps {
  plan: TablePlan;
  search: TableSearch;
  /** How many things are in each state under the other filters. */
  states: Readonly<Record<string, number>>;
  changed: number;
  onSearch: (search: TableSearch) => void;
}

/** The filters of a table; all of them live in the URL. */
export function TableFilters({ plan, search, states, changed, onSearch }: TableFiltersProps) {
  const brands = useQuery(brandsQuery).data ?? [];
  const overview = useQuery({ ...overviewQuery, enabled: plan.connections !== null }).data;
  const connections = overview?.connections.filter(({ kind }) => kind === plan.connections) ?? [];
  const set = (key: keyof TableSearch) => (value: string) => onSearch(withFilter(search, key, value));
  const names = [...new Set([...plan.states, ...Object.keys(states), ...(search.state ? [search.state] : [])])];
  const { sort, ...narrowing } = search;
  return (
    <FilterBar active={!sameSearch(narrowing, {})} onClear={() => onSearch(sort ? { sort } : {})}>
      <Search value={search.q ?? ''} placeholder={plan.placeholder} onChange={set('q')} />
      <Choice
        label="State"
        value={search.state ?? ''}
        options={names.map((state) => ({ value: state, label: labelOf(state, states[state]) }))}
        onChange={set('state')}
      />
      {brands.length > 1 || search.brand ? (
        <Choice label="Brand" value={search.brand ?? ''} options={brands.map(optionOf)} onChange={set('brand')} />
      ) : null}
      {connections.length > 1 || search.connection ? (
        <Choice
          label="Marketplace"
          value={search.connection ?? ''}
          options={connections.map(optionOf)}
          onChange={set('connection')}
        />
      ) : null}
      <Toggle
        label="Only findings"
        on={search.findings === 'yes'}
        onChange={(on) => set('findings')(on ? 'yes' : '')}
      />
      <Toggle
        label={`Only changed${changed > 0 ? ` (${formatCount(changed)})` : ''}`}
        on={search.changed === 'yes'}
        onChange={(on) => set('changed')(on ? 'yes' : '')}
      />
    </FilterBar>
  );
}

const optionOf = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });

const labelOf = (state: string, count: number | undefined): string => {
  const words = state.split(',').map(stateWords).join(' + ');
  return count === undefined ? words : `${words} (${formatCount(count)})`;
};

function Toggle({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="choice">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}
