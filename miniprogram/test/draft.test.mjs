// The queue against a phone that dies and a network that loses answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { Queue, newId, cureOf, final } = await load('draft/index.ts')

class Killed extends Error {}

// World is a phone's storage, an album and a server that remembers keys. Every
// step of the queue passes step(); the process dies at the chosen one.
class World {
  constructor() {
    this.shelf = new Map()
    this.album = new Set()
    this.byKey = new Map()
    this.photos = new Map()
    this.records = []
    this.calls = []
    this.uploads = []
    this.steps = 0
    this.killAt = Infinity
    this.time = 1_000_000
    this.who = 'P1'
    this.answerWith = undefined
    this.signal = true
  }

  step() {
    if (this.steps++ === this.killAt) throw new Killed()
  }

  post(path, wire, key, by) {
    this.calls.push({ path, wire, key, by })
    const first = this.byKey.get(key)
    if (first && first.wire !== wire) return { kind: 'refused', status: 409, code: 'conflict', message: '' }
    if (!first) {
      this.byKey.set(key, { wire })
      this.records.push(JSON.parse(wire))
    }
    return { kind: 'ok', data: { id: 'R' + key } }
  }

  upload(p, by) {
    this.uploads.push({ by })
    this.meanwhile?.()
    const hash = 'H-' + p.kept
    this.photos.set(hash, (this.photos.get(hash) ?? 0) + 1)
    return { kind: 'ok', data: { hash } }
  }

  async open() {
    const w = this
    const call = async (run) => {
      if (!w.signal) return { kind: 'silent' }
      w.step()
      const answer = w.answerWith?.() ?? run()
      w.step() // it arrived, the answer is lost
      return answer
    }
    const queue = new Queue({
      shelf: {
        all: async () => [...w.shelf.values()].map((s) => JSON.parse(s)),
        put: async (d) => {
          w.step()
          w.shelf.set(d.id, JSON.stringify(d))
          w.step()
        },
        drop: async (id) => {
          w.step()
          w.shelf.delete(id)
        },
      },
      album: {
        has: async (kept) => w.album.has(kept),
        drop: async (kept) => {
          w.step()
          w.album.delete(kept)
        },
      },
      wire: {
        upload: (by, p) => call(() => w.upload(p, by)),
        post: (by, path, wire, key) => call(() => w.post(path, wire, key, by)),
      },
      now: () => w.time,
      stamp: (ms) => new Date(ms).toISOString(),
      who: () => w.who,
      changed: (drafts) => (w.seen = drafts),
    })
    await queue.open()
    return queue
  }
}

function draft(world, n = 1, by = 'P1') {
  const pictures = [1, 2].map((i) => ({ id: `ph${n}${i}`, kept: `file${n}${i}`, takenAt: '' }))
  pictures.forEach((p) => world.album.add(p.kept))
  return {
    id: newId(world.time + n, () => n / 50),
    by,
    kind: 'record',
    path: '/records',
    body: { item: 'HJ10', targets: [{ card: 'C' + n }], evidence: pictures.map((p) => ({ proof: 'photo', photo: 'kept:' + p.id })) },
    pictures,
    title: '院落亮化',
    about: '王桂兰家',
    madeAt: new Date(world.time + n).toISOString(),
    state: 'unsent',
    begun: false,
    tries: 0,
    notBefore: 0,
  }
}

test('photos go first, then the record names their hashes', async () => {
  const w = new World()
  const q = await w.open()
  await q.add(draft(w))
  await q.send()
  assert.deepEqual(w.records[0].evidence.map((e) => e.photo), ['H-file11', 'H-file12'])
  assert.equal(w.seen[0].state, 'received')
  assert.equal(w.album.size, 0, 'the phone keeps no picture that has arrived')
  assert.deepEqual(q.unsent(), { count: 0, since: '' })
})

test('killed at any step and started again, each record arrives once', async () => {
  let died = 0
  for (let at = 0; ; at++) {
    const w = new World()
    const q = await w.open()
    for (const n of [1, 2]) await q.add(draft(w, n))
    w.steps = 0
    w.killAt = at
    let killed = false
    try {
      await q.send()
    } catch (e) {
      assert.ok(e instanceof Killed)
      killed = true
      died++
    }
    w.killAt = Infinity
    const again = await w.open()
    await again.send(true)
    assert.equal(w.records.length, 2, `cut at step ${at}`)
    assert.deepEqual(again.unsent(), { count: 0, since: '' }, `cut at step ${at}`)
    const bodies = new Map()
    for (const c of w.calls) {
      assert.equal(bodies.get(c.key) ?? c.wire, c.wire, 'the body is frozen')
      bodies.set(c.key, c.wire)
    }
    if (!killed) break
  }
  assert.ok(died > 30, `cut ${died} times`)
})

