import { useId, useMemo, useState } from 'react';
import type { MachineChart } from '../../api/types/common.ts';
import { stateWords, toneOf } from '../states.ts';
import { type Arrow, box, layOut, type Node, stepsOf } from './layout.ts';
import { WaysOut } from './ways-out.tsx';

interface StateChartProps {
  chart: MachineChart;
  /** States that the thing went through; the last one is where it is. */
  path?: readonly string[];
}

/** A machine as a drawing: the path taken stands out, the ways on from the present state are shown, the rest is quiet. */
export function StateChart({ chart, path = [] }: StateChartProps) {
  const current = path.at(-1) ?? null;
  const initial = chart.states.find((state) => state.initial)?.name ?? null;
  const [chosen, setChosen] = useState<string | null>(null);
  const focus = chosen ?? current ?? initial;
  const drawing = useMemo(() => layOut(chart, path), [chart, path]);
  const taken = useMemo(() => new Set(stepsOf(path).map(([from, to]) => `${from}>${to}`)), [path]);
  const markerId = useId();
  const kindOf = (arrow: Arrow) => {
    if (taken.has(arrow.key)) return 'taken';
    return arrow.from === focus ? 'open' : 'quiet';
  };
  const ordered = [...drawing.arrows].sort((a, b) => rank(kindOf(a)) - rank(kindOf(b)));
  const words = path.length > 0 ? `Path taken: ${path.map(stateWords).join(', ')}.` : `${chart.states.length} states.`;
  return (
    <div className="chart">
      <section className="chart-scroll" aria-label={`State chart of ${stateWords(chart.name).toLowerCase()}. ${words}`}>
        <div className="chart-field" style={{ width: drawing.width, height: drawing.height }}>
          <svg aria-hidden="true" viewBox={`0 0 ${drawing.width} ${drawing.height}`}>
            <defs>
              {(['taken', 'open', 'quiet'] as const).map((kind) => (
                <marker
                  key={kind}
                  id={`${markerId}${kind}`}
                  viewBox="0 0 8 8"
                  refX="6"
                  refY="4"
                  markerWidth="7"
                  markerHeight="7"
                  markerUnits="userSpaceOnUse"
                  orient="auto"
                >
                  <path d="M0 0.5 7 4 0 7.5Z" className="chart-tip" data-kind={kind} />
                </marker>
              ))}
            </defs>
            {ordered.map((arrow) => (
              <path
                key={arrow.key}
                d={arrow.d}
                className="chart-arrow"
                data-kind={kindOf(arrow)}
                markerEnd={`url(#${markerId}${kindOf(arrow)})`}
              >
                <title>{arrowWords(arrow, chart)}</title>
              </path>
            ))}
          </svg>
          {drawing.nodes.map((node) => (
            <StateBox
              key={node.name}
              node={node}
              chart={chart}
              visited={path.length === 0 || path.includes(node.name)}
              untouched={path.length === 0}
              present={node.name === current}
              chosen={node.name === focus}
              onChoose={() => setChosen(node.name)}
            />
          ))}
        </div>
      </section>
      {focus ? <WaysOut chart={chart} state={focus} present={focus === current} /> : null}
    </div>
  );
}

const rank = (kind: string) => ['quiet', 'open', 'taken'].indexOf(kind);

function arrowWords(arrow: Arrow, chart: MachineChart): string {
  const labels = arrow.events.map(({ event }) => chart.events.find(({ type }) => type === event)?.label ?? event);
  return `${stateWords(arrow.from)} → ${stateWords(arrow.to)}: ${[...new Set(labels)].join(', ')}`;
}

interface StateBoxProps {
  node: Node;
  chart: MachineChart;
  visited: boolean;
  /** The chart of a machine, not of one thing: nothing was taken. */
  untouched: boolean;
  present: boolean;
  chosen: boolean;
  onChoose: () => void;
}

function StateBox({ node, chart, visited, untouched, present, chosen, onChoose }: StateBoxProps) {
  const closed = chart.states.find(({ name }) => name === node.name)?.closed ?? false;
  return (
    <button
      type="button"
      className="chart-state"
      data-tone={toneOf(node.name, chart.name)}
      data-visited={visited ? '' : undefined}
      data-present={present ? '' : undefined}
      data-closed={closed ? '' : undefined}
      aria-pressed={chosen}
      style={{ left: node.x - box.width / 2, top: node.y - box.height / 2, width: box.width, height: box.height }}
      onClick={onChoose}
    >
      {stateWords(node.name)}
      <span className="visually-hidden">{present ? ', present state' : visited && !untouched ? ', was here' : ''}</span>
    </button>
  );
}
