// The deck of the quarter's events: nothing is decided twice, nothing is lost
// where the signal is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { Deck, heaps } = await load('pkg-quarter/deck.ts')
const { mostAtOnce } = await load('pkg-quarter/deck.ts')

const card = (n, more = {}) => ({ id: 'e' + n, record: 'r' + (n % 3), may_decide: true, ...more })
const many = (n) => Array.from({ length: n }, (_, i) => card(i + 1))
const settled = async () => {
  for (let i = 0; i < 60; i++) await new Promise((done) => setImmediate(done))
}

// desk is a server that answers what a test tells it to.
function desk(answer = () => ({ kind: 'ok', data: {} })) {
  const world = { sent: [], batches: [], waited: [], most: 0, now: 0, answer }
  world.deck = new Deck({
    send: async (one, verdict, reason) => {
      world.most = Math.max(world.most, ++world.now)
      await new Promise((done) => setImmediate(done))
      world.now--
      world.sent.push([one.id, verdict, reason])
      return world.answer(one.id)
    },
    sendMany: async (ids) => {
      world.most = Math.max(world.most, ++world.now)
      await new Promise((done) => setImmediate(done))
      world.now--
      world.batches.push(ids)
      return world.answer(ids)
    },
    wait: async (seconds) => void world.waited.push(seconds),
    changed: () => {},
  })
  return world
}

test('six hundred by one tap each: every one arrives once, in a handful of calls', async () => {
  const w = desk()
  w.deck.add(many(600))
  w.deck.add(many(600))
  assert.equal(w.deck.todo.length, 600)
  while (w.deck.todo.length) w.deck.decide(w.deck.todo[0].id, 'confirm')
  while (w.deck.sending) await settled()
  const arrived = [...w.sent.map(([id]) => id), ...w.batches.flat()]
  assert.equal(arrived.length, 600)
  assert.equal(new Set(arrived).size, 600)
  assert.equal(w.deck.done.confirm, 600)
  assert.equal(w.most, 1, 'one call at a time')
  assert.ok(w.sent.length + w.batches.length <= 8, `${w.sent.length} and ${w.batches.length} calls`)
})

test('a server that asks for time is asked again later, and nothing comes back', async () => {
  const w = desk()
  let busy = 2
  w.answer = () => (busy-- > 0 ? { kind: 'refused', status: 429, code: 'slow_down', message: '', waitSeconds: 7 } : { kind: 'ok', data: {} })
  w.deck.add(many(3))
  for (const n of [1, 2, 3]) w.deck.decide('e' + n, 'confirm')
  await settled()
  assert.deepEqual(w.waited, [7, 7])
  assert.equal(w.deck.done.confirm, 3)
  assert.equal(w.deck.todo.length, 0)
})

test('confirmations are not mixed with what has a reason', async () => {
  const w = desk()
  w.deck.add(many(6))
  w.deck.decide('e1', 'confirm')
  w.deck.decide('e2', 'confirm')
  w.deck.decide('e3', 'return', '照片看不清')
  w.deck.decide('e4', 'confirm')
  w.deck.decide('e5', 'confirm')
  await settled()
  assert.deepEqual(w.sent.map(([id, verdict]) => [id, verdict]), [['e1', 'confirm'], ['e2', 'confirm'], ['e3', 'return']])
  assert.deepEqual(w.batches, [['e4', 'e5']])
  assert.deepEqual(w.deck.done, { confirm: 4, return: 1, reject: 0 })
})

test('the next card is there before the answer, and a double tap decides it once', async () => {
  const w = desk()
  w.deck.add(many(2))
  w.deck.decide('e1', 'reject', '没有这回事')
  assert.equal(w.deck.todo[0].id, 'e2')
  w.deck.decide('e1', 'confirm')
  await settled()
  assert.deepEqual(w.sent, [['e1', 'reject', '没有这回事']])
  assert.deepEqual(w.deck.done, { confirm: 0, return: 0, reject: 1 })
})

test('without a signal all that did not arrive lies on top again, in order', async () => {
  const w = desk()
  w.deck.add(many(9))
  let left = 2
  w.answer = () => (left-- > 0 ? { kind: 'ok', data: {} } : { kind: 'silent' })
  for (let n = 1; n <= 6; n++) w.deck.decide('e' + n, 'reject', '没有这回事')
  await settled()
  assert.equal(w.deck.done.reject, 2)
  assert.equal(w.deck.sending, 0)
  assert.ok(w.deck.cut)
  assert.deepEqual(w.deck.todo.map((c) => c.id), ['e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9'])
  w.answer = () => ({ kind: 'ok', data: {} })
  while (w.deck.todo.length) w.deck.decide(w.deck.todo[0].id, 'confirm')
  await settled()
  assert.equal(w.deck.done.confirm, 7)
  assert.equal(w.deck.cut, false)
})

test('what the server refuses is told, and not asked again', async () => {
  const w = desk((id) => (id.includes('e1') ? { kind: 'refused', status: 422, code: 'kin', message: '他是您亲戚。' } : { kind: 'ok', data: {} }))
  w.deck.add(many(2))
  w.deck.decide('e1', 'confirm')
  w.deck.decide('e2', 'confirm')
  await settled()
  assert.deepEqual(w.deck.back.map((b) => [b.card.id, b.message]), [['e1', '他是您亲戚。']])
  assert.equal(w.deck.todo.length, 0)
  assert.equal(w.deck.done.confirm, 1)
})

test('a busy server is no refusal', async () => {
  const w = desk(() => ({ kind: 'refused', status: 503, code: 'busy', message: '系统忙' }))
  w.deck.add(many(1))
  w.deck.decide('e1', 'confirm')
  await settled()
  assert.equal(w.deck.todo.length, 1)
  assert.equal(w.deck.back.length, 0)
})

test('many at once go a hundred a call; what was left is told', async () => {
  const w = desk((ids) => ({ kind: 'ok', data: { confirmed: ids.length, left: ids.includes('e150') ? [{ id: 'e150', why: '已经退回。' }] : [] } }))
  w.deck.add(many(250))
  w.deck.confirmAll(w.deck.todo.map((c) => c.id))
  await settled()
  assert.equal(mostAtOnce, 100)
  assert.deepEqual(w.batches.map((b) => b.length), [100, 100, 50])
  assert.equal(w.deck.done.confirm, 249)
  assert.deepEqual(w.deck.back.map((b) => b.message), ['已经退回。'])
})

test('what somebody else has to decide is never sent', async () => {
  const w = desk()
  w.deck.add([card(1, { may_decide: false }), card(2)])
  w.deck.confirmAll(['e1', 'e2'])
  w.deck.decide('e1', 'confirm')
  await settled()
  assert.deepEqual(w.sent, [['e2', 'confirm', '']])
  assert.equal(w.deck.others.length, 1)
})

test('one put off comes last; one record is one heap', () => {
  const w = desk()
  w.deck.add(many(4))
  w.deck.later('e1')
  assert.deepEqual(w.deck.todo.map((c) => c.id), ['e2', 'e3', 'e4', 'e1'])
  assert.deepEqual(heaps(w.deck.todo).map((h) => [h.record, h.cards.length]), [['r1', 2], ['r2', 1], ['r0', 1]])
})
