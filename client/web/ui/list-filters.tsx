import { useQuery } from '@tanstack/react-query';
import { brandsQuery, overviewQuery } from '../api/queries.ts';
import { type ListSearch, sameSearch, withFilter } from '../app/search.ts';
import { Choice, FilterBar, Search, stateOptions } from './filters.tsx';
import { stateWords } from './states.ts';

interface ListFiltersProps<Found extends ListSearch> {
  search: Found;
  onSearch: (search: Found) => void;
  /** The filters that hold when nobody chose any; "clear" goes back to them. */
  resting?: Found;
  placeholder: string;
  states: readonly string[];
  /** Whether the list can be narrowed to a brand. */
  brands?: boolean;
  /** Which kind of connection the list can be narrowed to. */
  connections?: 'marketplace' | 'carrier';
}

const options = (refs: readonly { id: string; name: string }[]) =>
  refs.map(({ id, name }) => ({ value: id, label: name }));

/** Several states at once come from links (the overview's "to approve"); they are one choice of their own. */
const several = (state: string | undefined) =>
  state?.includes(',') ? [{ value: state, label: state.split(',').map(stateWords).join(' + ') }] : [];

/** The filters that lists have in common; all of them live in the URL. */
export function ListFilters<Found extends ListSearch>(props: ListFiltersProps<Found>) {
  const { search, onSearch, placeholder, states, brands = false, connections, resting = {} as Found } = props;
  const allBrands = useQuery({ ...brandsQuery, enabled: brands }).data ?? [];
  const overview = useQuery({ ...overviewQuery, enabled: connections !== undefined });
  const ofKind = overview.data?.connections.filter(({ kind }) => kind === connections) ?? [];
  const set = (key: keyof ListSearch) => (value: string) =>
    onSearch(withFilter<ListSearch>(search, key, value) as Found);
  return (
    <FilterBar active={!sameSearch(search, resting)} onClear={() => onSearch(resting)}>
      <Search value={search.q ?? ''} placeholder={placeholder} onChange={set('q')} />
      {states.length > 0 ? (
        <Choice
          label="State"
          value={search.state ?? ''}
          options={[...several(search.state), ...stateOptions(states)]}
          onChange={set('state')}
        />
      ) : null}
      {allBrands.length > 1 || search.brand ? (
        <Choice label="Brand" value={search.brand ?? ''} options={options(allBrands)} onChange={set('brand')} />
      ) : null}
      {connections && (ofKind.length > 1 || search.connection) ? (
        <Choice
          label={stateWords(connections)}
          value={search.connection ?? ''}
          options={options(ofKind)}
          onChange={set('connection')}
        />
      ) : null}
    </FilterBar>
  );
}
