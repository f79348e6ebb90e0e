// Every word that the client says stands in one file, and is short.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { load } from './load.mjs'

const src = fileURLToPath(new URL('../src', import.meta.url))
const files = readdirSync(src, { recursive: true }).filter((f) => /\.(ts|vue)$/.test(f))

const plain = (text) => text.replace(/^\s*\/\/.*$/gm, '').replace(/\s\/\/ .*$/gm, '').replace(/<!--[^]*?-->/g, '').replace(/\/\*[^]*?\*\//g, '')

test('no sentence stands outside words.ts', () => {
  assert.ok(files.length > 30)
  for (const file of files) {
    if (file === 'words.ts') continue
    const said = plain(readFileSync(join(src, file), 'utf8')).match(/[\u4e00-\u9fff]+/g)
    assert.equal(said, null, `${file}: ${said}`)
  }
})

test('conditional code stands in platform/ and App.vue only', () => {
  for (const file of files) {
    if (file.startsWith('platform') || file === 'App.vue') continue
    assert.doesNotMatch(readFileSync(join(src, file), 'utf8'), /#if(n)?def/, file)
  }
})

test('no sentence is longer than a person of seventy reads', async () => {
  const { words } = await load('words.ts')
  let count = 0
  const walk = (one, name) => {
    if (typeof one === 'string') {
      count++
      assert.ok([...one].length <= 64, `${name}: ${one}`)
      assert.ok(one.trim() === one && one !== '', name)
    } else if (one && typeof one === 'object') {
      for (const [key, inner] of Object.entries(one)) walk(inner, `${name}.${key}`)
    }
  }
  walk(words, 'words')
  assert.ok(count > 150)
})

test('every refusal that has a cure has words for it, every proof a name', async () => {
  const { words } = await load('words.ts')
  const { cureOf } = await load('draft/cure.ts')
  for (const code of ['card_revoked', 'kin', 'cap_reached', 'evidence_missing', 'warn_first', 'blocked', 'other']) {
    assert.ok(words.cures[cureOf(code)], code)
  }
  for (const proof of ['visit', 'photo', 'before_after', 'minutes', 'decision', 'certificate', 'sign_in', 'receipt', 'link', 'hours', 'helped_confirms']) {
    assert.ok(words.proofs[proof], proof)
  }
})
