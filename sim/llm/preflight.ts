/**
 * The first look at the endpoints, before a run writes anything: can they be reached, do they take the key, do they know the models.
 *
 * Asks each for its list of models, once, under its own short deadline. Servers without such a list are left in peace: only what certainly would fail later
 * is an error now. All problems are reported together.
 */
import { echo, InputError } from '../ground/errors.ts';
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import type { ModelPool } from './pool.ts';
import type { Problem } from '../ground/errors.ts';

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Looks at all endpoints. Throws an `InputError` with the code INPUT_ENDPOINT (exit 6) and all that was found. */
export async function checkEndpoints(pool: ModelPool): Promise<void> {
  const found = await Promise.all(pool.endpoints.map((endpoint) => look(endpoint, pool)));
  const problems = found.flat();
  if (problems.length > 0) throw new InputError(problems);
}

async function look({ settings, connection }: Endpoint, pool: ModelPool): Promise<Problem[]> {
  const exchange = await connection.listModels(pool.settings.limits.preflightMs);
  const where = `${settings.name} (${new URL(settings.url).host})`;
  const problem = (found: string, next: string): Problem[] => [
    { code: 'INPUT_ENDPOINT', found: `${where} ${found}`, next },
  ];
  if (exchange.failure !== undefined) {
    const isSlow = exchange.failure === 'DEADLINE';
    const how = isSlow ? `does not answer within ${pool.settings.limits.preflightMs / 1000} s` : 'cannot be reached';
    return problem(
      `${how}${exchange.failureCode === undefined ? '' : `: ${exchange.failureCode}`}`,
      'Start it, or mend its url.',
    );
  }
  if (exchange.status === 401 || exchange.status === 403) {
    return problem(
      'refuses the key',
      `Put a valid key into ${settings.apiKeyEnv ?? 'a variable, and name that in apiKeyEnv'}.`,
    );
  }
  if (exchange.status >= 300 && exchange.status < 400) {
    return problem('redirects elsewhere, which is not followed', 'Write the address that it redirects to.');
  }
  const list = listOf(exchange.body, pool.redact);
  const unknown = list === undefined ? [] : settings.models.filter((model) => !list.includes(model));
  if (exchange.status !== 200 || unknown.length === 0) return [];
  return problem(`does not know ${unknown.map((model) => echo(model)).join(', ')}`, 'Name models that it serves.');
}

function listOf(body: Buffer, redact: (text: string) => string): string[] | undefined {
  try {
    return listSchema.safeParse(JSON.parse(redact(body.toString('utf8')))).data?.data.map(({ id }) => id);
  } catch {
    return undefined;
  }
}
