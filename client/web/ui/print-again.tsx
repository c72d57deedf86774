import { useId, useState } from 'react';

const papers = {
  'thermal-100x150': 'Thermal 100 × 150 mm',
  a6: 'A6',
  'a4-4up': 'A4, four labels a sheet',
} as const;

/** Opens a stored label document on another paper; nothing is booked again. `path` answers to `format` and `startCell`. */
export function PrintAgain({ path, what }: { path: string; what: string }) {
  const [format, setFormat] = useState<keyof typeof papers>('thermal-100x150');
  const [startCell, setStartCell] = useState(1);
  const id = useId();
  const query = format === 'a4-4up' ? `format=${format}&startCell=${startCell}` : `format=${format}`;
  return (
    <div className="print-again">
      <label htmlFor={`${id}-paper`}>Paper</label>
      <select id={`${id}-paper`} value={format} onChange={(event) => setFormat(event.target.value as typeof format)}>
        {Object.entries(papers).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {format === 'a4-4up' ? (
        <>
          <label htmlFor={`${id}-cell`}>begin at label</label>
          <select id={`${id}-cell`} value={startCell} onChange={(event) => setStartCell(Number(event.target.value))}>
            {[1, 2, 3, 4].map((cell) => (
              <option key={cell} value={cell}>
                {cell}
              </option>
            ))}
          </select>
        </>
      ) : null}
      <a className="button" href={`${path}?${query}`} target="_blank" rel="noreferrer">
        Print {what} again
      </a>
    </div>
  );
}
