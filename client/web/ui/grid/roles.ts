/**
 * A table that people move and type in is a grid to screen readers. ARIA in HTML lets table elements have these roles;
 * the elements' own roles would be a table's.
 */
export const gridRole = { role: 'grid', 'aria-multiselectable': true } as const;
export const rowRole = { role: 'row' } as const;
export const headRole = { role: 'columnheader' } as const;
export const cellRole = (selected: boolean, more: { 'aria-readonly'?: true; 'aria-invalid'?: true } = {}) =>
  ({ role: 'gridcell', 'aria-selected': selected, ...more }) as const;
