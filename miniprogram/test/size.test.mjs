// WeChat's limits with room to spare: 1 MB in all, 500 KB for the main package.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

const built = fileURLToPath(new URL('../dist/mp-weixin', import.meta.url))
const { pages, subPackages } = JSON.parse(readFileSync(join(built, 'app.json'), 'utf8'))
const files = readdirSync(built, { recursive: true }).filter((f) => statSync(join(built, f)).isFile())
const size = (some) => some.reduce((sum, f) => sum + statSync(join(built, f)).size, 0)
const within = (root) => files.filter((f) => f.startsWith(root + '/'))

test('the packages are small', () => {
  const roots = subPackages.map((s) => s.root)
  assert.deepEqual(roots, ['pkg-team', 'pkg-quarter', 'pkg-dispute', 'pkg-town', 'pkg-villager', 'pkg-shared'])
  const all = size(files)
  const main = all - roots.reduce((sum, root) => sum + size(within(root)), 0)
  assert.ok(all <= 1_000_000, `all ${all}`)
  assert.ok(main <= 500_000, `main ${main}`)
})

test('every declared page is built, and nothing but the client is in it', () => {
  for (const page of [...pages, ...subPackages.flatMap((s) => s.pages.map((p) => `${s.root}/${p}`))]) {
    for (const ending of ['js', 'json', 'wxml']) assert.ok(files.includes(`${page}.${ending}`), `${page}.${ending}`)
  }
  for (const f of files) assert.match(f, /\.(js|json|wxml|wxss)$/, f)
})
