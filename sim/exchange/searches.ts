/**
 * Kinds of search: what an agent can look for or look at, numbered as the ledger keeps what it asked (account `query`).
 *
 * The numbers stand in checkpoints: never reused.
 */
export const searchKinds = { search: 0, searchAgents: 1, trend: 2, refresh: 3, listen: 4 } as const;
export type SearchKind = keyof typeof searchKinds;
export const searchNames = Object.keys(searchKinds) as readonly SearchKind[];
