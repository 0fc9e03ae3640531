/**
 * The requests of one tick as the clients see them: in canonical order, each with its model, equal ones joined.
 *
 * Live client and replay share this file, so that both number and join requests alike: what was recorded for the first of several equal requests is found
 * again under the same place.
 */
import { InvariantError } from '../ground/errors.ts';
import { modelOf } from './models.ts';
import { compareKeys, describeKey, placeRequest } from './request.ts';
import type { ModelRequest, PlacedRequest } from './request.ts';
import type { ModelSettings } from './settings.ts';

/** Distinct calls, and which of them answers each request. */
export interface TickRequests {
  readonly distinct: readonly PlacedRequest[];
  readonly callOf: readonly number[];
}

/** Orders and joins. Requests must stand in canonical order, each place once: that is an invariant of the caller. */
export function joinRequests(settings: ModelSettings, seed: number, requests: readonly ModelRequest[]): TickRequests {
  const distinct: PlacedRequest[] = [];
  const known = new Map<string, number>();
  const callOf = requests.map((request, i) => {
    if (i > 0 && compareKeys(requests[i - 1].key, request.key) >= 0) {
      throw new InvariantError(`requests to models are out of order at ${describeKey(request.key)}`);
    }
    const { embedding, modelClass, key } = request;
    const placed = placeRequest(request, embedding?.model ?? modelOf(settings, seed, modelClass, key.agent));
    const call = known.get(placed.digest) ?? distinct.push(placed) - 1;
    known.set(placed.digest, call);
    return call;
  });
  return { distinct, callOf };
}
