/**
 * The public face of the library: what a study imports from 'mesocosm'.
 */
export { openRun, run } from './engine/run-scenario.ts';
export type { FinishedRun, RunOptions } from './engine/run-scenario.ts';
export { defineScenario } from './engine/define.ts';
export { InputError, InvariantError } from './ground/errors.ts';
export { clearingPrice } from './exchange/clearing-price.ts';
export { unitsOf } from './exchange/holdings.ts';
export { readOrders } from './record/order-reader.ts';
export { readFollows, readPosts } from './record/post-reader.ts';
export { persona } from './world/persona.ts';
export { externalId, profileOf } from './world/population.ts';
export { postRow, topicOf, postKinds } from './world/posts.ts';
export { topicCount } from './world/agents.ts';
export type { DefinedScenario, OwnMeasure, ScenarioDefinition } from './engine/define.ts';
export type { Hand, OwnPolicy, SeenItem } from './policy/own.ts';
export type { Found, Reading, ReadMessage } from './policy/reading.ts';
export type { Detail } from './exchange/details.ts';
export type { LimitOrder } from './exchange/clearing-price.ts';
export type { LoggedOrder } from './record/order-reader.ts';
export type { OwnRecommender } from './recommender/feed.ts';
export type { Attempt, Effect, OwnVerb } from './exchange/verbs.ts';
export type { Model, ModelAnswer, ModelRequest, Observer, Progress } from './exchange/ports.ts';
export type { StateView } from './exchange/view.ts';
export type { Records } from './record/reader.ts';
export type { TraitColumn } from './world/population.ts';
export type { TickRecord } from './record/chunk.ts';
export type { AgentRow, PostId } from './ground/ids.ts';