test('killed while a draft is added, it is there whole or not at all', async () => {
  for (const at of [0, 1]) {
    const w = new World()
    const q = await w.open()
    w.steps = 0
    w.killAt = at
    await assert.rejects(q.add(draft(w)), Killed)
    w.killAt = Infinity
    const again = await w.open()
    await again.send()
    assert.equal(w.records.length, at)
  }
})

test('the same id added twice and sent twice at once is one record', async () => {
  const w = new World()
  const q = await w.open()
  const d = draft(w)
  await Promise.all([q.add(d), q.add({ ...d })])
  await Promise.all([q.send(), q.send(true), q.send()])
  assert.equal(w.calls.length, 1)
})

test('what is added while another is on its way goes next, without waiting', async () => {
  const w = new World()
  const q = await w.open()
  await q.add(draft(w, 1))
  const sending = q.send()
  await q.add(draft(w, 2))
  await q.send()
  await sending
  assert.equal(w.records.length, 2)
})

test('without a signal everything stays, and the line says since when', async () => {
  const w = new World()
  w.signal = false
  const q = await w.open()
  for (const n of [1, 2, 3]) await q.add(draft(w, n))
  await q.send()
  assert.deepEqual(q.unsent(), { count: 3, since: new Date(w.time + 1).toISOString() })
  w.signal = true
  await q.send()
  assert.equal(w.records.length, 2, 'the first one waits its five seconds')
  await q.send(true)
  assert.equal(w.records.length, 3)
})

test('what passes is tried again, later and later; what is decided is not', async () => {
  for (const status of [401, 408, 425, 429, 500, 503]) {
    const w = new World()
    const q = await w.open()
    await q.add(draft(w))
    w.answerWith = () => ({ kind: 'refused', status, code: 'busy', message: '' })
    await q.send()
    assert.equal(w.seen[0].state, 'unsent', String(status))
    const first = w.seen[0].notBefore - w.time
    await q.send(true)
    assert.ok(w.seen[0].notBefore - w.time > first, String(status))
  }
  for (const status of [400, 403, 404, 409, 413, 415, 422]) {
    const w = new World()
    const q = await w.open()
    await q.add(draft(w))
    w.answerWith = () => ({ kind: 'refused', status, code: 'cap_reached', message: '本月已满' })
    await q.send(true)
    await q.send(true)
    assert.equal(w.seen[0].state, 'attention', String(status))
    assert.deepEqual(w.seen[0].trouble, { code: 'cap_reached', message: '本月已满' })
    assert.equal(q.unsent().count, 1, 'it counts until the server acknowledges')
  }
})

test('a wait that the server asks for is kept', async () => {
  const w = new World()
  const q = await w.open()
  await q.add(draft(w))
  w.answerWith = () => ({ kind: 'refused', status: 429, code: 'slow_down', message: '', waitSeconds: 60 })
  await q.send()
  w.answerWith = undefined
  w.time += 59_000
  await q.send()
  assert.equal(w.records.length, 0)
  w.time += 1_000
  await q.send()
  assert.equal(w.records.length, 1)
})

test('one that is refused does not hold up the others', async () => {
  const w = new World()
  const q = await w.open()
  for (const n of [1, 2, 3]) await q.add(draft(w, n))
  let calls = 0
  w.answerWith = () => (++calls === 1 ? { kind: 'refused', status: 422, code: 'card_revoked', message: '这张卡已作废' } : undefined)
  await q.send()
  assert.deepEqual(w.seen.map((d) => d.state), ['attention', 'received', 'received'])
})

test('a cure is a draft of its own that keeps the pictures', async () => {
  const w = new World()
  const q = await w.open()
  const d = draft(w)
  await q.add(d)
  w.answerWith = () => ({ kind: 'refused', status: 422, code: 'card_revoked', message: '' })
  await q.send()
  w.answerWith = undefined
  const cured = { ...d, id: newId(w.time + 9), body: { ...d.body, targets: [{ card: 'NEW' }] } }
  await q.replace(d.id, cured)
  await q.send()
  assert.deepEqual(w.records.map((r) => r.targets[0].card), ['NEW'])
  assert.equal(w.seen.length, 1)
})

