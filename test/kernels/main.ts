/**
 * `npm run -s kernels`: compiles the kernels of `sim/kernels/assembly` into `sim/kernels/binary.ts`, which is kept in the tree, so that
 * neither a checkout nor the published package needs the compiler.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryText, root } from './compile.ts';

writeFileSync(join(root, 'sim/kernels/binary.ts'), await binaryText());
