/**
 * `node viz/dashboard/build.ts FOLDER`: bundles the page of the dashboard for the package, beside the compiled server.
 */
import { resolve } from 'node:path';
import { buildPage } from './bundle.ts';

await buildPage(resolve(process.argv[2] ?? 'dist/viz/dashboard/page'));
