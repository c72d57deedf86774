import type { ConnectorRow } from '../../api/types/operations.ts';

export type Way = ConnectorRow['ways'][number];

interface WayChoiceProps {
  connector: ConnectorRow;
  chosen: Way | undefined;
  onChoose: (id: string) => void;
}

/** How access is given: each way with what it is for, the chosen one with what to click over there. */
export function WayChoice({ connector, chosen, onChoose }: WayChoiceProps) {
  const { ways, title, redirectUrl } = connector;
  if (ways.length === 0) return null;
  return (
    <fieldset className="stack ways">
      <legend>How {title} lets us in</legend>
      {ways.map(({ id, title: name, when }) => (
        <label key={id} className="way">
          <input type="radio" name="way" value={id} checked={id === chosen?.id} onChange={() => onChoose(id)} />
          <span className="two-lines">
            <span>{name}</span>
            <small className="muted">{when}</small>
          </span>
        </label>
      ))}
      {chosen ? (
        <div className="way-steps">
          <p>
            <strong>What to do</strong>
          </p>
          <ol>
            {chosen.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {chosen.handOver && redirectUrl ? (
            <p>
              Redirect address: <code className="wrap">{redirectUrl}</code>
            </p>
          ) : null}
        </div>
      ) : null}
    </fieldset>
  );
}
