export type { SimulatorClock } from './clock.ts';
export { CONTROL_PREFIX } from './control.ts';
export type { SimulatorDefinition, SimulatorTools } from './definition.ts';
export type { SeededRandom } from './random.ts';
export { type Route, type RouteMatch, Router } from './router.ts';
export { startSimulator } from './server.ts';
export { type FieldType, type Shape, shapeError } from './shape.ts';
export * from './types.ts';
export { PreviousVersions } from './versions.ts';
