// Builds one target into its committed folder: mp-weixin into dist/mp-weixin,
// h5 into ../handlers/phone/dist. CI is set because uni's command line sends a
// hash of the machine's address to its maker otherwise.
import { rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawnSync } from 'node:child_process'

const here = dirname(fileURLToPath(import.meta.url))
const target = process.argv[2]
const into = { 'mp-weixin': resolve(here, 'dist/mp-weixin'), h5: resolve(here, '../handlers/phone/dist') }[target]
if (!into) throw new Error('build.mjs mp-weixin|h5')

rmSync(into, { recursive: true, force: true })
const run = spawnSync(process.execPath, ['node_modules/@dcloudio/vite-plugin-uni/bin/uni.js', 'build', '-p', target], {
  cwd: here,
  stdio: 'inherit',
  env: { ...process.env, CI: '1', NODE_ENV: 'production', UNI_OUTPUT_DIR: into },
})
process.exit(run.status ?? 1)