test('what may have arrived is neither replaced nor given up', async () => {
  const w = new World()
  const q = await w.open()
  const d = draft(w)
  await q.add(d)
  w.answerWith = () => ({ kind: 'refused', status: 503, code: 'busy', message: '' })
  await q.send()
  await assert.rejects(q.giveUp(d.id))
  await assert.rejects(q.replace(d.id, draft(w, 2)))
  assert.equal(w.seen.length, 1)
})

test('a picture that is gone from the phone asks for another', async () => {
  const w = new World()
  const q = await w.open()
  await q.add(draft(w))
  w.album.delete('file12')
  await q.send()
  assert.equal(w.seen[0].trouble.code, 'photo_lost')
  assert.equal(cureOf('photo_lost'), 'photo')
})

test('a draft is never sent under the session of another person', async () => {
  const w = new World()
  const q = await w.open()
  await q.add(draft(w, 1, 'P1'))
  await q.add(draft(w, 2, 'P2'))
  await q.send()
  assert.equal(w.records.length, 1)
  w.who = 'P2'
  assert.equal(q.unsent().count, 1)
  await q.send()
  assert.equal(w.records.length, 2)
})

test('who takes the phone between a photo and its record stops the draft, and it goes on when its owner is back', async () => {
  const w = new World()
  const q = await w.open()
  await q.add(draft(w, 1, 'P1'))
  await q.add(draft(w, 2, 'P1'))
  w.meanwhile = () => (w.who = 'P2')
  await q.send(true)
  assert.deepEqual([w.uploads.length, w.calls.length], [1, 0])
  assert.deepEqual(w.seen.map((d) => [d.state, d.tries, d.notBefore]), [['unsent', 0, 0], ['unsent', 0, 0]])
  await q.send(true)
  assert.equal(w.uploads.length, 1)
  w.meanwhile = undefined
  w.who = 'P1'
  await q.send()
  assert.equal(w.records.length, 2)
  assert.ok([...w.uploads, ...w.calls].every((c) => c.by === 'P1'))
})

test('a draft that the server takes for that of another is neither lost nor given up', async () => {
  const w = new World()
  const q = await w.open()
  await q.add(draft(w))
  w.answerWith = () => ({ kind: 'refused', status: 409, code: 'other_person', message: '' })
  await q.send()
  assert.equal(w.seen[0].state, 'unsent')
})

test('of what was received the newest thirty stay on the list', async () => {
  const w = new World()
  const q = await w.open()
  for (let n = 1; n <= 35; n++) await q.add(draft(w, n))
  await q.send()
  assert.equal(w.records.length, 35)
  assert.equal(w.seen.length, 30)
})

test('two hundred drafts over a network that fails at random: none lost, none doubled, none stuck', async () => {
  const w = new World()
  let seed = 7
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const q = await w.open()
  for (let n = 1; n <= 200; n++) await q.add(draft(w, n))
  w.answerWith = () => {
    const dice = random()
    if (dice < 0.2) return { kind: 'silent' }
    if (dice < 0.3) return { kind: 'refused', status: 503, code: 'busy', message: '' }
    return undefined
  }
  for (let i = 0; i < 400 && q.unsent().count > 0; i++) await q.send(true)
  assert.equal(q.unsent().count, 0)
  assert.equal(w.records.length, 200)
  assert.equal(new Set(w.records.map((r) => r.targets[0].card)).size, 200)
})

test('every refusal has one cure', () => {
  for (const code of ['card_revoked', 'cap_reached', 'kin', 'evidence_missing', 'warn_first', 'text_risky', 'in_future', 'never heard of']) {
    assert.ok(['rescan', 'photo', 'edit', 'warn', 'leader', 'drop'].includes(cureOf(code)), code)
  }
  assert.equal(final({ kind: 'silent' }), false)
})

test('ids sort by time and hold what a key may hold', () => {
  const ids = [1, 2, 3].map((n) => newId(1_790_000_000_000 + n))
  assert.deepEqual([...ids].sort(), ids)
  for (const id of ids) assert.match(id, /^[A-Za-z0-9-]{8,64}$/)
})
